-- One row for every execution. Partitioned by month of creation (UTC): retention drops partitions, and indexes of the
-- past stop growing. created_at is the time inside the version 7 identifier, so a look-up by identifier alone knows
-- the partition. No foreign keys: rows are written in their thousands per second by a daemon that has just read what
-- they point to, and they outlive it.

CREATE TABLE execution_logs (
    id                       uuid NOT NULL,
    created_at               timestamptz NOT NULL,
    organization_id          uuid NOT NULL,
    project_id               uuid NOT NULL,
    type                     text NOT NULL,
    executed_item_id         uuid,
    executed_item_version_id uuid,
    executed_item_name       text NOT NULL,
    owner_id                 uuid NOT NULL,
    parent_id                uuid,
    -- The judge that was executed, on its own log and on those of its evaluators.
    judge_id                 uuid,
    -- "C": prefixes and equality, in the order of bytes.
    session_id               text COLLATE "C",
    user_id                  text COLLATE "C",
    tags                     text[] NOT NULL,
    score                    double precision CHECK (score BETWEEN 0 AND 1),
    confidence               double precision,
    failure_code             text,
    failure_message          text,
    model                    text,
    provider                 text,
    prompt_tokens            integer,
    completion_tokens        integer,
    -- US dollars * 1,000,000,000.
    cost_nano_dollars        bigint,
    call_duration_us         bigint,
    request_id               text NOT NULL,
    -- At most 500 characters, cut by the writer where no character is torn.
    request_preview          text NOT NULL,
    response_preview         text NOT NULL,
    justification            text,
    request                  text,
    response                 text,
    -- json, not jsonb: kept as it came, never looked into.
    turns                    json,
    tools                    json,
    contexts                 text[] NOT NULL,
    expected_output          text,
    system_prompt            text,
    variables                json,
    llm_output               text,
    rendered_prompt          text,
    -- NULL when the executed version, which is stored, has them.
    scoring_criteria         text,
    evaluator_latencies      json,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

-- Lists are read along (created_at, id) in either direction. What has no index of its own (type, model, owner, score,
-- cost) is filtered while walking one of these: every further index is paid for by each insert.
CREATE INDEX execution_logs_by_creation ON execution_logs (organization_id, created_at, id);
CREATE INDEX execution_logs_by_project ON execution_logs (organization_id, project_id, created_at, id);
CREATE INDEX execution_logs_by_item ON execution_logs (organization_id, executed_item_id, created_at, id)
    WHERE executed_item_id IS NOT NULL;
CREATE INDEX execution_logs_by_judge ON execution_logs (organization_id, judge_id, created_at, id)
    WHERE judge_id IS NOT NULL;
CREATE INDEX execution_logs_by_session ON execution_logs (organization_id, session_id, created_at, id)
    WHERE session_id IS NOT NULL;
CREATE INDEX execution_logs_by_user ON execution_logs (organization_id, user_id, created_at, id)
    WHERE user_id IS NOT NULL;
CREATE INDEX execution_logs_by_parent ON execution_logs (parent_id, created_at, id) WHERE parent_id IS NOT NULL;
CREATE INDEX execution_logs_by_tag ON execution_logs USING gin (tags) WHERE tags <> '{}';

-- Long texts are compressed on every insert: lz4 takes a tenth of the CPU of the default. A server built without it
-- keeps the default.
DO $$
DECLARE
    text_column text;
BEGIN
    FOREACH text_column IN ARRAY ARRAY['request', 'response', 'turns', 'tools', 'contexts', 'expected_output',
        'system_prompt', 'variables', 'llm_output', 'rendered_prompt', 'scoring_criteria', 'justification']
    LOOP
        EXECUTE format('ALTER TABLE execution_logs ALTER COLUMN %I SET COMPRESSION lz4', text_column);
    END LOOP;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END
$$;

-- Makes the partition of the month in which the moment lies; true when it is new. Concurrent callers wait for each
-- other; the second looks into pg_class, because the cache behind to_regclass may be older than its wait. The table is
-- made apart and attached, because that does not lock out readers and writers of the parent. Row-level security
-- without a policy on the partition closes the way around the parent's policies.
CREATE FUNCTION ensure_execution_log_partition(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    lower_bound timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    upper_bound timestamp := lower_bound + interval '1 month';
    partition_name text := 'execution_logs_' || to_char(lower_bound, 'YYYY_MM');
BEGIN
    IF to_regclass(partition_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('execution_logs partitions'));
    IF EXISTS (SELECT FROM pg_class parent JOIN pg_class sibling USING (relnamespace)
        WHERE parent.oid = 'execution_logs'::regclass AND sibling.relname = partition_name)
    THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE execution_logs INCLUDING ALL)', partition_name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('ALTER TABLE execution_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        partition_name, lower_bound::text || '+00', upper_bound::text || '+00');
    RETURN true;
END
$$;

-- Makes the partitions from last month (late writers, clocks that lag) to months_ahead from now; how many are new.
CREATE FUNCTION ensure_execution_log_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    made integer := 0;
BEGIN
    FOR offset_in_months IN -1..months_ahead LOOP
        IF ensure_execution_log_partition(
            (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => offset_in_months))
                AT TIME ZONE 'UTC')
        THEN
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- Half a year ahead, so that an installation whose background work stands still goes on recording.
SELECT ensure_execution_log_partitions(6);
