-- What lists of millions of logs are filtered by exactly, and may find seldom or nowhere: without these they would be read
-- to their end.
CREATE INDEX execution_logs_by_type ON execution_logs (organization_id, type, created_at, id);
CREATE INDEX execution_logs_by_model ON execution_logs (organization_id, model, created_at, id)
    WHERE model IS NOT NULL;
CREATE INDEX execution_logs_by_owner ON execution_logs (organization_id, owner_id, created_at, id);
-- Bounds of scores and costs, for those that hardly any log is within: they are in no order of time.
CREATE INDEX execution_logs_by_score ON execution_logs (organization_id, score) WHERE score IS NOT NULL;
CREATE INDEX execution_logs_by_cost ON execution_logs (organization_id, cost_nano_dollars)
    WHERE cost_nano_dollars IS NOT NULL;
