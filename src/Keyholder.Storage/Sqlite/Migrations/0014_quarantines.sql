-- A quarantine can be lifted: it stays in the log with the moment, and a line of its own (lifts) tells the nodes that hold it in memory.
ALTER TABLE revocations ADD COLUMN quarantine INTEGER NOT NULL DEFAULT 0 CHECK (quarantine IN (0, 1));
ALTER TABLE revocations ADD COLUMN lifts INTEGER;
ALTER TABLE revocations ADD COLUMN lifted_at INTEGER CHECK (lifted_at IS NULL OR quarantine = 1);
