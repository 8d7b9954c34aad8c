-- Traces: the spans that exporters send, a summary of each trace, filters that have traces evaluated, and what became of
-- every trace under every filter.

-- One row a span. Partitioned by the month in which the span began (UTC): a span that is sent again has the same key, so
-- storing is repeatable, and retention drops partitions. No foreign keys, for the reasons that execution_logs has none.
CREATE TABLE trace_spans (
    organization_id uuid NOT NULL,
    -- The sixteen bytes of the trace's identifier, and the eight of the span's.
    trace_id        uuid NOT NULL,
    span_id         bigint NOT NULL,
    started_at      timestamptz NOT NULL,
    -- NULL for a root.
    parent_span_id  bigint,
    -- What microseconds do not hold.
    start_nanos     bigint NOT NULL,
    end_nanos       bigint NOT NULL,
    name            text NOT NULL,
    -- As OTLP counts: 1 internal, 2 server, 3 client, 4 producer, 5 consumer; 0 for none of them.
    kind            smallint NOT NULL,
    -- 0 unset, 1 ok, 2 error.
    status          smallint NOT NULL,
    status_message  text,
    scope_name      text,
    scope_version   text,
    trace_state     text,
    -- Objects with a member an attribute; what is sampled and filtered by is looked up in them.
    attributes      jsonb NOT NULL,
    resource        jsonb NOT NULL,
    -- Arrays in the words of OTLP's JSON; NULL for none.
    events          json,
    links           json,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, trace_id, span_id, started_at)
) PARTITION BY RANGE (started_at);

DO $$
DECLARE
    long_column text;
BEGIN
    FOREACH long_column IN ARRAY ARRAY['attributes', 'resource', 'events', 'links']
    LOOP
        EXECUTE format('ALTER TABLE trace_spans ALTER COLUMN %I SET COMPRESSION lz4', long_column);
    END LOOP;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END
$$;

ALTER TABLE trace_spans ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON trace_spans USING (organization_id = current_organization());

-- Makes the partitions from months_behind before this month to months_ahead after it; how many are new. Concurrent
-- callers wait for each other, and the second looks into pg_class, as with the execution logs.
CREATE FUNCTION ensure_trace_span_partitions(months_behind integer, months_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    made integer := 0;
    lower_bound timestamp;
    partition_name text;
BEGIN
    FOR offset_in_months IN -months_behind..months_ahead LOOP
        lower_bound := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => offset_in_months);
        partition_name := 'trace_spans_' || to_char(lower_bound, 'YYYY_MM');
        CONTINUE WHEN to_regclass(partition_name) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('trace_spans partitions'));
        CONTINUE WHEN EXISTS (SELECT FROM pg_class parent JOIN pg_class sibling USING (relnamespace)
            WHERE parent.oid = 'trace_spans'::regclass AND sibling.relname = partition_name);
        EXECUTE format('CREATE TABLE %I (LIKE trace_spans INCLUDING ALL)', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
        EXECUTE format('ALTER TABLE trace_spans ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            partition_name, lower_bound::text || '+00', (lower_bound + interval '1 month')::text || '+00');
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

-- Drops the partitions whose last month ended before the moment; how many they were.
CREATE FUNCTION drop_trace_span_partitions(before_moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    dropped integer := 0;
    partition_name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('trace_spans partitions'));
    FOR partition_name IN SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'trace_spans'::regclass
            AND to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month'
                <= before_moment AT TIME ZONE 'UTC'
    LOOP
        EXECUTE format('DROP TABLE %I', partition_name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

-- Three months behind: what began earlier than sixty days ago is refused.
SELECT ensure_trace_span_partitions(3, 6);

-- The summary of a trace, kept with every span that comes. What it says of the first or last of something is decided by
-- moments, so that the order in which spans arrive does not matter.
CREATE TABLE traces (
    organization_id uuid NOT NULL,
    trace_id        uuid NOT NULL,
    project_id      uuid NOT NULL,
    -- When the first of its spans was stored: the order of lists, because it never changes.
    created_at      timestamptz NOT NULL,
    -- When the last of its spans was stored that was not made by an evaluation.
    settled_at      timestamptz NOT NULL,
    first_span_at   timestamptz NOT NULL,
    last_span_at    timestamptz NOT NULL,
    ended_at        timestamptz NOT NULL,
    span_count      integer NOT NULL,
    error_count     integer NOT NULL,
    root_span_name  text,
    root_at         timestamptz,
    -- The earliest span's; a root counts as earliest.
    service_name    text,
    service_at      timestamptz,
    -- The earliest span's that has one, and the latest's; a root goes before all others.
    input_preview   text,
    input_at        timestamptz,
    output_preview  text,
    output_at       timestamptz,
    PRIMARY KEY (organization_id, trace_id)
);
ALTER TABLE traces SET (fillfactor = 70);
-- Lists are read along created_at; what has no index of its own is filtered while walking one of these.
CREATE INDEX traces_by_creation ON traces (organization_id, created_at, trace_id);
CREATE INDEX traces_with_errors ON traces (organization_id, created_at, trace_id) WHERE error_count > 0;
ALTER TABLE traces ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON traces USING (organization_id = current_organization());

-- Which traces are evaluated, by what, and how. Kept when deleted: what became of traces names it.
CREATE TABLE trace_filters (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    owner_id        uuid NOT NULL,
    name            text NOT NULL,
    evaluator_id    uuid,
    judge_id        uuid,
    -- As it was given, kept for showing it again.
    criteria        json NOT NULL,
    extractor_rules json NOT NULL,
    sampling_rate   double precision NOT NULL CHECK (sampling_rate BETWEEN 0 AND 1),
    delay_seconds   integer NOT NULL CHECK (delay_seconds >= 0),
    new_only        boolean NOT NULL,
    is_active       boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    CHECK ((evaluator_id IS NULL) <> (judge_id IS NULL)),
    FOREIGN KEY (organization_id, owner_id) REFERENCES users (organization_id, id)
);
CREATE INDEX trace_filters_by_creation ON trace_filters (organization_id, created_at, id) WHERE deleted_at IS NULL;
ALTER TABLE trace_filters ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON trace_filters USING (organization_id = current_organization());

-- What became of a trace under a filter: one row for every trace that came while the filter was active.
CREATE TABLE trace_candidates (
    organization_id  uuid NOT NULL,
    filter_id        uuid NOT NULL,
    trace_id         uuid NOT NULL,
    -- settling, queued; then one of scored, sampled_out, filtered_out, failed, superseded, for good.
    state            text NOT NULL CHECK (state IN
        ('settling', 'queued', 'scored', 'sampled_out', 'filtered_out', 'failed', 'superseded')),
    reason           text NOT NULL DEFAULT '',
    -- When it is decided about, at the earliest.
    due_at           timestamptz NOT NULL,
    job_id           uuid,
    execution_log_id uuid,
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    PRIMARY KEY (filter_id, trace_id)
);
ALTER TABLE trace_candidates SET (fillfactor = 80);
CREATE INDEX trace_candidates_due ON trace_candidates (due_at) WHERE state = 'settling';
CREATE INDEX trace_candidates_queued ON trace_candidates (created_at) WHERE state = 'queued';
CREATE INDEX trace_candidates_by_trace ON trace_candidates (organization_id, trace_id);
-- From an execution's log to the trace that it was about.
CREATE INDEX trace_candidates_by_log ON trace_candidates (organization_id, execution_log_id)
    WHERE execution_log_id IS NOT NULL;
ALTER TABLE trace_candidates ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON trace_candidates USING (organization_id = current_organization());

-- A moment in a text of somebody else's; NULL for a text that is none.
CREATE FUNCTION moment_of(value text) RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN value::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
