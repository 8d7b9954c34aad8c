-- What operators need to look after providers, models, prices and budgets: who may change what is everybody's, edits that
-- do not overwrite each other, what is out of service, how deployments did over days, and who was told of budgets.

-- The organisation whose operators also look after what is the installation's own: its providers, models and prices. The
-- first one that people belong to; further ones use what is there and add their own.
ALTER TABLE organizations ADD COLUMN runs_installation boolean NOT NULL DEFAULT false;
UPDATE organizations SET runs_installation = true WHERE id = (
    SELECT id FROM organizations WHERE EXISTS (
        SELECT FROM users u WHERE u.organization_id = organizations.id AND u.password_hash IS NOT NULL)
    ORDER BY created_at, id LIMIT 1);

-- How often something was changed. Whoever changes it names the revision that was looked at. Counted here, so that no
-- statement forgets it.
CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision = OLD.revision + 1;
    RETURN NEW;
END
$$;
DO $$
DECLARE
    edited_table text;
BEGIN
    FOREACH edited_table IN ARRAY ARRAY['providers', 'models', 'model_prices', 'budgets']
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN revision integer NOT NULL DEFAULT 1', edited_table);
        EXECUTE format('CREATE TRIGGER count_revision BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION '
            'count_revision()', edited_table);
    END LOOP;
END
$$;

-- What kind of server a model with an address of its own is on, and what was found out about it:
-- {context_length, found_at, findings: [{ability, answer, evidence}]}.
ALTER TABLE models ADD COLUMN server_kind text CHECK (server_kind <> '');
ALTER TABLE models ADD COLUMN abilities jsonb CHECK (jsonb_typeof(abilities) = 'object');

-- What is out of service: all of a provider, one model there, or a model with an address of its own.
CREATE TABLE drains (
    id              uuid PRIMARY KEY,
    -- The provider's or the model's.
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    provider_id     uuid REFERENCES providers ON DELETE CASCADE,
    -- What the provider calls the model; NULL for all of the provider.
    upstream_model  text CHECK (upstream_model <> ''),
    model_id        uuid REFERENCES models ON DELETE CASCADE,
    reason          text NOT NULL,
    user_id         uuid REFERENCES users ON DELETE SET NULL,
    created_at      timestamptz NOT NULL,
    CHECK (num_nonnulls(provider_id, model_id) = 1),
    CHECK (upstream_model IS NULL OR model_id IS NULL),
    UNIQUE NULLS NOT DISTINCT (provider_id, upstream_model, model_id)
);

-- How a model at a place did in five minutes, as one proxy saw it: what its calls came to, and the worst that was known of
-- its health. Each proxy writes its own rows, again and again until the five minutes are over. No foreign keys: what was
-- stays when a provider goes, until it is old.
CREATE TABLE deployment_spans (
    -- The provider, or the model with an address of its own.
    place_id           uuid NOT NULL,
    start              timestamptz NOT NULL,
    -- What the place calls the model.
    upstream_model     text NOT NULL,
    -- The proxy, which is another one after each start.
    proxy_id           uuid NOT NULL,
    -- The place's.
    organization_id    uuid REFERENCES organizations ON DELETE CASCADE,
    calls              bigint NOT NULL,
    abandoned          bigint NOT NULL,
    -- How many calls failed, by code.
    failures           jsonb NOT NULL,
    prompt_tokens      bigint NOT NULL,
    completion_tokens  bigint NOT NULL,
    cost_nano_dollars  bigint NOT NULL,
    -- Those bins of the latency histograms in which something is, with how much.
    first_byte         jsonb NOT NULL,
    whole              jsonb NOT NULL,
    worst_score        smallint NOT NULL,
    worst_sentence     text NOT NULL,
    PRIMARY KEY (place_id, start, upstream_model, proxy_id)
);
CREATE INDEX deployment_spans_by_start ON deployment_spans USING brin (start) WITH (pages_per_range = 16);

-- Which budgets were told of in which period, so that each is told of once.
CREATE TABLE budget_alerts (
    budget_id       uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
    first_day       date NOT NULL,
    level           text NOT NULL CHECK (level IN ('warned', 'exhausted')),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (budget_id, first_day, level)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['drains', 'deployment_spans', 'budget_alerts']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
CREATE POLICY installed ON drains FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
