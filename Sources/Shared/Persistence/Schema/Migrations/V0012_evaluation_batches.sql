-- Batches of executions: what each of their jobs evaluates, and what came of it.

CREATE TABLE batch_items (
    batch_id        uuid NOT NULL REFERENCES batches ON DELETE CASCADE,
    -- Counted from 0; the index of its job in the batch.
    item_index      bigint NOT NULL CHECK (item_index >= 0),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    request         text,
    response        text,
    -- An array of objects, as in execution_logs.
    turns           json,
    tools           json,
    contexts        text[] NOT NULL DEFAULT '{}',
    expected_output text,
    system_prompt   text,
    variables       json,
    session_id      text,
    user_id         text,
    -- What came of it: an array with an element an evaluator, and the log of the execution.
    -- Where it stands in the dataset of the batch; NULL for an input that came with the call.
    source_position bigint,
    results         json,
    execution_log_id uuid,
    error_message   text NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, item_index)
);
-- Rows are written twice: leave room for the second version beside the first.
ALTER TABLE batch_items SET (fillfactor = 70);

ALTER TABLE batch_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON batch_items USING (organization_id = current_organization());

ALTER TABLE execution_logs ADD COLUMN batch_id uuid;
CREATE INDEX execution_logs_by_batch ON execution_logs (organization_id, batch_id, created_at, id)
    WHERE batch_id IS NOT NULL;
