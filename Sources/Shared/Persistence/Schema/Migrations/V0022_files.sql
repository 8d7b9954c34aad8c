-- Files that people upload for evaluators to look at. What is in them lies in the object storage, under the identifier.

CREATE TABLE files (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    -- Neither a project nor a person is held by what was uploaded: they go, the file stays for what refers to it.
    project_id      uuid NOT NULL,
    owner_id        uuid NOT NULL,
    name            text NOT NULL CHECK (name <> ''),
    media_type      text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg', 'image/webp',
                    'image/svg+xml')),
    -- In bytes.
    size            bigint NOT NULL CHECK (size > 0),
    sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
    -- Of a document.
    pages           integer CHECK (pages > 0),
    -- Of a picture, in pixels; NULL where its beginning does not tell.
    width           integer CHECK (width > 0),
    height          integer CHECK (height > 0),
    created_at      timestamptz NOT NULL,
    -- When it was uploaded, uploaded again or looked at, to a day.
    used_at         timestamptz NOT NULL,
    -- The same bytes of the same person are one file. Those of others are never compared with: whether somebody has a
    -- file is nobody's business.
    UNIQUE (organization_id, owner_id, sha256)
);
CREATE INDEX files_by_use ON files (used_at);

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON files USING (organization_id = current_organization());

-- A judge loses its file only when the organisation that has uploaded it goes.
ALTER TABLE judge_versions ADD FOREIGN KEY (file_id) REFERENCES files ON DELETE SET NULL;
CREATE INDEX judge_versions_by_file ON judge_versions (file_id) WHERE file_id IS NOT NULL;

-- Which files were looked at: an array of objects with id, name and media_type. They may be gone.
ALTER TABLE execution_logs ADD COLUMN files json;
-- Which files an item is to be evaluated with.
ALTER TABLE batch_items ADD COLUMN file_ids uuid[] NOT NULL DEFAULT '{}';
