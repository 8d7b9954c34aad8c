-- How people prove who they are: second factors, attempts that failed, and how long a sign-in lasts.

ALTER TABLE sessions
    -- How it was opened: 'password' or 'saml'.
    ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'saml')),
    -- When its owner last showed who they are; dangerous acts want that to be recent.
    ADD COLUMN confirmed_at timestamptz,
    -- How often somebody has failed to show it since: who sits there may be somebody else.
    ADD COLUMN failed_proofs integer NOT NULL DEFAULT 0,
    -- What was used, such as scorable-console/1.0; NULL when not known.
    ADD COLUMN client text;
UPDATE sessions SET confirmed_at = created_at;
-- With a default: the previous release, which may still run, does not set it.
ALTER TABLE sessions ALTER COLUMN confirmed_at SET DEFAULT now(), ALTER COLUMN confirmed_at SET NOT NULL;
CREATE INDEX sessions_by_creation ON sessions (organization_id, created_at, id);

-- Time-based one-time passwords, RFC 6238. The secret is sealed: the table alone makes no code.
CREATE TABLE second_factors (
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    sealed_secret   bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    -- From then on it is asked for; NULL until its owner has shown a first code.
    confirmed_at    timestamptz,
    -- The step of the last code that was taken: none is taken twice.
    last_step       bigint,
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    code_hash       bytea NOT NULL,
    used_at         timestamptz,
    PRIMARY KEY (organization_id, user_id, code_hash),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);

-- From where people have signed in before. When somebody else guesses at their passwords, those who come from there do not
-- have to wait.
CREATE TABLE sign_in_origins (
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    -- An address of IPv4, or the first half of one of IPv6.
    origin          text NOT NULL,
    last_used_at    timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id, origin),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);

-- What an organisation wants of its people's sign-ins and keys. No row: the defaults of this release.
CREATE TABLE sign_in_policies (
    organization_id        uuid PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
    idle_limit_seconds     integer NOT NULL CHECK (idle_limit_seconds BETWEEN 300 AND 2592000),
    absolute_limit_seconds integer NOT NULL CHECK (absolute_limit_seconds BETWEEN 300 AND 7776000),
    sessions_per_person    integer NOT NULL CHECK (sessions_per_person BETWEEN 1 AND 1000),
    wants_second_factor    boolean NOT NULL,
    -- How old an API key may become; NULL for as old as it likes.
    key_age_limit_seconds  integer CHECK (key_age_limit_seconds BETWEEN 3600 AND 315360000),
    updated_at             timestamptz NOT NULL,
    updated_by             uuid REFERENCES users,
    revision               bigint NOT NULL DEFAULT 1
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['second_factors', 'recovery_codes', 'sign_in_origins', 'sign_in_policies']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
