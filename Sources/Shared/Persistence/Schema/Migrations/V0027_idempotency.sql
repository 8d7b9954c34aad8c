-- Calls that carry an idempotency key, and what they were answered: a repeated call is answered without being done again.

CREATE TABLE idempotent_calls (
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- Whose call it is. Two people who choose the same key mean different calls.
    user_id         uuid NOT NULL,
    key             text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    -- The same for all repetitions of one call: what it makes is made once for it.
    id              uuid NOT NULL,
    -- SHA-256 of what was called and with which body.
    fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- Who makes it, new for each attempt, and until when they are taken to be alive: they say so again while they work.
    holder          uuid NOT NULL,
    held_until      timestamptz NOT NULL,
    claimed_at      timestamptz NOT NULL,
    -- The answer; NULL until there is one.
    status          smallint CHECK (status BETWEEN 200 AND 299),
    content_type    text,
    -- NULL beside a status: an answer that was too long to be kept, or that carried a secret.
    body            bytea,
    PRIMARY KEY (organization_id, user_id, key),
    CHECK (status IS NOT NULL OR (content_type IS NULL AND body IS NULL))
);
CREATE INDEX idempotent_calls_by_age ON idempotent_calls (claimed_at);

ALTER TABLE idempotent_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotent_calls USING (organization_id = current_organization());
