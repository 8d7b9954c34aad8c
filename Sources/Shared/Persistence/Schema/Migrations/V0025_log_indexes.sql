-- What lets every list of ten million logs answer at once, also those that find seldom or nothing.
-- manner: step by step

-- Logs without a session as well, which may be as rare as those with one. Each index takes the place of one that goes when all
-- of these are there, and so has another name.
CREATE INDEX CONCURRENTLY execution_logs_along_session ON execution_logs (organization_id, session_id, created_at, id);
-- What failed is what operators look for, and little else has an entry here.
CREATE INDEX CONCURRENTLY execution_logs_by_failure ON execution_logs (organization_id, failure_code, created_at, id)
    WHERE failure_code IS NOT NULL;

-- Along the times lie scores and costs as well, and judges beside items: as columns that are compared within the index, so
-- that of a million logs only those are read whose score or cost is within the bounds.
CREATE INDEX CONCURRENTLY execution_logs_along_creation ON execution_logs
    (organization_id, created_at, id, score, cost_nano_dollars);
CREATE INDEX CONCURRENTLY execution_logs_along_project ON execution_logs
    (organization_id, project_id, created_at, id, score, cost_nano_dollars);
CREATE INDEX CONCURRENTLY execution_logs_along_item ON execution_logs
    (organization_id, executed_item_id, created_at, id, judge_id, score, cost_nano_dollars)
    WHERE executed_item_id IS NOT NULL;
CREATE INDEX CONCURRENTLY execution_logs_along_judge ON execution_logs
    (organization_id, judge_id, created_at, id, executed_item_id, score, cost_nano_dollars)
    WHERE judge_id IS NOT NULL;
CREATE INDEX CONCURRENTLY execution_logs_along_type ON execution_logs
    (organization_id, type, created_at, id, score, cost_nano_dollars);
CREATE INDEX CONCURRENTLY execution_logs_along_model ON execution_logs
    (organization_id, model, created_at, id, score, cost_nano_dollars) WHERE model IS NOT NULL;
CREATE INDEX CONCURRENTLY execution_logs_along_owner ON execution_logs
    (organization_id, owner_id, created_at, id, score, cost_nano_dollars);
-- And along scores and costs the times, each with the other of the two: the planner does not combine indexes that both
-- begin with the organisation. Scores within each type: some types hardly ever have one, and a list of both is asked for.
CREATE INDEX CONCURRENTLY execution_logs_along_score ON execution_logs
    (organization_id, type, score, created_at, cost_nano_dollars) WHERE score IS NOT NULL;
CREATE INDEX CONCURRENTLY execution_logs_along_cost ON execution_logs
    (organization_id, cost_nano_dollars, created_at, score) WHERE cost_nano_dollars IS NOT NULL;
-- Windows of time in what the index of tags finds: logs lie in the order of their creation, and this costs next to nothing.
CREATE INDEX CONCURRENTLY execution_logs_by_moment ON execution_logs USING brin (created_at) WITH (pages_per_range = 32);
-- That takes a moment.
DROP INDEX IF EXISTS execution_logs_by_session, execution_logs_by_creation, execution_logs_by_project,
    execution_logs_by_item, execution_logs_by_judge, execution_logs_by_type, execution_logs_by_model,
    execution_logs_by_owner, execution_logs_by_score, execution_logs_by_cost;

-- What an index tells is read in it alone only where a vacuum has been since the logs were written. Logs are hardly ever
-- changed, so it comes for what was added: each fiftieth, not each fifth. And how rare a high cost or a low score is, is
-- known more exactly: it decides by which index a list is read.
CREATE OR REPLACE FUNCTION tune_execution_log_partition(partition_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0.02), '
        || 'ALTER score SET STATISTICS 500, ALTER cost_nano_dollars SET STATISTICS 500', partition_name);
END
$$;
CREATE OR REPLACE FUNCTION ensure_execution_log_partition(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
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
    PERFORM tune_execution_log_partition(partition_name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('ALTER TABLE execution_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        partition_name, lower_bound::text || '+00', upper_bound::text || '+00');
    RETURN true;
END
$$;
SELECT tune_execution_log_partition(p.relname)
FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid WHERE i.inhparent = 'execution_logs'::regclass;

-- What has been executed, once for every project, type and name under which it was: a part of a name is looked for among
-- these, and lists with one log for each item begin with them. Neither key nor foreign key: a statement that records
-- executions never waits for another one because both know something new, and the same twice does no harm. Rows outlive
-- the logs that they came with.
CREATE TABLE IF NOT EXISTS executed_items (
    organization_id uuid NOT NULL,
    project_id      uuid NOT NULL,
    type            text NOT NULL,
    -- NULL for what was executed without being stored.
    item_id         uuid,
    name            text NOT NULL
);
-- Names may be longer than an entry of an index.
CREATE INDEX IF NOT EXISTS executed_items_by_name ON executed_items (organization_id, hashtextextended(name, 0), project_id);

-- The hours in which logs of an organisation have a tag: a list of a tag begins where it was last given, and not with the
-- logs of all the months since. Without keys, as above; a tag that was taken away again stays here.
CREATE TABLE IF NOT EXISTS tagged_hours (
    organization_id uuid NOT NULL,
    -- Of the tag, by hashtextextended: two tags of one number are only looked for in vain where the other one is.
    tag_hash        bigint NOT NULL,
    -- Its beginning, in UTC.
    hour            timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS tagged_hours_by_tag ON tagged_hours (organization_id, tag_hash, hour);

-- By triggers, so that what the release before still writes is noted as well.
CREATE OR REPLACE FUNCTION note_executed_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO executed_items (organization_id, project_id, type, item_id, name)
    SELECT DISTINCT a.organization_id, a.project_id, a.type, a.executed_item_id, a.executed_item_name
    FROM added a WHERE NOT EXISTS (
        SELECT FROM executed_items k
        WHERE k.organization_id = a.organization_id AND k.project_id = a.project_id
            AND hashtextextended(k.name, 0) = hashtextextended(a.executed_item_name, 0)
            AND k.name = a.executed_item_name AND k.type = a.type
            AND k.item_id IS NOT DISTINCT FROM a.executed_item_id);
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION note_tagged_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tagged_hours (organization_id, tag_hash, hour)
    SELECT g.organization_id, g.tag_hash, g.hour FROM (
        SELECT DISTINCT a.organization_id, hashtextextended(t.tag, 0) AS tag_hash,
            date_bin('1 hour', a.created_at, 'epoch') AS hour
        FROM added a CROSS JOIN unnest(a.tags) AS t(tag) WHERE a.tags <> '{}'
    ) AS g WHERE NOT EXISTS (
        SELECT FROM tagged_hours k
        WHERE k.organization_id = g.organization_id AND k.tag_hash = g.tag_hash AND k.hour = g.hour);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER execution_logs_are_noted AFTER INSERT ON execution_logs REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION note_executed_items();
CREATE OR REPLACE TRIGGER execution_logs_tags_are_noted AFTER INSERT ON execution_logs REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION note_tagged_hours();
-- Nothing of a log is ever changed but its tags.
CREATE OR REPLACE TRIGGER execution_logs_new_tags_are_noted AFTER UPDATE ON execution_logs REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION note_tagged_hours();
-- What was executed before the triggers were there, unless that was noted already: a run that was interrupted does it again.
INSERT INTO executed_items (organization_id, project_id, type, item_id, name)
    SELECT DISTINCT organization_id, project_id, type, executed_item_id, executed_item_name FROM execution_logs
    EXCEPT SELECT organization_id, project_id, type, item_id, name FROM executed_items;
INSERT INTO tagged_hours (organization_id, tag_hash, hour)
    SELECT DISTINCT l.organization_id, hashtextextended(t.tag, 0), date_bin('1 hour', l.created_at, 'epoch')
    FROM execution_logs l CROSS JOIN unnest(l.tags) AS t(tag) WHERE l.tags <> '{}'
    EXCEPT SELECT organization_id, tag_hash, hour FROM tagged_hours;
ANALYZE executed_items, tagged_hours;

ALTER TABLE executed_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON executed_items;
CREATE POLICY own ON executed_items USING (organization_id = current_organization());
ALTER TABLE tagged_hours ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON tagged_hours;
CREATE POLICY own ON tagged_hours USING (organization_id = current_organization());

-- And the jobs of one queue, however many of others were made since: `jobs_open` has only those that have not ended.
CREATE INDEX CONCURRENTLY jobs_of_queues ON jobs (queue, id);
