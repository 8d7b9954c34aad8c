-- Signing in through an organisation's own identity provider (SAML 2.0), and sign-ins that a terminal waits for.

ALTER TABLE users
    -- Also where their address belongs to an identity provider: for the day on which that one is out of order.
    ADD COLUMN may_use_password boolean NOT NULL DEFAULT false;
CREATE INDEX users_by_domain ON users (split_part(lower(email), '@', 2));

CREATE TABLE identity_providers (
    id                     uuid PRIMARY KEY,
    organization_id        uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name                   text NOT NULL CHECK (name <> ''),
    is_enabled             boolean NOT NULL,
    -- The last ones that could be used, XML. With an address they are read anew every hour.
    metadata               text NOT NULL,
    metadata_url           text,
    -- Which one is meant where metadata describe several; NULL for the only one.
    wanted_entity_id       text,
    entity_id              text NOT NULL,
    -- What its facts about people are called; NULL for the usual names.
    email_attribute        text,
    full_name_attribute    text,
    groups_attribute       text,
    -- [{"group": "…", "role": "…"}, …]: the first group that a person is in counts.
    group_roles            jsonb NOT NULL CHECK (jsonb_typeof(group_roles) = 'array'),
    -- Of people in none of them; NULL to refuse them.
    default_role           text CHECK (default_role IN ('viewer', 'annotator', 'engineer', 'operator', 'auditor', 'admin')),
    creates_people         boolean NOT NULL,
    allows_unsolicited     boolean NOT NULL,
    clock_skew_seconds     integer NOT NULL CHECK (clock_skew_seconds BETWEEN 0 AND 600),
    metadata_read_at       timestamptz NOT NULL,
    -- Since when reading them anew has failed, and why.
    metadata_failing_since timestamptz,
    metadata_failure       text,
    -- When somebody was told that a certificate ends soon.
    warned_at              timestamptz,
    created_by             uuid REFERENCES users,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    revision               bigint NOT NULL DEFAULT 1,
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, id)
);

-- Whose addresses sign in where. A domain belongs to one identity provider of the whole installation.
CREATE TABLE identity_provider_domains (
    domain          text PRIMARY KEY CHECK (domain = lower(domain) AND domain <> ''),
    organization_id uuid NOT NULL,
    provider_id     uuid NOT NULL,
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX identity_provider_domains_by_provider ON identity_provider_domains (provider_id);

-- What we sign with and identity providers encrypt for.
CREATE TABLE identity_provider_keys (
    provider_id        uuid NOT NULL,
    organization_id    uuid NOT NULL,
    -- present: it signs. next: it is published, and takes its place. former: what was encrypted for it can be read yet.
    state              text NOT NULL CHECK (state IN ('present', 'next', 'former')),
    certificate        text NOT NULL,
    -- Sealed: the table alone signs nothing.
    sealed_private_key bytea NOT NULL,
    created_at         timestamptz NOT NULL,
    PRIMARY KEY (provider_id, state),
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE
);

-- Under which name an identity provider knows somebody.
CREATE TABLE identities (
    provider_id     uuid NOT NULL,
    name_id         text NOT NULL,
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, name_id),
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX identities_by_user ON identities (organization_id, user_id);

-- Requests that browsers took to an identity provider, and what they came back with. Any replica may be asked for them.
CREATE TABLE saml_requests (
    -- What the response has to name; one that nothing was asked for has an identifier of ours.
    id              text PRIMARY KEY,
    organization_id uuid NOT NULL,
    provider_id     uuid NOT NULL,
    -- A hash of the secret in the browser's cookie; NULL of an answer that nothing was asked for, until its browser has come.
    browser_hash    bytea,
    -- From where it was made: an address of IPv4, or the first half of one of IPv6.
    origin          text NOT NULL,
    -- Whether the identity provider has to ask again who somebody is.
    is_forced       boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    -- Who came back; from then on nothing else is taken for an answer.
    answered_at     timestamptz,
    user_id         uuid,
    -- When the identity provider has asked them who they are.
    authenticated_at timestamptz,
    -- A hash of what the browser was given that brought the answer; NULL once the one that had asked has come with it.
    token_hash      bytea UNIQUE,
    -- When that was: before it, the answer is nobody's.
    identified_at   timestamptz,
    -- Whom and which session the identity provider means, for single logout.
    subject         jsonb,
    session_ends    timestamptz,
    -- A sign-in opens one session.
    used_at         timestamptz,
    CHECK ((answered_at IS NULL) = (user_id IS NULL)),
    CHECK ((answered_at IS NULL) = (authenticated_at IS NULL)),
    CHECK (identified_at IS NULL OR (answered_at IS NOT NULL AND browser_hash IS NOT NULL)),
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX saml_requests_by_browser ON saml_requests (browser_hash);
CREATE INDEX saml_requests_by_expiry ON saml_requests (expires_at);
CREATE INDEX saml_requests_open ON saml_requests (provider_id, origin, created_at) WHERE answered_at IS NULL;
CREATE INDEX saml_requests_answered ON saml_requests (organization_id, user_id) WHERE answered_at IS NOT NULL;

-- Assertions that were used: none is taken twice.
CREATE TABLE saml_assertions (
    provider_id     uuid NOT NULL,
    id              text NOT NULL,
    organization_id uuid NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX saml_assertions_by_expiry ON saml_assertions (expires_at);

-- Which session of an identity provider a session of ours belongs to.
CREATE TABLE saml_sessions (
    session_id      uuid PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    provider_id     uuid NOT NULL,
    name_id         text NOT NULL,
    session_index   text,
    subject         jsonb NOT NULL,
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX saml_sessions_by_name ON saml_sessions (provider_id, name_id);

-- Sessions that have ended here and are to end at the identity provider, too.
CREATE TABLE saml_logouts (
    token_hash      bytea PRIMARY KEY,
    organization_id uuid NOT NULL,
    provider_id     uuid NOT NULL,
    subject         jsonb NOT NULL,
    -- The request that a browser took there.
    request_id      text UNIQUE,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, provider_id) REFERENCES identity_providers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX saml_logouts_by_expiry ON saml_logouts (expires_at);

-- Terminals that wait for somebody to sign in by a browser (RFC 8628). Of the codes there are only hashes.
CREATE TABLE device_logins (
    id               uuid PRIMARY KEY,
    device_code_hash bytea NOT NULL UNIQUE,
    user_code_hash   bytea NOT NULL UNIQUE,
    client           text NOT NULL,
    host             text,
    address          text NOT NULL,
    -- The same, or of an address of IPv6 its first half.
    origin           text NOT NULL,
    -- The session that is to be confirmed; NULL when one is to be opened.
    session_id       uuid REFERENCES sessions ON DELETE CASCADE,
    state            text NOT NULL CHECK (state IN ('pending', 'allowed', 'denied', 'used')),
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    polled_at        timestamptz,
    -- The browser in which the code was entered, and when that was last.
    browser_hash     bytea,
    bound_at         timestamptz,
    -- Who allowed it, and the sign-in by which they were known.
    organization_id  uuid REFERENCES organizations ON DELETE CASCADE,
    user_id          uuid,
    request_id       text,
    CHECK ((user_id IS NULL) = (organization_id IS NULL)),
    CHECK ((browser_hash IS NULL) = (bound_at IS NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX device_logins_by_expiry ON device_logins (expires_at);
CREATE INDEX device_logins_by_browser ON device_logins (browser_hash);
CREATE INDEX device_logins_pending ON device_logins (origin, created_at) WHERE state = 'pending';
CREATE INDEX device_logins_allowed ON device_logins (organization_id, user_id) WHERE state = 'allowed';

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['identity_providers', 'identity_provider_domains', 'identity_provider_keys',
        'identities', 'saml_requests', 'saml_assertions', 'saml_sessions', 'saml_logouts', 'device_logins']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
