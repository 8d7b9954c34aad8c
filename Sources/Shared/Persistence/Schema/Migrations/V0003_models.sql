-- Where language models are served and by which names evaluators use them.
-- An organization_id of NULL is the installation's own: every organisation may use it.
-- Keys are sealed with the proxy's public key before they come here; nothing but the LLM proxy can open them.

CREATE TABLE providers (
    id              uuid PRIMARY KEY,
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind <> ''),
    name            text NOT NULL CHECK (name <> ''),
    base_url        text NOT NULL,
    sealed_key      bytea,
    is_enabled      boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (organization_id, name)
);

CREATE TABLE models (
    id                     uuid PRIMARY KEY,
    organization_id        uuid REFERENCES organizations ON DELETE CASCADE,
    owner_id               uuid NOT NULL REFERENCES users,
    name                   text NOT NULL CHECK (name <> ''),
    -- What the provider calls it.
    upstream_model         text NOT NULL CHECK (upstream_model <> ''),
    provider_id            uuid REFERENCES providers ON DELETE CASCADE,
    -- The base address of a self-hosted server, instead of a provider.
    url                    text,
    sealed_key             bytea,
    max_output_token_count integer CHECK (max_output_token_count >= 800),
    max_token_count        integer CHECK (max_token_count >= 0),
    visibility             text NOT NULL DEFAULT 'PRIVATE'
                           CHECK (visibility IN ('PUBLIC', 'PUBLIC_UNLISTED', 'PRIVATE')),
    -- Other names under which it is found.
    aliases                text[] NOT NULL DEFAULT '{}',
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (organization_id, name)
);
CREATE INDEX models_by_provider ON models (provider_id);
