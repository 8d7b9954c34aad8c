-- The audit cannot be altered unseen: each entry holds a hash of itself and of the one before it, in the chain of its
-- organisation or of the installation. How the hash is made, so that others can check it with a program of their own:
--
--     SHA-256 of: the hash of the entry before it (32 bytes; zeros before the first one), then these fields, each as the
--     length of its UTF-8 in bytes (4 bytes, the highest first) and that UTF-8; a field without a value is ff ff ff ff:
--     the text "scorable-audit-1", chain, position, id, organization_id, created_at in microseconds since 1970 (UTC),
--     actor_kind, actor_id, actor_key_id, actor_name, actor_role, address, request_id, action, subject, outcome, times,
--     before and after as PostgreSQL writes jsonb. Identifiers are in lower case, numbers in decimal digits.
--
-- Whoever may write to the database could compute a chain anew. Therefore it is sealed: a seal is an HMAC of a place in the
-- chain with a key that the database does not hold.

ALTER TABLE audit_entries
    -- The API key that was shown.
    ADD COLUMN actor_key_id uuid,
    -- How often: what repeats itself is kept once a while.
    ADD COLUMN times bigint NOT NULL DEFAULT 1,
    -- The organisation, or zeros for the installation.
    ADD COLUMN chain uuid GENERATED ALWAYS AS
        (coalesce(organization_id, '00000000-0000-0000-0000-000000000000'::uuid)) STORED,
    ADD COLUMN position bigint,
    ADD COLUMN hash bytea;

-- The last entry of each chain: who adds one locks it until their transaction ends, so that positions have no gaps.
CREATE TABLE audit_chains (
    chain    uuid PRIMARY KEY,
    position bigint NOT NULL,
    hash     bytea NOT NULL
);

-- A loop in PL/pgSQL: written as one expression it takes ten times as long.
CREATE FUNCTION audit_hash(previous bytea, chain uuid, entry audit_entries) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    message bytea := previous;
    field   text;
BEGIN
    FOREACH field IN ARRAY ARRAY[
        'scorable-audit-1', chain::text, entry.position::text, entry.id::text, entry.organization_id::text,
        (extract(epoch FROM entry.created_at) * 1000000)::bigint::text, entry.actor_kind, entry.actor_id::text,
        entry.actor_key_id::text, entry.actor_name, entry.actor_role, entry.address, entry.request_id, entry.action,
        entry.subject, entry.outcome, entry.times::text, entry.before::text, entry.after::text]
    LOOP
        IF field IS NULL THEN
            message := message || '\xffffffff'::bytea;
        ELSE
            message := message || int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8');
        END IF;
    END LOOP;
    RETURN sha256(message);
END
$$;

-- Every writer is chained, whatever program it is. An entry that is there already is not added again: a statement whose
-- outcome got lost is repeated.
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head     audit_chains;
    chain_id uuid := coalesce(NEW.organization_id, '00000000-0000-0000-0000-000000000000'::uuid);
BEGIN
    LOOP
        SELECT * INTO head FROM audit_chains WHERE audit_chains.chain = chain_id FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO audit_chains VALUES (chain_id, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    END LOOP;
    IF EXISTS (SELECT FROM audit_entries WHERE audit_entries.id = NEW.id) THEN
        RETURN NULL;
    END IF;
    NEW.position := head.position + 1;
    NEW.hash := audit_hash(head.hash, chain_id, NEW);
    UPDATE audit_chains SET position = NEW.position, hash = NEW.hash WHERE audit_chains.chain = chain_id;
    RETURN NEW;
END
$$;

-- What is there already is chained in the order in which it was made.
DO $$
DECLARE
    entry audit_entries;
    head  audit_chains;
BEGIN
    FOR entry IN SELECT * FROM audit_entries ORDER BY chain, created_at, id
    LOOP
        IF head.chain IS DISTINCT FROM entry.chain THEN
            head := ROW(entry.chain, 0, decode(repeat('00', 32), 'hex'))::audit_chains;
        END IF;
        entry.position := head.position + 1;
        head := ROW(entry.chain, entry.position, audit_hash(head.hash, entry.chain, entry))::audit_chains;
        UPDATE audit_entries SET position = head.position, hash = head.hash WHERE id = entry.id;
        INSERT INTO audit_chains VALUES (head.*)
            ON CONFLICT (chain) DO UPDATE SET position = excluded.position, hash = excluded.hash;
    END LOOP;
END
$$;

ALTER TABLE audit_entries ALTER COLUMN position SET NOT NULL, ALTER COLUMN hash SET NOT NULL;
CREATE UNIQUE INDEX audit_entries_by_position ON audit_entries (chain, position);
CREATE INDEX audit_entries_by_action ON audit_entries (chain, action text_pattern_ops, created_at);
CREATE INDEX audit_entries_by_chain_and_subject ON audit_entries (chain, subject text_pattern_ops, created_at);
CREATE INDEX audit_entries_by_actor ON audit_entries (chain, lower(actor_name) text_pattern_ops, created_at);
CREATE INDEX audit_entries_by_address ON audit_entries (chain, address text_pattern_ops, created_at);
CREATE INDEX audit_entries_by_actor_id ON audit_entries (actor_id, created_at);
CREATE INDEX audit_entries_by_key ON audit_entries (actor_key_id, created_at) WHERE actor_key_id IS NOT NULL;
CREATE INDEX audit_entries_not_done ON audit_entries (chain, outcome, created_at, id) WHERE outcome <> 'done';

CREATE TRIGGER chained BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Through which entry a chain was whole at a moment; `code` is the HMAC of the other columns.
CREATE TABLE audit_seals (
    chain     uuid NOT NULL,
    position  bigint NOT NULL,
    hash      bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    code      bytea NOT NULL,
    PRIMARY KEY (chain, position)
);
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Copies of the last seals, so that their deletion shows; another copy is in Redis.
CREATE TABLE audit_marks (
    chain     uuid PRIMARY KEY,
    position  bigint NOT NULL,
    hash      bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    code      bytea NOT NULL
);

-- From which places on chains are gone over since somebody has looked into what was wrong; `code` is the HMAC of the other
-- columns.
CREATE TABLE audit_acknowledgements (
    chain           uuid NOT NULL,
    position        bigint NOT NULL,
    hash            bytea NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    reason          text NOT NULL,
    code            bytea NOT NULL,
    PRIMARY KEY (chain, position, acknowledged_at)
);
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_acknowledgements
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit_acknowledgements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- An address or a network as it was written; nothing for what is none.
CREATE FUNCTION audit_inet(address text) RETURNS inet LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN address::inet;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN NULL;
END
$$;

-- How far the daemons have gone over a chain, again and again, and the first fault that they found.
CREATE TABLE audit_checks (
    chain            uuid PRIMARY KEY,
    -- The place that the round under way has come to, with the hash there.
    position         bigint NOT NULL,
    hash             bytea NOT NULL,
    checked_at       timestamptz NOT NULL,
    checked_whole_at timestamptz,
    fault_position   bigint,
    fault_reason     text,
    fault_found_at   timestamptz
);

-- Receivers of the audit outside, such as a SIEM's collector. Without an organisation it is the installation's, and gets
-- every chain.
CREATE TABLE audit_targets (
    id                    uuid PRIMARY KEY,
    organization_id       uuid REFERENCES organizations ON DELETE CASCADE,
    name                  text NOT NULL CHECK (name <> ''),
    host                  text NOT NULL CHECK (host <> ''),
    port                  integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    transport             text NOT NULL CHECK (transport IN ('tcp', 'tls')),
    format                text NOT NULL CHECK (format IN ('rfc5424', 'json', 'cef')),
    -- PEM; without them the system's authorities, and no certificate of ours.
    certificate_authority text,
    client_certificate    text,
    -- Sealed to the LLM proxy, which alone sends something outside.
    sealed_client_key     bytea,
    enabled               boolean NOT NULL,
    created_at            timestamptz NOT NULL,
    revision              bigint NOT NULL DEFAULT 1,
    -- Who sends to it now, and until when they need not be asked.
    held_by               uuid,
    held_until            timestamptz,
    sent_at               timestamptz,
    failure               text,
    failing_since         timestamptz,
    -- Of which failure somebody was told.
    told_of               timestamptz
);
CREATE UNIQUE INDEX audit_targets_name_key
    ON audit_targets (coalesce(organization_id, '00000000-0000-0000-0000-000000000000'::uuid), lower(name));

-- Through which entry of a chain a receiver has everything.
CREATE TABLE audit_cursors (
    target_id uuid NOT NULL REFERENCES audit_targets ON DELETE CASCADE,
    chain     uuid NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (target_id, chain)
);

ALTER TABLE audit_targets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_targets USING (organization_id = current_organization());
ALTER TABLE audit_chains ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_chains USING (chain = current_organization());
ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_seals USING (chain = current_organization());
ALTER TABLE audit_marks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_marks USING (chain = current_organization());
ALTER TABLE audit_acknowledgements ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_acknowledgements USING (chain = current_organization());
ALTER TABLE audit_checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_checks USING (chain = current_organization());
ALTER TABLE audit_cursors ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_cursors USING (chain = current_organization());
