-- Prompt tests: one prompt, filled with one input after another, on one model, and what evaluators say of the answers.

-- A test has the identifier of the batch whose jobs carry it out. The batch knows its evaluators and its dataset.
CREATE TABLE prompt_tests (
    id              uuid PRIMARY KEY REFERENCES batches ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- With {{name}} where a value of the input goes.
    prompt          text NOT NULL,
    model           text NOT NULL,
    -- What the answer has to look like, as a JSON schema; NULL for any text.
    response_schema json,
    created_at      timestamptz NOT NULL
);

-- What each job of it fills in, and what came of it.
CREATE TABLE prompt_test_tasks (
    test_id           uuid NOT NULL REFERENCES prompt_tests ON DELETE CASCADE,
    -- Counted from 0; the index of its job in the batch.
    task_index        bigint NOT NULL CHECK (task_index >= 0),
    organization_id   uuid NOT NULL,
    -- An object with a member for each name, as it was given.
    variables         json NOT NULL,
    -- For the evaluators alone, of an item of a dataset.
    contexts          text[] NOT NULL DEFAULT '{}',
    expected_output   text,
    llm_output        text,
    -- Of the call that answered, without the evaluators'.
    cost_nano_dollars bigint,
    call_duration_us  bigint,
    -- An array with an element for each evaluator, and the log of the whole.
    results           json,
    execution_log_id  uuid,
    error_message     text NOT NULL DEFAULT '',
    PRIMARY KEY (test_id, task_index)
) WITH (fillfactor = 70);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['prompt_tests', 'prompt_test_tasks']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
