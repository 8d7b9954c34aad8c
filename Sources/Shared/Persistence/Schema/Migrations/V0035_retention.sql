-- How long what is recorded is kept, what is held whatever that says, and how the installation grows.

CREATE TABLE retention_rules (
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- NULL: of every project that has no rule of its own.
    project_id      uuid,
    class           text NOT NULL CHECK (class IN ('execution_logs', 'traces', 'files', 'exports', 'batches')),
    -- NULL: for ever.
    days            integer CHECK (days BETWEEN 1 AND 36500),
    updated_at      timestamptz NOT NULL,
    updated_by      text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (organization_id, project_id, class)
);

-- Nothing goes that lies in one of these, until somebody releases it.
CREATE TABLE retention_holds (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- NULL: every project.
    project_id      uuid,
    -- From when on and until when it was recorded; NULL for no bound.
    begins_at       timestamptz,
    ends_at         timestamptz,
    reason          text NOT NULL CHECK (reason <> ''),
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    released_at     timestamptz,
    CHECK (begins_at < ends_at)
);
CREATE INDEX retention_holds_in_force ON retention_holds (organization_id) WHERE released_at IS NULL;

-- Of several workers one does it: who, and until when the others need not look.
CREATE TABLE retention_turn (
    is_single  boolean PRIMARY KEY DEFAULT true CHECK (is_single),
    held_by    uuid,
    held_until timestamptz NOT NULL DEFAULT 'epoch',
    -- When a run last came to its end.
    ended_at   timestamptz
);
INSERT INTO retention_turn DEFAULT VALUES;

-- How large everything was at the end of each day (UTC), and on the present one by now.
CREATE TABLE storage_days (
    day         date NOT NULL,
    -- A part of the database such as 'execution_logs', or a disk: 'disk:database', 'disk:objects'.
    subject     text NOT NULL,
    -- What it takes; of a disk what is used of it.
    bytes       bigint NOT NULL,
    -- Of a disk.
    free_bytes  bigint,
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (day, subject)
);

-- What people have labelled and what was calibrated on stays; it is looked for by when it was recorded, and by what it is.
CREATE INDEX annotations_by_log_time ON annotations (execution_log_at) WHERE execution_log_at IS NOT NULL;
CREATE INDEX calibration_items_by_source ON calibration_items (source_log_id) WHERE source_log_id IS NOT NULL;
CREATE INDEX calibration_items_by_source_time ON calibration_items (source_log_at) WHERE source_log_at IS NOT NULL;

ALTER TABLE retention_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON retention_rules USING (organization_id = current_organization());
ALTER TABLE retention_holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON retention_holds USING (organization_id = current_organization());
ALTER TABLE retention_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage_days ENABLE ROW LEVEL SECURITY;
