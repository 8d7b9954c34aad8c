-- Made-up requests and responses with which a judge can be tried.

CREATE TABLE judge_samples (
    judge_id        uuid PRIMARY KEY REFERENCES judges ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL DEFAULT '',
    description     text NOT NULL DEFAULT '',
    -- A list of {quality, request, response}; NULL until a model has written them.
    samples         json,
    -- Why they could not be written; NULL while they are being written and when they are there.
    error           text,
    requested_at    timestamptz NOT NULL
);

ALTER TABLE judge_samples ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON judge_samples USING (organization_id = current_organization());
