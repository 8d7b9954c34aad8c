-- People of organisations: how they come, what they may do in single projects, and how they go. Whoever made something
-- is never deleted: they are deactivated, and stay its author.

ALTER TABLE users
    -- A service account belongs to nobody: it stays when whoever made it goes.
    ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service_account')),
    -- Since when they get in nowhere; is_disabled says the same to the release before.
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN created_by uuid REFERENCES users,
    ADD COLUMN updated_at timestamptz,
    -- Counts the changes: who changes somebody says what they have seen.
    ADD COLUMN revision bigint NOT NULL DEFAULT 1;
UPDATE users SET disabled_at = created_at WHERE is_disabled;

-- What a person may do in one project beyond what their role in the organisation allows.
CREATE TABLE project_grants (
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    project_id      uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('viewer', 'annotator', 'engineer', 'operator', 'admin')),
    granted_by      uuid REFERENCES users,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id, project_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX project_grants_by_project ON project_grants (organization_id, project_id);

-- Who was invited. The link that an invitation is has the token in it; here is only its hash.
CREATE TABLE invitations (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    email           text NOT NULL CHECK (email <> ''),
    role            text NOT NULL
                    CHECK (role IN ('viewer', 'annotator', 'engineer', 'operator', 'auditor', 'admin', 'owner')),
    token_hash      bytea NOT NULL UNIQUE,
    invited_by      uuid REFERENCES users,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    accepted_by     uuid REFERENCES users,
    withdrawn_at    timestamptz
);
CREATE INDEX invitations_by_creation ON invitations (organization_id, created_at, id);
-- An address waits for one invitation at a time: a further one replaces it.
CREATE UNIQUE INDEX invitations_open ON invitations (organization_id, lower(email))
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;

-- With what somebody gives themselves a new password, once.
CREATE TABLE password_resets (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    token_hash      bytea NOT NULL UNIQUE,
    created_by      uuid REFERENCES users,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX password_resets_by_user ON password_resets (organization_id, user_id);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['project_grants', 'invitations', 'password_resets']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
