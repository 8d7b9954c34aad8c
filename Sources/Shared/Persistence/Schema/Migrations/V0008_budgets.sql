-- What calls of models cost, what may be spent on them, and how many of them providers get. Amounts are nano-dollars:
-- US dollars * 1,000,000,000.

-- What models cost. An organization_id of NULL is the installation's own price: it holds for every organisation that
-- has none. Prices of tokens are for a million of them; NULL takes the price of what contains it.
CREATE TABLE model_prices (
    id               uuid PRIMARY KEY,
    organization_id  uuid REFERENCES organizations ON DELETE CASCADE,
    -- A provider's name or kind, or * for any.
    provider         text NOT NULL CHECK (provider <> ''),
    -- The name a model has at its provider; * stands for any text.
    model            text NOT NULL CHECK (model <> ''),
    valid_from       timestamptz NOT NULL,
    valid_until      timestamptz CHECK (valid_until > valid_from),
    input            bigint NOT NULL CHECK (input >= 0),
    output           bigint NOT NULL CHECK (output >= 0),
    cached_input     bigint CHECK (cached_input >= 0),
    cache_write      bigint CHECK (cache_write >= 0),
    long_cache_write bigint CHECK (long_cache_write >= 0),
    reasoning        bigint CHECK (reasoning >= 0),
    audio_input      bigint CHECK (audio_input >= 0),
    audio_output     bigint CHECK (audio_output >= 0),
    -- For each image and each request, beside the tokens.
    image            bigint NOT NULL DEFAULT 0 CHECK (image >= 0),
    request          bigint NOT NULL DEFAULT 0 CHECK (request >= 0),
    UNIQUE NULLS NOT DISTINCT (organization_id, provider, model, valid_from)
);

-- Whether a model is called although nobody has said what it costs, and for how long an answer of its may be given
-- again to the same question; NULL for never.
ALTER TABLE models ADD COLUMN is_unpriced_allowed boolean NOT NULL DEFAULT false;
ALTER TABLE models ADD COLUMN cache_seconds integer CHECK (cache_seconds BETWEEN 1 AND 31536000);

-- Further keys of a provider. As long as one of them is active, the one in its own row is not used.
CREATE TABLE provider_keys (
    id              uuid PRIMARY KEY,
    provider_id     uuid NOT NULL REFERENCES providers ON DELETE CASCADE,
    -- The provider's.
    organization_id uuid REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL CHECK (name <> ''),
    -- For the LLM proxy alone.
    sealed_key      bytea NOT NULL,
    weight          integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'draining', 'revoked')),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (provider_id, name)
);

-- How many calls a provider gets, or one key or one model there; NULL for as many as come.
CREATE TABLE call_limits (
    id                  uuid PRIMARY KEY,
    provider_id         uuid NOT NULL REFERENCES providers ON DELETE CASCADE,
    -- The provider's.
    organization_id     uuid REFERENCES organizations ON DELETE CASCADE,
    key_id              uuid REFERENCES provider_keys ON DELETE CASCADE,
    model               text CHECK (model <> ''),
    requests_per_minute bigint CHECK (requests_per_minute > 0),
    tokens_per_minute   bigint CHECK (tokens_per_minute > 0),
    concurrency         bigint CHECK (concurrency > 0),
    CHECK (num_nonnulls(key_id, model) <= 1),
    UNIQUE NULLS NOT DISTINCT (provider_id, key_id, model)
);

CREATE TABLE budgets (
    id                   uuid PRIMARY KEY,
    organization_id      uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- Whose spending it bounds; the whole organisation's when both are NULL.
    project_id           uuid,
    api_key_id           uuid REFERENCES api_keys ON DELETE CASCADE,
    period               text NOT NULL CHECK (period IN ('total', 'day', 'month')),
    limit_nano_dollars   bigint NOT NULL CHECK (limit_nano_dollars >= 0),
    warn_at_nano_dollars bigint CHECK (warn_at_nano_dollars >= 0),
    enforcement          text NOT NULL CHECK (enforcement IN ('hard', 'soft')),
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    CHECK (num_nonnulls(project_id, api_key_id) <= 1),
    UNIQUE NULLS NOT DISTINCT (organization_id, project_id, api_key_id, period),
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
);

-- What was spent, by day (UTC): the truth that budgets are held against. Every call counts three times: for its
-- organisation, its project and its API key, each under its identifier in scope_id. No foreign keys: an account outlives
-- what it is about.
CREATE TABLE spending (
    organization_id   uuid NOT NULL,
    scope_id          uuid NOT NULL,
    day               date NOT NULL,
    cost_nano_dollars bigint NOT NULL,
    calls             bigint NOT NULL,
    prompt_tokens     bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    PRIMARY KEY (organization_id, scope_id, day)
);

-- What has been added to spending, so that nothing is added twice by a proxy that does not know whether it was heard.
CREATE TABLE spending_batches (
    id          uuid PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX spending_batches_by_age ON spending_batches (recorded_at);

-- The parts of budgets that proxies have taken in order to spend them without asking for each call. What was spent and
-- what is leased never exceed the limit together. The part of a proxy that is gone comes back when it expires.
CREATE TABLE budget_leases (
    budget_id       uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
    -- The first day of the budget's period.
    first_day       date NOT NULL,
    -- The proxy.
    holder          uuid NOT NULL,
    organization_id uuid NOT NULL,
    -- What it has not spent yet.
    amount          bigint NOT NULL CHECK (amount >= 0),
    expires_at      timestamptz NOT NULL,
    -- Another one is short of money: give back what is idle.
    is_wanted       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (budget_id, first_day, holder)
);

-- The first day of the period in which a moment lies, and the first day of the period that follows.
CREATE FUNCTION budget_first_day(period text, moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE period WHEN 'day' THEN (moment AT TIME ZONE 'UTC')::date
        WHEN 'month' THEN date_trunc('month', moment AT TIME ZONE 'UTC')::date ELSE '1970-01-01'::date END
$$;
CREATE FUNCTION budget_next_day(period text, first_day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE period WHEN 'day' THEN first_day + 1 WHEN 'month' THEN (first_day + interval '1 month')::date
        ELSE 'infinity'::date END
$$;

-- What was spent in the period of a budget that begins on first_day.
CREATE FUNCTION budget_spending(budget budgets, first_day date) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(s.cost_nano_dollars), 0)::bigint FROM spending s
    WHERE s.organization_id = budget.organization_id
        AND s.scope_id = coalesce(budget.project_id, budget.api_key_id, budget.organization_id)
        AND s.day >= first_day AND s.day < budget_next_day(budget.period, first_day)
$$;

-- Adds what calls have cost, once for each batch, and takes it off the leases of the proxy that made them. Returns
-- those of them of which others want a part. Rows are locked in one order, so that two proxies never wait for each
-- other.
CREATE FUNCTION record_spending(
    batch uuid, spender uuid, organization_ids uuid[], scope_ids uuid[], days date[], costs bigint[],
    call_counts bigint[], prompts bigint[], completions bigint[], leased_budgets uuid[], leased_days date[],
    leased_costs bigint[]
) RETURNS TABLE (budget_id uuid, first_day date) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO spending_batches (id) VALUES (batch) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO spending AS known
        SELECT added.* FROM unnest(organization_ids, scope_ids, days, costs, call_counts, prompts, completions)
            AS added (organization_id, scope_id, day, cost, calls, prompt, completion)
        ORDER BY added.organization_id, added.scope_id, added.day
        ON CONFLICT (organization_id, scope_id, day) DO UPDATE SET
            cost_nano_dollars = known.cost_nano_dollars + excluded.cost_nano_dollars,
            calls = known.calls + excluded.calls,
            prompt_tokens = known.prompt_tokens + excluded.prompt_tokens,
            completion_tokens = known.completion_tokens + excluded.completion_tokens;
        PERFORM FROM budget_leases l JOIN unnest(leased_budgets, leased_days) AS own (budget_id, first_day)
            ON l.budget_id = own.budget_id AND l.first_day = own.first_day
        WHERE l.holder = spender ORDER BY l.budget_id, l.first_day FOR UPDATE OF l;
        UPDATE budget_leases l SET amount = greatest(0, l.amount - own.cost)
        FROM unnest(leased_budgets, leased_days, leased_costs) AS own (budget_id, first_day, cost)
        WHERE l.budget_id = own.budget_id AND l.first_day = own.first_day AND l.holder = spender;
    END IF;
    RETURN QUERY SELECT l.budget_id, l.first_day FROM budget_leases l
        WHERE l.holder = spender AND l.budget_id = ANY (leased_budgets) AND l.is_wanted;
END
$$;

-- Renews the leases of a proxy, takes back what it gives back, and gives it what it asks for: at most its wish, at most
-- its share of what is free, at least its minimum, or nothing. Whoever is left without makes the others give back what
-- they do not use. The lock on the budget lets one proxy at a time in; sums are read in one statement, so that money on
-- its way from a lease into spending is seen exactly once.
CREATE FUNCTION exchange_budget_leases(
    spender uuid, lifetime interval, budget_ids uuid[], first_days date[], returned bigint[], minima bigint[],
    wishes bigint[]
) RETURNS TABLE (budget_id uuid, first_day date, amount bigint, spent bigint, elsewhere bigint, remaining bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    entry record;
    budget budgets;
    own bigint;
    granted bigint;
    others bigint;
BEGIN
    FOR entry IN
        SELECT * FROM unnest(budget_ids, first_days, returned, minima, wishes)
            AS asked (budget_id, first_day, returned, minimum, wish)
        ORDER BY asked.budget_id, asked.first_day
    LOOP
        SELECT b.* INTO budget FROM budgets b WHERE b.id = entry.budget_id FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM budget_leases l WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day
            AND l.holder <> spender AND l.expires_at < clock_timestamp();
        UPDATE budget_leases l
        SET amount = greatest(0, l.amount - entry.returned), expires_at = clock_timestamp() + lifetime,
            is_wanted = false
        WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day AND l.holder = spender
        RETURNING l.amount INTO own;
        own := coalesce(own, 0);
        SELECT coalesce(sum(l.amount), 0), count(*), budget_spending(budget, entry.first_day)
        INTO elsewhere, others, spent
        FROM budget_leases l
        WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day AND l.holder <> spender;
        remaining := budget.limit_nano_dollars - spent - own - elsewhere;
        granted := 0;
        IF entry.wish > 0 AND remaining >= entry.minimum THEN
            granted := greatest(0, least(entry.wish, greatest(entry.minimum, remaining / (others + 1)), remaining));
        ELSIF entry.wish > 0 AND elsewhere > 0 THEN
            UPDATE budget_leases l SET is_wanted = true WHERE l.budget_id = entry.budget_id
                AND l.first_day = entry.first_day AND l.holder <> spender AND NOT l.is_wanted;
        END IF;
        IF granted > 0 THEN
            INSERT INTO budget_leases AS known (budget_id, first_day, holder, organization_id, amount, expires_at)
            VALUES (entry.budget_id, entry.first_day, spender, budget.organization_id, granted,
                clock_timestamp() + lifetime)
            ON CONFLICT (budget_id, first_day, holder) DO UPDATE SET amount = known.amount + excluded.amount;
        ELSIF own = 0 THEN
            DELETE FROM budget_leases l WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day
                AND l.holder = spender;
        END IF;
        budget_id := entry.budget_id;
        first_day := entry.first_day;
        amount := own + granted;
        remaining := remaining - granted;
        RETURN NEXT;
    END LOOP;
END
$$;

ALTER TABLE spending_batches ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['model_prices', 'provider_keys', 'call_limits', 'budgets', 'spending',
        'budget_leases']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
CREATE POLICY installed ON model_prices FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
CREATE POLICY installed ON call_limits FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
