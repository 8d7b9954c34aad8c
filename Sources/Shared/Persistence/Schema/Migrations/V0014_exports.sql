-- Exports of execution logs: files that are written in the background and fetched for a while.

CREATE TABLE exports (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- The only project whose logs it has; NULL for those of all.
    project_id      uuid,
    -- NULL for one that was asked for on the server itself. People go, what they did stays.
    requested_by    uuid,
    -- What the operators' list of executions is asked: which logs, of those that were there when it was made.
    filter          jsonb NOT NULL CHECK (jsonb_typeof(filter) = 'object'),
    format          text NOT NULL CHECK (format IN ('jsonl', 'csv')),
    -- waiting and running are the job's to say, which may end without a word of its own.
    state           text NOT NULL
                    CHECK (state IN ('waiting', 'running', 'finished', 'failed', 'cancelled', 'expired')),
    -- Who writes it. Jobs are forgotten earlier than exports.
    job_id          uuid NOT NULL,
    -- How many logs were counted before, there may be more; NULL where nobody counted.
    expected_rows   bigint,
    -- How far it is: logs and bytes written, and when the last of these logs was made.
    rows            bigint NOT NULL DEFAULT 0,
    bytes           bigint NOT NULL DEFAULT 0,
    reached_at      timestamptz,
    -- Where the file is, and the SHA-256 of it.
    blob_key        text,
    sha256          bytea,
    error           text,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    -- When the file goes.
    expires_at      timestamptz,
    CHECK ((state = 'finished') = (blob_key IS NOT NULL)),
    CHECK (state <> 'finished' OR (sha256 IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (state IN ('waiting', 'running')))
);
CREATE INDEX exports_by_creation ON exports (organization_id, created_at, id);
CREATE INDEX exports_open ON exports (organization_id, id) WHERE state IN ('waiting', 'running');
CREATE INDEX exports_by_expiry ON exports (expires_at) WHERE state = 'finished';

ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON exports USING (organization_id = current_organization());
