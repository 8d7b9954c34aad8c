-- What limits an API key beyond its scopes, and how one takes the place of another.

ALTER TABLE api_keys
    -- From where it may be used; none: from everywhere.
    ADD COLUMN address_ranges cidr[] NOT NULL DEFAULT '{}',
    ADD COLUMN last_used_address text,
    -- Whether it opens its project and nothing else.
    ADD COLUMN is_confined boolean NOT NULL DEFAULT false CHECK (NOT is_confined OR project_id IS NOT NULL),
    -- Who made it, where that is not its owner.
    ADD COLUMN created_by uuid REFERENCES users,
    -- The key that was shown when it was made: what a leaked key has made ends with it.
    ADD COLUMN made_by_key uuid REFERENCES api_keys ON DELETE SET NULL,
    -- The key whose place it takes: both work until the older one's end.
    ADD COLUMN replaces uuid REFERENCES api_keys ON DELETE SET NULL;
CREATE INDEX api_keys_by_owner ON api_keys (organization_id, owner_id);
CREATE INDEX api_keys_by_maker ON api_keys (made_by_key) WHERE made_by_key IS NOT NULL;
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE revoked_at IS NULL;
