-- Backups that were made and restore drills that were done, for whoever watches them. What is in a backup is told by its
-- manifest, which lies beside it.
CREATE TABLE backup_runs (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('backup', 'drill')),
    backup            text NOT NULL,
    began_at          timestamptz NOT NULL,
    ended_at          timestamptz NOT NULL,
    succeeded         boolean NOT NULL,
    bytes             bigint NOT NULL DEFAULT 0,
    -- How much of the latest would have been lost: RPO.
    lost              interval,
    -- What went wrong.
    reason            text
);
CREATE INDEX backup_runs_by_end ON backup_runs (kind, ended_at DESC);

ALTER TABLE backup_runs ENABLE ROW LEVEL SECURITY;
