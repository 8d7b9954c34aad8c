-- What an evaluator does without a model, as the interfaces write it ({"kind": …}); NULL where a model judges by the
-- criteria, which are empty otherwise. json and not jsonb: a schema keeps the order in which it was written.
ALTER TABLE evaluator_versions ADD COLUMN code json;
