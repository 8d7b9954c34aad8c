-- manner: step by step

-- Traces are looked for by what an attribute of some span is. Of the values' hashes, and not of the names apart: a third of
-- the size, and what is asked for is a value.
CREATE INDEX CONCURRENTLY trace_spans_by_attribute ON trace_spans USING gin (attributes jsonb_path_ops);

-- Why a calibration run came to nothing, where it is not for its examples.
ALTER TABLE calibration_runs ADD COLUMN IF NOT EXISTS failure text;
