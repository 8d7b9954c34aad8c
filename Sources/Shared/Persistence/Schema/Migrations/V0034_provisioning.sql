-- People and groups that an identity provider keeps here (SCIM 2.0, RFC 7643).

-- What it said about a person. Who has no row here is known by no identity provider yet, but may be taken over by one.
CREATE TABLE provisioned_people (
    organization_id  uuid NOT NULL,
    user_id          uuid NOT NULL,
    user_name        text NOT NULL CHECK (user_name <> ''),
    external_id      text,
    given_name       text,
    family_name      text,
    formatted_name   text,
    -- Whether the name that others see was given as such; if not, it is made of the others.
    has_display_name boolean NOT NULL,
    -- [{"value": "…", "type": "work", "primary": true}, …], as they were given.
    emails           jsonb NOT NULL CHECK (jsonb_typeof(emails) = 'array'),
    revision         bigint NOT NULL DEFAULT 1,
    updated_at       timestamptz NOT NULL,
    -- When it was taken away: for identity providers the person is not there any more while they are disabled.
    removed_at       timestamptz,
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX provisioned_people_by_user_name ON provisioned_people (organization_id, lower(user_name))
    WHERE removed_at IS NULL;
CREATE INDEX provisioned_people_by_external_id ON provisioned_people (organization_id, external_id);

CREATE TABLE directory_groups (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    display_name    text NOT NULL CHECK (display_name <> ''),
    external_id     text,
    revision        bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (organization_id, id)
);
-- A group may give a role by its name, so that two of one name would be one too many.
CREATE UNIQUE INDEX directory_groups_by_display_name ON directory_groups (organization_id, lower(display_name));
CREATE INDEX directory_groups_by_creation ON directory_groups (organization_id, created_at, id);

CREATE TABLE directory_group_members (
    organization_id uuid NOT NULL,
    group_id        uuid NOT NULL,
    user_id         uuid NOT NULL,
    PRIMARY KEY (organization_id, group_id, user_id),
    FOREIGN KEY (organization_id, group_id) REFERENCES directory_groups (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX directory_group_members_by_user ON directory_group_members (organization_id, user_id);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['provisioned_people', 'directory_groups', 'directory_group_members']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
