-- A quarantine can be lifted: it stays in the log with the moment, and a line of its own (lifts) tells the nodes that hold it in memory.
ALTER TABLE revocations ADD COLUMN quarantine BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE revocations ADD COLUMN lifts BIGINT;
ALTER TABLE revocations ADD COLUMN lifted_at BIGINT CHECK (lifted_at IS NULL OR quarantine);
