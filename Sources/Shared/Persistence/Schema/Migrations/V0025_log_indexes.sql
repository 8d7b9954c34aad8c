-- What lets every list of ten million logs answer at once, also those that find seldom or nothing.

-- Logs without a session as well, which may be as rare as those with one.
DROP INDEX execution_logs_by_session;
CREATE INDEX execution_logs_by_session ON execution_logs (organization_id, session_id, created_at, id);
-- What failed is what operators look for, and little else has an entry here.
CREATE INDEX execution_logs_by_failure ON execution_logs (organization_id, failure_code, created_at, id)
    WHERE failure_code IS NOT NULL;

-- By score within each type: some types hardly ever have one, and a list of both is asked for.
DROP INDEX execution_logs_by_score;
CREATE INDEX execution_logs_by_score ON execution_logs (organization_id, type, score) WHERE score IS NOT NULL;
-- Windows of time in what other indexes find: logs lie in the order of their creation, and this costs next to nothing. The
-- other indexes of times will not do for it, because the planner does not combine two that begin with the organisation.
CREATE INDEX execution_logs_by_moment ON execution_logs USING brin (created_at) WITH (pages_per_range = 32);

-- What has been executed, once for every project, type and name under which it was: a part of a name is looked for among
-- these, and lists with one log for each item begin with them. Neither key nor foreign key: a statement that records
-- executions never waits for another one because both know something new, and the same twice does no harm. Rows outlive
-- the logs that they came with.
CREATE TABLE executed_items (
    organization_id uuid NOT NULL,
    project_id      uuid NOT NULL,
    type            text NOT NULL,
    -- NULL for what was executed without being stored.
    item_id         uuid,
    name            text NOT NULL
);
-- Names may be longer than an entry of an index.
CREATE INDEX executed_items_by_name ON executed_items (organization_id, hashtextextended(name, 0), project_id);
INSERT INTO executed_items (organization_id, project_id, type, item_id, name)
    SELECT DISTINCT organization_id, project_id, type, executed_item_id, executed_item_name FROM execution_logs;
ANALYZE executed_items;

ALTER TABLE executed_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON executed_items USING (organization_id = current_organization());

-- And the jobs of one queue, however many of others were made since: `jobs_open` has only those that have not ended.
CREATE INDEX jobs_of_queues ON jobs (queue, id);
