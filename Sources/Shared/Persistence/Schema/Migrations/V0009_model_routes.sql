-- How the calls of models are spread, and what providers of some kinds need beside an address and a key.

-- A region, a project, a version: an object of texts.
ALTER TABLE providers ADD COLUMN settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object');

ALTER TABLE models ADD COLUMN choice text NOT NULL DEFAULT 'ordered'
    CHECK (choice IN ('ordered', 'weighted', 'least_busy'));
-- Of the place in the model's own row, beside those of model_places.
ALTER TABLE models ADD COLUMN weight integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000);
-- The names of the models that are asked, in this order, when it fails.
ALTER TABLE models ADD COLUMN fallbacks text[] NOT NULL DEFAULT '{}';

-- What works today goes on working: nobody has been asked for prices before.
UPDATE models SET is_unpriced_allowed = true;

-- Further places that serve a model.
CREATE TABLE model_places (
    model_id        uuid NOT NULL REFERENCES models ON DELETE CASCADE,
    position        integer NOT NULL CHECK (position >= 0),
    -- The model's.
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    provider_id     uuid NOT NULL REFERENCES providers ON DELETE CASCADE,
    -- What the provider calls it.
    upstream_model  text NOT NULL CHECK (upstream_model <> ''),
    weight          integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
    PRIMARY KEY (model_id, position)
);
CREATE INDEX model_places_by_provider ON model_places (provider_id);

ALTER TABLE model_places ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON model_places USING (organization_id = current_organization());
CREATE POLICY installed ON model_places FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
