-- Sums of executions by minute and by hour, so that a week is counted without reading a week of logs; what happened
-- that operators should know of; and where the time of an execution went.

-- One row for every minute in which something ran, project, and executed item with its version. The item of zeros
-- stands for all of the project: what was executed for its own sake, parts of judges left out. Rows of an item hold all
-- of its executions, those within judges too. The worker makes the rows anew from the logs as often as it likes.
CREATE TABLE execution_minutes (
    organization_id    uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    item_id            uuid NOT NULL,
    start              timestamptz NOT NULL,
    project_id         uuid NOT NULL,
    version_id         uuid NOT NULL,
    ok                 bigint NOT NULL,
    failed             bigint NOT NULL,
    score_sum          double precision NOT NULL,
    -- Those bins of a histogram in which something is, and how much; a bin may come more than once.
    score_bins         smallint[] NOT NULL,
    score_counts       bigint[] NOT NULL,
    latency_bins       smallint[] NOT NULL,
    latency_counts     bigint[] NOT NULL,
    cost_nano_dollars  bigint NOT NULL,
    prompt_tokens      bigint NOT NULL,
    completion_tokens  bigint NOT NULL,
    -- [{code, provider, count, within_judges, last_seen}]; a code may come more than once.
    failures           jsonb,
    -- In this order the primary key answers both questions that are asked: a project's minutes, and an item's.
    PRIMARY KEY (organization_id, item_id, start, project_id, version_id)
);
-- For the worker, which makes hours of minutes and deletes old ones. Of the kind that the planner does not prefer to the
-- primary key for the minutes of one project among many items.
CREATE INDEX execution_minutes_by_start ON execution_minutes USING brin (start) WITH (pages_per_range = 16);

-- The same by hour, made of the minutes.
CREATE TABLE execution_hours (LIKE execution_minutes INCLUDING ALL);
ALTER TABLE execution_hours ADD FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE;

-- How far the sums have come: one row. Everything before minutes_through is summed up; before checked_through it was
-- summed up again, a quarter of an hour later, for logs that were committed late; hours before hours_through are made.
CREATE TABLE execution_sums (
    is_only         boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    minutes_through timestamptz,
    checked_through timestamptz,
    hours_through   timestamptz
);
INSERT INTO execution_sums DEFAULT VALUES;

-- The bin of the latency histogram: 0 below a millisecond, then four to the octave, 77 from 2^19 milliseconds on; NULL
-- where no model was called. Adjoining bounds are 19 % apart, so that the middle of a bin is within 9 % of all in it.
-- Neither strict nor with a query inside, so that it is inlined.
CREATE FUNCTION latency_bin(microseconds bigint) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN microseconds > 0 THEN
        width_bucket(ln(microseconds::double precision / 1000), 0, 19 * ln(2::double precision), 76)::smallint END
$$;

-- The bin of a score: ten of equal width from 0 to 9, each with its lower bound, the last with both.
CREATE FUNCTION score_bin(score double precision) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN score >= 0 THEN least(floor(score * 10 + 1e-9), 9)::smallint END
$$;

-- What happened that an operator should know of. An organization_id of NULL concerns the whole installation.
CREATE TABLE notices (
    id              uuid PRIMARY KEY,
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    created_at      timestamptz NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    summary         text NOT NULL,
    subject_kind    text,
    subject_id      text,
    subject_name    text,
    -- Which permission one needs to see it; NULL for that of events.
    permission      text
);
CREATE INDEX notices_by_creation ON notices (created_at, id);
CREATE INDEX notices_by_organization ON notices (organization_id, created_at, id);

ALTER TABLE execution_logs
    -- Where the time went, in microseconds; NULL where that was not measured.
    ADD COLUMN timings json,
    -- How many times a model was asked.
    ADD COLUMN attempts integer;

-- Which logs came of executing again what another log had recorded. Apart from the logs, which would need another index
-- for something so rare.
CREATE TABLE execution_reruns (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    origin_id       uuid NOT NULL,
    created_at      timestamptz NOT NULL
);
CREATE INDEX execution_reruns_by_origin ON execution_reruns (organization_id, origin_id, created_at);

ALTER TABLE execution_minutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON execution_minutes USING (organization_id = current_organization());
ALTER TABLE execution_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON execution_hours USING (organization_id = current_organization());
ALTER TABLE execution_sums ENABLE ROW LEVEL SECURITY;
ALTER TABLE execution_reruns ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON execution_reruns USING (organization_id = current_organization());
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notices USING (organization_id = current_organization());
CREATE POLICY installed ON notices FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
