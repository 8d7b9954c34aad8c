-- Why a version of a judge was made, as evaluators have it already.
ALTER TABLE judge_versions ADD COLUMN change_note text NOT NULL DEFAULT '';

-- Where a session was opened from and when it was last used, for its owner to recognise it. NULL is unknown: sessions
-- that the previous release opened.
ALTER TABLE sessions ADD COLUMN address text, ADD COLUMN last_used_at timestamptz;
