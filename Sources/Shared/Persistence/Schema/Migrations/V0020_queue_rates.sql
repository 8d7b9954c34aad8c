-- Of whatever is bounded: how many of its jobs start in a minute, beside how many run at once; NULL for any number.
ALTER TABLE queue_controls ADD COLUMN per_minute integer CHECK (per_minute > 0);
