-- Webhooks: whom to tell of what, what there is to tell, and what became of it.
--
-- What is to be told is written in the transaction of what it tells of, by triggers and by whoever calls announce_event, so
-- that neither is ever there without the other. Telling it is work of the queue: a job that finds out whom to tell, and
-- one for each of them.

CREATE TABLE webhook_endpoints (
    id                   uuid PRIMARY KEY,
    organization_id      uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- It hears of this project only; NULL for all that happens in the organisation.
    project_id           uuid,
    url                  text NOT NULL CHECK (url <> ''),
    description          text NOT NULL DEFAULT '',
    -- NULL for every type, also those to come.
    event_types          text[] CHECK (cardinality(event_types) > 0),
    -- paused: events are kept for it and wait. disabled: it hears of nothing, and what waited is dropped.
    state                text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    -- Why it is disabled, in a sentence.
    state_reason         text,
    -- Sealed with the LLM proxy's public key. While a former one is there and not expired, both sign.
    sealed_secret        bytea NOT NULL,
    former_secret        bytea,
    former_expires_at    timestamptz,
    -- How it does: since when nothing has reached it, and the last of each.
    consecutive_failures integer NOT NULL DEFAULT 0,
    failing_since        timestamptz,
    last_success_at      timestamptz,
    last_failure_at      timestamptz,
    last_failure_status  integer,
    last_failure_reason  text,
    created_by           uuid,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    CHECK ((former_secret IS NULL) = (former_expires_at IS NULL)),
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_endpoints_by_creation ON webhook_endpoints (organization_id, created_at, id);

CREATE TABLE webhook_events (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id      uuid,
    type            text NOT NULL CHECK (type <> ''),
    -- Identifiers, states, counts: never a prompt, an answer or a secret.
    data            jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
    created_at      timestamptz NOT NULL
);
CREATE INDEX webhook_events_by_creation ON webhook_events (created_at);

-- An event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    id              uuid PRIMARY KEY,
    event_id        uuid NOT NULL REFERENCES webhook_events ON DELETE CASCADE,
    endpoint_id     uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    -- waiting: it is to be sent, for the first time or again. dropped: the endpoint was disabled before.
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    -- The job that sends it, or did last.
    job_id          uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    CHECK ((ended_at IS NULL) = (state = 'waiting')),
    UNIQUE (endpoint_id, event_id)
);
CREATE INDEX webhook_deliveries_by_creation ON webhook_deliveries (endpoint_id, created_at, id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (endpoint_id, state, created_at, id);
CREATE INDEX webhook_deliveries_of_events ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (id) WHERE state = 'waiting';

-- The times that it was sent.
CREATE TABLE webhook_attempts (
    delivery_id     uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    at              timestamptz NOT NULL,
    organization_id uuid NOT NULL,
    -- NULL when there was no answer.
    status          integer,
    -- What came of it, in a sentence.
    outcome         text NOT NULL,
    duration_ms     integer NOT NULL,
    -- The beginning of what was answered.
    answer          text NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, at)
);

-- Jobs that were given up and are yet to be told of, a minute's together.
CREATE TABLE webhook_dead_jobs (
    job_id          uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE
);

-- Like the identifiers that daemons make: version 7, in the order of time.
CREATE FUNCTION time_ordered_uuid() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
$$;

-- A moment as JSON has it, whatever the time zone of the session.
CREATE FUNCTION json_moment(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Writes an event, and the job that finds out whom to tell, where somebody may want to hear of it.
CREATE FUNCTION announce_event(organization uuid, project uuid, event_type text, event_data jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    event uuid := time_ordered_uuid();
BEGIN
    IF NOT EXISTS (
        SELECT FROM webhook_endpoints e WHERE e.organization_id = organization AND e.state <> 'disabled'
        AND (e.project_id IS NULL OR e.project_id = project)
        AND (e.event_types IS NULL OR event_type = ANY (e.event_types)))
    THEN
        RETURN;
    END IF;
    INSERT INTO webhook_events (id, organization_id, project_id, type, data, created_at)
    VALUES (event, organization, project, event_type, event_data, now());
    INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, payload, run_at, max_attempts,
        timeout_seconds, created_at)
    VALUES (time_ordered_uuid(), organization, project, 'webhook_fan_out', 'webhooks', 1,
        jsonb_build_object('event_id', event), now(), 20, 60, now());
END
$$;

CREATE FUNCTION announce_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM announce_event(NEW.organization_id, NEW.project_id,
        CASE
            WHEN NEW.cancelled > 0 THEN 'batch.cancelled'
            WHEN NEW.dead = 0 THEN 'batch.finished'
            WHEN NEW.finished = 0 THEN 'batch.failed'
            ELSE 'batch.partially_failed'
        END,
        jsonb_build_object('id', NEW.id, 'project_id', NEW.project_id, 'kind', NEW.kind, 'name', NEW.name,
            'total', NEW.total, 'finished', NEW.finished, 'failed', NEW.dead, 'cancelled', NEW.cancelled,
            'cost_nanodollars', NEW.cost_nano_dollars, 'created_at', json_moment(NEW.created_at),
            'ended_at', json_moment(NEW.ended_at)));
    RETURN NULL;
END
$$;
CREATE TRIGGER announce_end AFTER UPDATE OF state ON batches FOR EACH ROW
    WHEN (NEW.state = 'ended' AND OLD.state <> 'ended') EXECUTE FUNCTION announce_batch();
CREATE TRIGGER announce_empty AFTER INSERT ON batches FOR EACH ROW
    WHEN (NEW.state = 'ended') EXECUTE FUNCTION announce_batch();

-- Good news of daemons and providers end what was raised before; other good news are nobody's alarm.
CREATE FUNCTION announce_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event_type text := CASE WHEN NEW.severity = 'info' THEN 'notice.ended' ELSE 'notice.raised' END;
BEGIN
    PERFORM announce_event(o.id, NULL, event_type,
        jsonb_build_object('id', NEW.id, 'severity', NEW.severity, 'summary', NEW.summary,
            'subject_kind', NEW.subject_kind, 'subject_id', NEW.subject_id, 'subject_name', NEW.subject_name))
    FROM organizations o
    WHERE o.id = NEW.organization_id OR (NEW.organization_id IS NULL AND o.runs_installation);
    RETURN NULL;
END
$$;
CREATE TRIGGER announce AFTER INSERT ON notices FOR EACH ROW
    WHEN (NEW.severity <> 'info' OR NEW.subject_kind IN ('daemon', 'provider')) EXECUTE FUNCTION announce_notice();

-- Jobs of batches are told of by their batch. Deliveries that were given up are not: that would be told by the next one.
CREATE FUNCTION note_dead_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_dead_jobs (job_id, organization_id)
    SELECT NEW.id, NEW.organization_id
    WHERE EXISTS (
        SELECT FROM webhook_endpoints e WHERE e.organization_id = NEW.organization_id AND e.state <> 'disabled'
        AND (e.event_types IS NULL OR 'job.dead' = ANY (e.event_types)))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_dead AFTER UPDATE OF state ON jobs FOR EACH ROW
    WHEN (NEW.state = 'dead' AND OLD.state <> 'dead' AND NEW.batch_id IS NULL AND NEW.organization_id IS NOT NULL
        AND NEW.queue <> 'webhooks')
    EXECUTE FUNCTION note_dead_job();

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['webhook_endpoints', 'webhook_events', 'webhook_deliveries',
        'webhook_attempts', 'webhook_dead_jobs']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own ON %I USING (organization_id = current_organization())', tenant_table);
    END LOOP;
END
$$;
