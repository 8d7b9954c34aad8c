-- Background work. These tables say what must be done and what was done; Redis says who does what right now, and can be
-- emptied at any moment: it is filled again from here.

-- Raised by whoever fills Redis again, so that what was leased before is never taken for what is leased now.
CREATE SEQUENCE job_epochs;

CREATE TABLE batches (
    id                uuid PRIMARY KEY,
    organization_id   uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id        uuid NOT NULL,
    -- Who started it, and with which key.
    owner_id          uuid,
    api_key_id        uuid,
    -- Such as 'judge' or 'evaluators'; what it is about stands in the definition.
    kind              text NOT NULL CHECK (kind <> ''),
    -- The queue of its jobs.
    queue             text NOT NULL CHECK (queue <> ''),
    name              text NOT NULL DEFAULT '',
    definition        jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    tags              text[] NOT NULL DEFAULT '{}',
    -- expanding: its jobs are being made; then open until every job has ended, or until it is cancelled.
    state             text NOT NULL CHECK (state IN ('expanding', 'open', 'cancelling', 'ended')),
    -- How many of its jobs are made: where making them goes on.
    expanded          bigint NOT NULL DEFAULT 0 CHECK (expanded >= 0 AND expanded <= total),
    -- Those that have ended, by how; the others wait, run or are yet to be made.
    total             bigint NOT NULL CHECK (total >= 0),
    finished          bigint NOT NULL DEFAULT 0 CHECK (finished >= 0),
    dead              bigint NOT NULL DEFAULT 0 CHECK (dead >= 0),
    cancelled         bigint NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    cost_nano_dollars bigint NOT NULL DEFAULT 0,
    -- What it was expected to cost; NULL where a price is not known.
    estimated_cost_nano_dollars bigint,
    idempotency_key   text,
    created_at        timestamptz NOT NULL,
    started_at        timestamptz,
    ended_at          timestamptz,
    CHECK (finished + dead + cancelled <= total),
    CHECK ((state = 'ended') = (finished + dead + cancelled = total)),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX batches_by_idempotency_key ON batches (organization_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX batches_by_creation ON batches (organization_id, created_at, id);
CREATE INDEX batches_open ON batches (id) WHERE state <> 'ended';

CREATE TABLE jobs (
    id               uuid PRIMARY KEY,
    -- NULL for the installation's own work.
    organization_id  uuid REFERENCES organizations ON DELETE CASCADE,
    project_id       uuid,
    kind             text NOT NULL CHECK (kind <> ''),
    queue            text NOT NULL CHECK (queue <> ''),
    -- 0 goes first.
    priority         smallint NOT NULL CHECK (priority BETWEEN 0 AND 3),
    -- What else bounds how many of its like run at once: 'provider:NAME', 'key:ID'.
    limits           text[] NOT NULL DEFAULT '{}',
    -- A description of at most 4 KB: what is larger is kept elsewhere and named here.
    payload          jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(payload) <= 8192),
    batch_id         uuid REFERENCES batches ON DELETE CASCADE,
    batch_index      bigint,
    -- waiting includes what is scheduled for later: run_at says when.
    state            text NOT NULL DEFAULT 'waiting'
                     CHECK (state IN ('waiting', 'running', 'finished', 'dead', 'cancelled')),
    -- How it ended, NULL while it is open. No index names the state itself: going from waiting to running then changes
    -- nothing that is indexed, and PostgreSQL writes the new version of the row beside the old one and no index at all.
    ending           text GENERATED ALWAYS AS (CASE WHEN state IN ('waiting', 'running') THEN NULL ELSE state END) STORED,
    run_at           timestamptz NOT NULL,
    -- The lease that may end it: whoever holds an older one is refused.
    epoch            bigint NOT NULL DEFAULT 0,
    attempt          integer NOT NULL DEFAULT 0,
    -- Attempts that ended in a failure of the job, and those that ended because their worker did.
    failures         integer NOT NULL DEFAULT 0,
    crashes          integer NOT NULL DEFAULT 0,
    max_attempts     integer NOT NULL CHECK (max_attempts BETWEEN 1 AND 100),
    -- How long one attempt may take.
    timeout_seconds  integer NOT NULL CHECK (timeout_seconds BETWEEN 1 AND 86400),
    worker           text,
    -- Whether Redis has been given it: it is there, or was lost there and is noticed to be missing.
    is_dispatched    boolean NOT NULL DEFAULT false,
    -- Of all jobs with the same key at most one is waiting or running.
    unique_key       text,
    schedule_id      uuid,
    -- W3C trace context of whoever asked for it.
    trace_parent     text,
    -- Of the last failure; the cause is the message without what differs from job to job.
    error_class      text,
    error            text,
    cause            text,
    -- Somebody asked that it be stopped while it ran.
    cancel_requested_at timestamptz,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    ended_at         timestamptz,
    CHECK ((batch_id IS NULL) = (batch_index IS NULL)),
    CHECK ((ended_at IS NULL) = (state IN ('waiting', 'running')))
-- Jobs that were accepted together are begun together: half of each page is left for the version that says so.
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX jobs_of_batches ON jobs (batch_id, batch_index) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX jobs_by_unique_key ON jobs (unique_key) WHERE unique_key IS NOT NULL AND ending IS NULL;
-- What is to be given to Redis when its time comes.
CREATE INDEX jobs_unsent ON jobs (run_at, id) WHERE ending IS NULL AND NOT is_dispatched AND batch_id IS NULL;
-- What is in Redis, or should be, and the jobs of batches that are to follow, in their order.
CREATE INDEX jobs_dispatching ON jobs (batch_id, is_dispatched, batch_index, id) WHERE ending IS NULL;
-- Lists, in the order of creation, which is that of the identifiers.
CREATE INDEX jobs_open ON jobs (queue, id) WHERE ending IS NULL;
CREATE INDEX jobs_ended ON jobs (ending, id) WHERE ending IS NOT NULL;
CREATE INDEX jobs_of_organizations ON jobs (organization_id, id);
CREATE INDEX jobs_by_kind ON jobs (kind, id);
CREATE INDEX jobs_by_cause ON jobs (queue, error_class, cause, id) WHERE ending = 'dead';

-- The attempts that did not end well: why a job was tried again, or given up.
CREATE TABLE job_attempts (
    job_id          uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    epoch           bigint NOT NULL,
    attempt         integer NOT NULL,
    organization_id uuid,
    worker          text,
    started_at      timestamptz,
    ended_at        timestamptz NOT NULL,
    -- failed: it said so; deferred: it was not its turn (a limit), which costs no attempt; lost: its worker is gone;
    -- released: its worker was stopped; timed_out; cancelled.
    outcome         text NOT NULL
                    CHECK (outcome IN ('failed', 'deferred', 'lost', 'released', 'timed_out', 'cancelled')),
    error_class     text,
    error           text,
    -- When it was to be tried again.
    next_run_at     timestamptz,
    PRIMARY KEY (job_id, epoch, attempt)
);

-- What is done again and again.
CREATE TABLE schedules (
    id              uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE CHECK (name <> ''),
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind <> ''),
    queue           text NOT NULL CHECK (queue <> ''),
    payload         jsonb NOT NULL DEFAULT '{}',
    max_attempts    integer NOT NULL DEFAULT 3,
    timeout_seconds integer NOT NULL DEFAULT 3600,
    -- Five fields as cron has them, in UTC, or '@every 90s'.
    rule            text NOT NULL CHECK (rule <> ''),
    -- What is done about ticks that were missed: nothing, one run for all of them, a run for each.
    catch_up        text NOT NULL DEFAULT 'one' CHECK (catch_up IN ('none', 'one', 'all')),
    is_paused       boolean NOT NULL DEFAULT false,
    next_run_at     timestamptz NOT NULL,
    last_run_at     timestamptz,
    last_job_id     uuid,
    updated_at      timestamptz NOT NULL
);

-- What operators have decided about queues and tenants; Redis has a copy.
CREATE TABLE queue_controls (
    -- 'queue:NAME', 'organization:UUID', 'project:UUID', 'provider:NAME', 'key:ID', 'kind:NAME'.
    subject     text PRIMARY KEY CHECK (subject <> ''),
    is_paused   boolean NOT NULL DEFAULT false,
    -- How many run at once; NULL for as many as there are workers.
    concurrency integer CHECK (concurrency > 0),
    -- Its share beside others; NULL for 1.
    weight      integer CHECK (weight BETWEEN 1 AND 1000),
    updated_at  timestamptz NOT NULL,
    updated_by  uuid
);

-- What queues did, by minute, kept when Redis forgets.
CREATE TABLE queue_minutes (
    queue        text NOT NULL,
    minute       timestamptz NOT NULL,
    enqueued     bigint NOT NULL DEFAULT 0,
    started      bigint NOT NULL DEFAULT 0,
    finished     bigint NOT NULL DEFAULT 0,
    failed       bigint NOT NULL DEFAULT 0,
    dead         bigint NOT NULL DEFAULT 0,
    cancelled    bigint NOT NULL DEFAULT 0,
    retried      bigint NOT NULL DEFAULT 0,
    lost         bigint NOT NULL DEFAULT 0,
    run_ms_sum   bigint NOT NULL DEFAULT 0,
    wait_ms_sum  bigint NOT NULL DEFAULT 0,
    -- Counts in buckets whose upper bounds double from 1 ms; the last one has none.
    run_buckets  bigint[] NOT NULL DEFAULT '{}',
    wait_buckets bigint[] NOT NULL DEFAULT '{}',
    depth        bigint,
    PRIMARY KEY (queue, minute)
);

-- What people did that others must be able to find again. Rows are only ever added.
CREATE TABLE audit_entries (
    id              uuid PRIMARY KEY,
    organization_id uuid,
    created_at      timestamptz NOT NULL,
    actor_kind      text NOT NULL,
    actor_id        uuid,
    actor_name      text NOT NULL,
    actor_role      text,
    address         text,
    request_id      text,
    action          text NOT NULL,
    subject         text NOT NULL,
    outcome         text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
    -- What it changed, as JSON; never a secret, never a prompt.
    before          jsonb,
    after           jsonb
);
CREATE INDEX audit_entries_by_creation ON audit_entries (organization_id, created_at, id);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, created_at);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['batches', 'jobs', 'job_attempts', 'schedules', 'audit_entries']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
ALTER TABLE queue_controls ENABLE ROW LEVEL SECURITY;
ALTER TABLE queue_minutes ENABLE ROW LEVEL SECURITY;
