-- The second wall between organisations. The first is that every statement of the daemons names its organisation.
--
-- The policies compare with the setting scorable.organization_id of the connection. They bind every role but the owner
-- of the tables: reporting tools, a read-only login for support, a component that is moved to a role of its own. Such
-- a role that sets nothing sees nothing. To admit one:
--     CREATE ROLE reporting LOGIN;
--     GRANT SELECT ON evaluators, evaluator_versions, execution_logs TO reporting;
--     ALTER ROLE reporting SET scorable.organization_id = '…';
-- The daemons connect as the owner, and the policies are not forced upon it: setting the organisation for each
-- statement of a pooled connection would cost a second statement in every round trip of the hot path.
-- The wall is against a forgotten condition. Whoever may run SQL of their own may also change the setting.

CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('scorable.organization_id', true), '')::uuid
$$;

ALTER TABLE installation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON organizations USING (id = current_organization());

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['users', 'projects', 'sessions', 'api_keys', 'objectives',
        'objective_versions', 'evaluators', 'evaluator_versions', 'judges', 'judge_versions',
        'judge_version_evaluators', 'providers', 'models', 'execution_logs']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;

-- What others may read as well: public evaluators and judges with their versions, and what the installation offers.
CREATE POLICY published ON evaluators FOR SELECT USING (visibility = 'public' AND current_organization() IS NOT NULL);
CREATE POLICY published ON evaluator_versions FOR SELECT USING (
    EXISTS (SELECT FROM evaluators WHERE evaluators.id = evaluator_id AND evaluators.visibility = 'public')
    AND current_organization() IS NOT NULL);
CREATE POLICY published ON judges FOR SELECT USING (visibility = 'public' AND current_organization() IS NOT NULL);
CREATE POLICY published ON judge_versions FOR SELECT USING (
    EXISTS (SELECT FROM judges WHERE judges.id = judge_id AND judges.visibility = 'public')
    AND current_organization() IS NOT NULL);
CREATE POLICY installed ON providers FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
CREATE POLICY installed ON models FOR SELECT USING (
    organization_id IS NULL AND current_organization() IS NOT NULL);
