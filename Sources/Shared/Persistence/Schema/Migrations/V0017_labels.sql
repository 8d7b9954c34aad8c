-- Labels: on which scales people score, what they found, and how far evaluators agree with them.

CREATE TABLE score_configs (
    id              uuid PRIMARY KEY,
    -- NULL for those that everybody has and nobody may change.
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL CHECK (name <> ''),
    type            text NOT NULL CHECK (type IN ('binary', 'continuous', 'categorical')),
    minimum         double precision NOT NULL,
    maximum         double precision NOT NULL,
    -- [{label, value}], in the order in which they are offered; NULL on a continuous scale.
    categories      jsonb CHECK (jsonb_typeof(categories) = 'array'),
    -- What is meant when nothing is said.
    is_default      boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    CHECK (minimum < maximum),
    CHECK ((type = 'continuous') = (categories IS NULL))
);
CREATE INDEX score_configs_by_creation ON score_configs (organization_id, created_at, id);

INSERT INTO score_configs (id, organization_id, name, type, minimum, maximum, categories, is_default, created_at) VALUES
    ('00000000-0000-7000-8000-000000000001', NULL, 'Score', 'continuous', 0, 1, NULL, true, '2026-01-01T00:00:01Z'),
    ('00000000-0000-7000-8000-000000000002', NULL, 'Thumbs', 'binary', 0, 1,
        '[{"label": "up", "value": 1}, {"label": "down", "value": 0}]', false, '2026-01-01T00:00:00Z');

ALTER TABLE datasets ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
-- False while a file is being read into it: nobody sees it, and it goes when that does not come to an end.
ALTER TABLE datasets ADD COLUMN is_complete boolean NOT NULL DEFAULT true;
CREATE INDEX datasets_incomplete ON datasets (created_at) WHERE NOT is_complete;

CREATE TABLE annotations (
    id                uuid PRIMARY KEY,
    organization_id   uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- Either an item of a dataset: the version that was looked at, and what is the same in all versions, because a label
    -- stays with the item when it is edited.
    dataset_id        uuid,
    dataset_item_id   uuid REFERENCES dataset_items ON DELETE CASCADE,
    item_external_id  uuid,
    -- Or an execution, with the moment that says in which partition it is.
    execution_log_id  uuid,
    execution_log_at  timestamptz,
    score_config_id   uuid NOT NULL REFERENCES score_configs,
    value             double precision NOT NULL,
    -- The label on a scale that has some.
    category          text,
    rationale         text NOT NULL DEFAULT '',
    status            text NOT NULL CHECK (status IN ('draft', 'published')),
    author_id         uuid NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    FOREIGN KEY (organization_id, author_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, dataset_id) REFERENCES datasets (organization_id, id) ON DELETE CASCADE,
    CHECK (num_nonnulls(dataset_item_id, execution_log_id) = 1),
    CHECK (num_nonnulls(dataset_item_id, dataset_id, item_external_id) IN (0, 3)),
    CHECK ((execution_log_id IS NULL) = (execution_log_at IS NULL))
);
CREATE INDEX annotations_by_creation ON annotations (organization_id, created_at, id);
CREATE INDEX annotations_of_datasets ON annotations (dataset_id, created_at, id) WHERE dataset_id IS NOT NULL;
CREATE INDEX annotations_of_items ON annotations (item_external_id, created_at, id) WHERE item_external_id IS NOT NULL;
CREATE INDEX annotations_of_versions ON annotations (dataset_item_id) WHERE dataset_item_id IS NOT NULL;
CREATE INDEX annotations_of_logs ON annotations (execution_log_id, created_at, id) WHERE execution_log_id IS NOT NULL;
CREATE INDEX annotations_by_config ON annotations (score_config_id, created_at, id);

-- A run has the identifier of the batch whose jobs carry it out: what is done of it, and how it ends, the batch knows.
CREATE TABLE calibration_runs (
    id                   uuid PRIMARY KEY REFERENCES batches ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    organization_id      uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- What was calibrated: an evaluator in a version, or a definition that was not saved. A run of a definition may be
    -- given to the evaluator that was made of it.
    evaluator_id         uuid,
    evaluator_version_id uuid,
    definition           jsonb CHECK (jsonb_typeof(definition) = 'object'),
    -- What is looked at side by side.
    comparison_group     text CHECK (comparison_group <> ''),
    -- NULL: every continuous scale.
    score_config_id      uuid REFERENCES score_configs,
    source_type          text NOT NULL CHECK (source_type IN ('dataset', 'logs')),
    dataset_id           uuid,
    -- From which score on a verdict is a yes, for the confusion matrix.
    threshold            double precision NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    -- How many items had a label, and how many had none.
    example_count        bigint NOT NULL CHECK (example_count >= 0),
    skipped_count        bigint NOT NULL CHECK (skipped_count >= 0),
    -- Written when all items have ended.
    metrics              json,
    concluded_at         timestamptz,
    created_at           timestamptz NOT NULL,
    CHECK (num_nonnulls(evaluator_id, definition) > 0)
);
CREATE INDEX calibration_runs_by_creation ON calibration_runs (organization_id, created_at, id);
CREATE INDEX calibration_runs_by_evaluator ON calibration_runs (organization_id, evaluator_id, created_at, id)
    WHERE evaluator_id IS NOT NULL;
CREATE INDEX calibration_runs_by_group ON calibration_runs (organization_id, comparison_group, created_at, id)
    WHERE comparison_group IS NOT NULL;

CREATE TABLE calibration_items (
    id               uuid PRIMARY KEY,
    run_id           uuid NOT NULL REFERENCES calibration_runs ON DELETE CASCADE,
    -- Counted from 0; the index of its job in the batch.
    item_index       bigint NOT NULL CHECK (item_index >= 0),
    organization_id  uuid NOT NULL,
    -- The newest label that counts.
    annotation_id    uuid NOT NULL,
    dataset_item_id  uuid,
    -- The execution whose input is judged again, when the source are logs.
    source_log_id    uuid,
    source_log_at    timestamptz,
    -- From 0 to 1: the mean of what the annotators found, each by the newest label.
    human_value      double precision NOT NULL CHECK (human_value BETWEEN 0 AND 1),
    annotators       uuid[] NOT NULL,
    annotator_values double precision[] NOT NULL,
    -- What came of it.
    evaluator_score  double precision CHECK (evaluator_score BETWEEN 0 AND 1),
    justification    text NOT NULL DEFAULT '',
    execution_log_id uuid,
    disagreement     double precision GENERATED ALWAYS AS (abs(evaluator_score - human_value)) STORED,
    -- Lists are read along a time and an identifier: the disagreement as seconds, -1 where there is none.
    place            timestamptz GENERATED ALWAYS AS (
                         to_timestamp(coalesce(abs(evaluator_score - human_value), -1))) STORED,
    created_at       timestamptz NOT NULL,
    UNIQUE (run_id, item_index)
) WITH (fillfactor = 70);
CREATE INDEX calibration_items_by_disagreement ON calibration_items (run_id, place, id);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['score_configs', 'annotations', 'calibration_runs', 'calibration_items']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
CREATE POLICY shared ON score_configs FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
