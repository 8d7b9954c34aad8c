-- Until now the part of a budget that a proxy had taken was free again when the proxy did not renew it. But a proxy that is
-- killed leaves calls behind that their providers finish, and are paid for, and those that it had not reported yet; and one
-- that only cannot reach the database goes on spending. So what it had taken counts as spent from then on, until the period
-- ends or the proxy comes back and says what it needs: the limit holds, whatever became of the calls.

-- What was spent in the period of a budget that begins on first_day, and what nobody can say of any more that it was not.
CREATE OR REPLACE FUNCTION budget_spending(budget budgets, first_day date) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT least(4000000000000000000,
        (SELECT coalesce(sum(s.cost_nano_dollars), 0) FROM spending s
            WHERE s.organization_id = budget.organization_id
                AND s.scope_id = coalesce(budget.project_id, budget.api_key_id, budget.organization_id)
                AND s.day >= budget_spending.first_day
                AND s.day < budget_next_day(budget.period, budget_spending.first_day))
        + (SELECT coalesce(sum(l.amount), 0) FROM budget_leases l
            WHERE l.budget_id = budget.id AND l.first_day = budget_spending.first_day AND l.expires_at <= now())
        )::bigint
$$;

-- As before, but for leases that have ended: they are neither deleted nor among what others may give back.
CREATE OR REPLACE FUNCTION exchange_budget_leases(
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
        UPDATE budget_leases l
        SET amount = greatest(0, l.amount - entry.returned), expires_at = clock_timestamp() + lifetime,
            is_wanted = false
        WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day AND l.holder = spender
        RETURNING l.amount INTO own;
        own := coalesce(own, 0);
        -- By the clock of budget_spending(): a lease is in one of the two sums.
        SELECT coalesce(sum(l.amount), 0), count(*), budget_spending(budget, entry.first_day)
        INTO elsewhere, others, spent
        FROM budget_leases l
        WHERE l.budget_id = entry.budget_id AND l.first_day = entry.first_day AND l.holder <> spender
            AND l.expires_at > now();
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

-- As before, but for sums that stop growing instead of failing: a batch that fails is sent again and again, and whatever
-- stands behind it is never booked.
CREATE OR REPLACE FUNCTION record_spending(
    batch uuid, spender uuid, organization_ids uuid[], scope_ids uuid[], days date[], costs bigint[],
    call_counts bigint[], prompts bigint[], completions bigint[], leased_budgets uuid[], leased_days date[],
    leased_costs bigint[]
) RETURNS TABLE (budget_id uuid, first_day date) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    -- Far enough from the end of a bigint for what is added to it and taken from it.
    most CONSTANT numeric := 1000000000000000000;
BEGIN
    INSERT INTO spending_batches (id) VALUES (batch) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO spending AS known
        SELECT added.* FROM unnest(organization_ids, scope_ids, days, costs, call_counts, prompts, completions)
            AS added (organization_id, scope_id, day, cost, calls, prompt, completion)
        ORDER BY added.organization_id, added.scope_id, added.day
        ON CONFLICT (organization_id, scope_id, day) DO UPDATE SET
            cost_nano_dollars = least(known.cost_nano_dollars + excluded.cost_nano_dollars::numeric, most),
            calls = known.calls + excluded.calls,
            prompt_tokens = least(known.prompt_tokens + excluded.prompt_tokens::numeric, most),
            completion_tokens = least(known.completion_tokens + excluded.completion_tokens::numeric, most);
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
