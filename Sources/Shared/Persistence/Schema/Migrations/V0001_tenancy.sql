-- Who is there: organisations, their people and projects, and the ways in.
-- Identifiers are version 7 UUIDs made by the daemons; created_at is given by them too, so that a row's time and the
-- time inside its identifier agree.

-- What is true of the whole installation: one row.
CREATE TABLE installation (
    is_only          boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    installation_id  uuid NOT NULL,
    -- With which secrets of providers are sealed; only the LLM proxy holds the private half.
    proxy_public_key bytea,
    created_at       timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation (installation_id) VALUES (gen_random_uuid());

CREATE TABLE organizations (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL
);

CREATE TABLE users (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    email           text NOT NULL CHECK (email <> ''),
    full_name       text NOT NULL,
    role            text NOT NULL
                    CHECK (role IN ('viewer', 'annotator', 'engineer', 'operator', 'auditor', 'admin', 'owner')),
    -- scrypt in PHC form; NULL for a person who cannot sign in by password.
    password_hash   text,
    is_disabled     boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz,
    UNIQUE (organization_id, id)
);
-- People sign in by address alone, so an address is one person in the whole installation.
CREATE UNIQUE INDEX users_by_email ON users (lower(email));
CREATE INDEX users_by_creation ON users (organization_id, created_at, id);

CREATE TABLE projects (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL CHECK (name <> ''),
    description     text NOT NULL DEFAULT '',
    is_default      boolean NOT NULL DEFAULT false,
    owner_id        uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX projects_one_default ON projects (organization_id) WHERE is_default;
CREATE INDEX projects_by_creation ON projects (organization_id, created_at, id);

CREATE TABLE sessions (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    -- A hash of the token: whoever reads this table cannot sign in with it.
    token_hash      bytea NOT NULL UNIQUE,
    created_at      timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (organization_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    -- Where the key's results land when the call names no project; NULL is the organisation's default.
    project_id      uuid,
    owner_id        uuid NOT NULL,
    name            text NOT NULL,
    -- A keyed hash, so that a stolen table alone opens nothing.
    key_hash        bytea NOT NULL UNIQUE,
    prefix          text NOT NULL,
    scopes          text[] NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    FOREIGN KEY (organization_id, owner_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id)
);
CREATE INDEX api_keys_by_creation ON api_keys (organization_id, created_at, id);
