-- Calls that carry an idempotency key, and what they were answered: a repeated call is answered without being done again.

CREATE TABLE idempotent_calls (
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- Whose call it is. Two people who choose the same key mean different calls.
    user_id         uuid NOT NULL,
    key             text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    -- SHA-256 of what was called and with which body.
    fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- The process that does it, and until when it is taken to be alive: it says so again while it works.
    holder          uuid NOT NULL,
    held_until      timestamptz NOT NULL,
    claimed_at      timestamptz NOT NULL,
    -- The answer; NULL until there is one.
    status          smallint CHECK (status BETWEEN 200 AND 299),
    content_type    text,
    -- NULL beside a status: an answer that was too long to be kept.
    body            bytea,
    PRIMARY KEY (organization_id, user_id, key),
    CHECK (status IS NOT NULL OR (content_type IS NULL AND body IS NULL))
);
CREATE INDEX idempotent_calls_by_age ON idempotent_calls (claimed_at);
CREATE INDEX idempotent_calls_open ON idempotent_calls (holder) WHERE status IS NULL;

ALTER TABLE idempotent_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotent_calls USING (organization_id = current_organization());
