-- Objectives, evaluators and judges: an identity row with the current state, and versions that never change.

CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed; add a new version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE objectives (
    id                 uuid PRIMARY KEY,
    organization_id    uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id         uuid,
    owner_id           uuid NOT NULL REFERENCES users,
    current_version_id uuid NOT NULL,
    version_count      integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    deleted_at         timestamptz,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id)
);
CREATE INDEX objectives_by_creation ON objectives (organization_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE objective_versions (
    id              uuid PRIMARY KEY,
    objective_id    uuid NOT NULL REFERENCES objectives ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    number          integer NOT NULL,
    intent          text NOT NULL,
    test_dataset_id uuid,
    created_by      uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    UNIQUE (objective_id, number)
);
ALTER TABLE objectives ADD FOREIGN KEY (current_version_id) REFERENCES objective_versions
    DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER objective_versions_are_final BEFORE UPDATE ON objective_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_update();

CREATE TABLE evaluators (
    id                 uuid PRIMARY KEY,
    organization_id    uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id         uuid,
    owner_id           uuid NOT NULL REFERENCES users,
    visibility         text NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    -- Built in: everybody's to use, nobody's to change.
    is_root            boolean NOT NULL DEFAULT false,
    -- Found by identifier and name, and left out of lists: superseded ones that old clients still call.
    is_hidden          boolean NOT NULL DEFAULT false,
    -- The current version's name, and the form in which a look-up forgives case and separators.
    name               text NOT NULL,
    lenient_name       text NOT NULL,
    current_version_id uuid NOT NULL,
    version_count      integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz,
    updated_by         uuid REFERENCES users,
    deleted_at         timestamptz,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id)
);
CREATE INDEX evaluators_by_creation ON evaluators (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX evaluators_by_name ON evaluators (organization_id, lenient_name) WHERE deleted_at IS NULL;
CREATE INDEX evaluators_root ON evaluators (created_at, id) WHERE is_root AND deleted_at IS NULL;
CREATE INDEX evaluators_public ON evaluators (created_at, id) WHERE visibility = 'public' AND deleted_at IS NULL;

CREATE TABLE evaluator_versions (
    id                       uuid PRIMARY KEY,
    evaluator_id             uuid NOT NULL REFERENCES evaluators ON DELETE CASCADE,
    organization_id          uuid NOT NULL,
    number                   integer NOT NULL,
    name                     text NOT NULL,
    scoring_criteria         text NOT NULL,
    models                   text[] NOT NULL,
    behavior                 text NOT NULL CHECK (behavior IN ('fast', 'balanced', 'thorough')),
    objective_id             uuid NOT NULL REFERENCES objectives,
    -- NULL follows the objective's latest version.
    objective_version_id     uuid REFERENCES objective_versions,
    input_variables          text[] NOT NULL,
    demonstration_dataset_id uuid,
    change_note              text NOT NULL,
    created_by               uuid NOT NULL REFERENCES users,
    created_at               timestamptz NOT NULL,
    UNIQUE (evaluator_id, number)
);
ALTER TABLE evaluators ADD FOREIGN KEY (current_version_id) REFERENCES evaluator_versions
    DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX evaluator_versions_by_objective ON evaluator_versions (objective_id);
CREATE TRIGGER evaluator_versions_are_final BEFORE UPDATE ON evaluator_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_update();

CREATE TABLE judges (
    id                 uuid PRIMARY KEY,
    organization_id    uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id         uuid,
    owner_id           uuid NOT NULL REFERENCES users,
    visibility         text NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    name               text NOT NULL,
    lenient_name       text NOT NULL,
    current_version_id uuid NOT NULL,
    version_count      integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz,
    deleted_at         timestamptz,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id)
);
CREATE INDEX judges_by_creation ON judges (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX judges_by_name ON judges (organization_id, lenient_name) WHERE deleted_at IS NULL;
CREATE INDEX judges_public ON judges (created_at, id) WHERE visibility = 'public' AND deleted_at IS NULL;

CREATE TABLE judge_versions (
    id              uuid PRIMARY KEY,
    judge_id        uuid NOT NULL REFERENCES judges ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    number          integer NOT NULL,
    name            text NOT NULL,
    intent          text NOT NULL,
    stage           text NOT NULL,
    file_id         uuid,
    created_by      uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    UNIQUE (judge_id, number)
);
ALTER TABLE judges ADD FOREIGN KEY (current_version_id) REFERENCES judge_versions DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER judge_versions_are_final BEFORE UPDATE ON judge_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_update();

-- The evaluators of one version of a judge, in its order.
CREATE TABLE judge_version_evaluators (
    judge_version_id     uuid NOT NULL REFERENCES judge_versions ON DELETE CASCADE,
    position             integer NOT NULL,
    organization_id      uuid NOT NULL,
    evaluator_id         uuid NOT NULL REFERENCES evaluators,
    -- NULL follows the evaluator's latest version.
    evaluator_version_id uuid REFERENCES evaluator_versions,
    PRIMARY KEY (judge_version_id, position)
);
CREATE INDEX judge_version_evaluators_by_evaluator ON judge_version_evaluators (evaluator_id);
CREATE TRIGGER judge_version_evaluators_are_final BEFORE UPDATE ON judge_version_evaluators
    FOR EACH ROW EXECUTE FUNCTION refuse_update();
