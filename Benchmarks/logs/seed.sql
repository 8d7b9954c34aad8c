-- Prepares a database that has our schema for millions of execution logs of four months, nearly half of them of the
-- organisation `organization`, which exists; others are added. seeding.fill then makes them in the order of time. What is
-- rare is rare: tags, models, owners, scores and costs that a handful in a million have, and some that none has.
-- The indexes are taken away for the time of it, and made by index.sql, as is what triggers note.

\set ON_ERROR_STOP on
CREATE SCHEMA seeding;

-- A version 7 identifier of a moment and a number.
CREATE FUNCTION seeding.log_id(moment timestamptz, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(number::text), 1, 3) || '8' || substr(md5(number::text), 4, 15))::uuid
$$;
-- A number from 0 to 1 that belongs to a number and a purpose.
CREATE FUNCTION seeding.chance(number bigint, purpose integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(number, purpose) & 1073741823)::double precision / 1073741824
$$;

-- Organisations, people and projects.
CREATE TABLE seeding.tenants AS
    SELECT place, CASE WHEN place = 0 THEN :'organization'::uuid ELSE md5('organization ' || place)::uuid END AS id
    FROM generate_series(0, 39) place;
INSERT INTO organizations (id, name, created_at)
    SELECT id, 'Organisation ' || place, now() FROM seeding.tenants WHERE place > 0 ON CONFLICT DO NOTHING;
INSERT INTO users (id, organization_id, email, full_name, role, created_at)
    SELECT md5('user ' || place || ' ' || n)::uuid, id, 'user' || n || '@organisation' || place || '.example',
        'User ' || n, 'engineer', now()
    FROM seeding.tenants, generate_series(0, 39) n ON CONFLICT DO NOTHING;
INSERT INTO projects (id, organization_id, name, owner_id, created_at)
    SELECT md5('project ' || place || ' ' || n)::uuid, id, 'Project ' || n, md5('user ' || place || ' 0')::uuid, now()
    FROM seeding.tenants, generate_series(0, 11) n ON CONFLICT DO NOTHING;

-- The indexes are taken away and kept in mind.
CREATE TABLE seeding.kept AS
    SELECT replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS definition, c.relname AS name FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = 'execution_logs'::regclass AND NOT i.indisprimary;
SELECT format('DROP INDEX %I', name) FROM seeding.kept \gexec
ALTER TABLE execution_logs DROP CONSTRAINT execution_logs_pkey;
ALTER TABLE execution_logs DISABLE TRIGGER USER;
SELECT count(ensure_execution_log_partition(moment)) AS months
    FROM generate_series(now() - interval '120 days', now(), interval '1 week') moment;

CREATE TABLE seeding.words AS SELECT ARRAY['Relevance', 'Faithfulness', 'Clarity', 'Politeness', 'Completeness', 'Harmlessness',
    'Conciseness', 'Groundedness', 'Coherence', 'Policy', 'Tone', 'Safety', 'Precision', 'Recall', 'Truth', 'Style'] AS list;

-- Five logs belong together: a judge's, three of its evaluators, and one of something else.
CREATE PROCEDURE seeding.fill(first bigint, last bigint, total bigint) LANGUAGE plpgsql AS $procedure$
DECLARE
    start timestamptz := date_trunc('minute', now()) - interval '120 days';
    step interval := interval '120 days' / total;
    lot bigint;
BEGIN
    FOR lot IN SELECT generate_series(first, last, 100000) LOOP
        INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_id,
            executed_item_version_id, executed_item_name, owner_id, parent_id, judge_id, batch_id, session_id, user_id, tags,
            score, confidence, failure_code, failure_message, model, provider, prompt_tokens, completion_tokens,
            cost_nano_dollars, call_duration_us, request_id, request_preview, response_preview, justification, request,
            response, contexts, attempts)
        SELECT seeding.log_id(start + n * step, n), start + n * step, t.id,
            md5('project ' || g.place || ' ' || g.project)::uuid, k.type,
            CASE WHEN k.type <> 'proxy' THEN md5('item ' || g.place || ' ' || k.item)::uuid END,
            CASE WHEN k.type <> 'proxy' THEN md5('version ' || g.place || ' ' || k.item)::uuid END,
            CASE WHEN k.type = 'proxy' THEN 'Completion'
                ELSE w.list[1 + k.item % 16] || ' ' || w.list[1 + k.item / 16 % 16] || ' ' || k.item END,
            md5('user ' || g.place || ' ' || g.owner)::uuid,
            CASE WHEN n % 5 BETWEEN 1 AND 3 THEN seeding.log_id(start + (n - n % 5) * step, n - n % 5) END,
            CASE WHEN n % 5 < 4 THEN md5('item ' || g.place || ' ' || g.judge)::uuid END,
            CASE WHEN seeding.chance(n / 5000, 20) < 0.1 THEN md5('batch ' || g.place || ' ' || n / 5000)::uuid END,
            CASE WHEN seeding.chance(n / 5, 5) < 0.3
                THEN 'session-' || floor(200000 * seeding.chance(n / 5, 6) ^ 2) END,
            CASE WHEN seeding.chance(n / 5, 7) < 0.4 THEN 'user-' || floor(50000 * seeding.chance(n / 5, 8) ^ 2) END,
            array_remove(ARRAY[
                CASE WHEN g.tag < 0.2 THEN 'env:prod' WHEN g.tag < 0.24 THEN 'env:staging' END,
                CASE WHEN g.tag < 0.05 THEN 'release-' || to_char(start + n * step, 'YYYY-MM') END,
                CASE WHEN g.tag BETWEEN 0.1 AND 0.11 THEN 'customer-' || floor(5000 * random()) END,
                CASE WHEN g.tag BETWEEN 0.3 AND 0.3005 THEN 'weekly' END,
                CASE WHEN g.tag BETWEEN 0.4 AND 0.400002 THEN 'incident' END], NULL),
            CASE WHEN k.type <> 'proxy' AND k.luck > 0.03 THEN k.score END,
            CASE WHEN k.type <> 'proxy' AND k.luck > 0.03 THEN 0.9 END,
            CASE WHEN k.luck < 0.01 THEN 'timeout' WHEN k.luck < 0.03 THEN 'provider_error' END,
            CASE WHEN k.luck < 0.03 THEN 'The provider did not answer.' END,
            CASE WHEN k.model < 0.6 THEN 'gpt-5' WHEN k.model < 0.85 THEN 'claude-sonnet-5' WHEN k.model < 0.95 THEN 'gemini-3'
                WHEN k.model < 0.99999 THEN 'mistral-large' ELSE 'llama-rare' END,
            'provider', 400, 40, CASE WHEN k.luck < 0.95 THEN (exp(13 + 1.5 * k.spread) * 2)::bigint END,
            (exp(13 + k.spread))::bigint, 'request-' || n / 5,
            'How do I reset the password of account ' || n || '?', 'Open Settings, choose Security, press Reset ' || n || '.',
            'The answer names the menu, the section and the button.', 'How do I reset the password of account ' || n || '?',
            'Open Settings, choose Security, press Reset ' || n || '.', '{}', 1
        FROM generate_series(lot, least(lot + 99999, last)) n
        CROSS JOIN LATERAL (SELECT
            CASE WHEN seeding.chance(n / 5, 1) < 0.45 THEN 0 WHEN seeding.chance(n / 5, 1) < 0.7 THEN 1
                WHEN seeding.chance(n / 5, 1) < 0.85 THEN 2 WHEN seeding.chance(n / 5, 1) < 0.95 THEN 3
                ELSE 4 + floor(36 * seeding.chance(n / 5, 2) ^ 2)::integer END AS place,
            floor(12 * seeding.chance(n / 5, 3) ^ 3)::integer AS project,
            CASE WHEN seeding.chance(n / 5, 4) > 0.99999 THEN 39 ELSE floor(39 * seeding.chance(n / 5, 4) ^ 2)::integer END AS owner,
            400 + floor(60 * seeding.chance(n / 5, 9) ^ 3)::integer AS judge, random() AS tag) g
        CROSS JOIN LATERAL (SELECT
            CASE WHEN n % 5 = 0 THEN 'judge' WHEN n % 5 < 4 OR g.tag < 0.9 THEN 'evaluator' WHEN g.tag < 0.98 THEN 'proxy'
                WHEN g.tag < 0.998 THEN 'experiment' WHEN g.tag < 0.9999 THEN 'test' ELSE 'internal' END AS type,
            CASE WHEN n % 5 = 0 THEN g.judge ELSE floor(400 * random() ^ 4)::integer END AS item,
            random() AS luck, random() AS model, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS spread,
            1 - random() ^ 3 * CASE WHEN random() < 0.999 THEN 0.9 ELSE 1 END AS score) k
        CROSS JOIN seeding.words w JOIN seeding.tenants t ON t.place = g.place
        ORDER BY n;
        COMMIT;
        RAISE NOTICE '% logs', lot;
    END LOOP;
END
$procedure$;
