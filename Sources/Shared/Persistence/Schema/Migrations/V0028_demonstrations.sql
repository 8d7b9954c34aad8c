-- Worked examples that an evaluator brings along, fixed with its version: [{request, response, score, justification}].
-- json and not jsonb: nothing looks into it, and it stays as it was written.
ALTER TABLE evaluator_versions ADD COLUMN demonstrations json CHECK (json_typeof(demonstrations) = 'array');
