-- Datasets: inputs that are kept, in versions, so that they can be evaluated again and again.

CREATE TABLE datasets (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    project_id      uuid NOT NULL,
    owner_id        uuid NOT NULL,
    name            text,
    -- How many items were ever added: the position of the next one.
    item_count      bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id),
    FOREIGN KEY (organization_id, owner_id) REFERENCES users (organization_id, id),
    UNIQUE (organization_id, id)
);
CREATE INDEX datasets_by_creation ON datasets (organization_id, created_at, id);

-- A row is a version of an item. It is never changed, but for stepping back when a newer one comes, and for being
-- archived.
CREATE TABLE dataset_items (
    id              uuid PRIMARY KEY,
    -- The same in all versions of an item.
    external_id     uuid NOT NULL,
    dataset_id      uuid NOT NULL,
    organization_id uuid NOT NULL,
    -- Counted from 0 in the order in which items were added; the same in all versions of an item.
    position        bigint NOT NULL CHECK (position >= 0),
    is_latest       boolean NOT NULL DEFAULT true,
    is_archived     boolean NOT NULL DEFAULT false,
    request         text NOT NULL DEFAULT '',
    response        text NOT NULL DEFAULT '',
    turns           json,
    contexts        text[] NOT NULL DEFAULT '{}',
    expected_output text NOT NULL DEFAULT '',
    variables       json,
    metadata        json,
    change_note     text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, dataset_id) REFERENCES datasets (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX dataset_items_latest ON dataset_items (dataset_id, position) WHERE is_latest;
CREATE INDEX dataset_items_by_external_id ON dataset_items (external_id);
CREATE INDEX dataset_items_by_creation ON dataset_items (dataset_id, created_at, id) WHERE is_latest;

ALTER TABLE datasets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON datasets USING (organization_id = current_organization());
ALTER TABLE dataset_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON dataset_items USING (organization_id = current_organization());
