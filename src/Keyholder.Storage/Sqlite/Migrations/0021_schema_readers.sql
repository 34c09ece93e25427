-- Which Keyholder can still work here: one that knows this migration, or a later one. A migration that an earlier Keyholder cannot live with sets it to
-- its own number; after any other the one before works on.
CREATE TABLE schema_readers (oldest_migration INTEGER NOT NULL) STRICT;
INSERT INTO schema_readers (oldest_migration) VALUES (0);
