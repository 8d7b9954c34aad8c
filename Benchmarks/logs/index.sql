-- Makes the indexes that seed.sql has taken away, and leaves the tables as an installation that runs has them.

\set ON_ERROR_STOP on
SET maintenance_work_mem = '1GB';
SET max_parallel_maintenance_workers = 2;
SELECT definition FROM seeding.kept \gexec
ALTER TABLE execution_logs ADD PRIMARY KEY (id, created_at);
INSERT INTO executed_items (organization_id, project_id, type, item_id, name)
    SELECT DISTINCT organization_id, project_id, type, executed_item_id, executed_item_name FROM execution_logs;
INSERT INTO tagged_hours (organization_id, tag_hash, hour)
    SELECT DISTINCT l.organization_id, hashtextextended(t.tag, 0), date_bin('1 hour', l.created_at, 'epoch')
    FROM execution_logs l CROSS JOIN unnest(l.tags) AS t(tag);
ALTER TABLE execution_logs ENABLE TRIGGER USER;
VACUUM ANALYZE execution_logs;
VACUUM ANALYZE executed_items;
VACUUM ANALYZE tagged_hours;
DROP SCHEMA seeding CASCADE;
