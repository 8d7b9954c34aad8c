-- People who try the product without an account, what becomes of the judges they make, and judges that are shown to
-- somebody from outside.

-- Whoever has no account gets an organisation of their own for a while: nothing of it is anybody else's, and it goes as a
-- whole.
CREATE TABLE temporary_users (
    organization_id uuid PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    -- From then on its key opens nothing, and the organisation is deleted.
    expires_at      timestamptz NOT NULL
);
CREATE INDEX temporary_users_by_expiry ON temporary_users (expires_at);
CREATE INDEX temporary_users_by_creation ON temporary_users (created_at);

-- With what a judge of a temporary user becomes somebody's: whoever shows the token takes it over. It goes with the claim.
CREATE TABLE judge_claims (
    token_hash      bytea PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    judge_id        uuid NOT NULL REFERENCES judges ON DELETE CASCADE,
    created_at      timestamptz NOT NULL
);
CREATE INDEX judge_claims_by_judge ON judge_claims (judge_id);

-- To whom a judge is shown. The link that an invitation is has the token in it; here is only its hash.
CREATE TABLE judge_invitations (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    judge_id        uuid NOT NULL REFERENCES judges ON DELETE CASCADE,
    email           text NOT NULL CHECK (email <> ''),
    token_hash      bytea NOT NULL UNIQUE,
    invited_by      uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX judge_invitations_by_judge ON judge_invitations (judge_id);
CREATE INDEX judge_invitations_by_expiry ON judge_invitations (expires_at);

-- What a version says is never changed. Whose it is may be: a judge that is claimed goes to another organisation with all
-- its versions.
CREATE OR REPLACE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - '{organization_id,created_by}'::text[] = to_jsonb(NEW) - '{organization_id,created_by}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed; add a new version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['temporary_users', 'judge_claims', 'judge_invitations']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
