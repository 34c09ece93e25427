CREATE TABLE imports (
  digest      BLOB PRIMARY KEY CHECK (length(digest) = 32),
  source      TEXT NOT NULL,
  began_at    INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

CREATE TABLE import_records (
  record_hash BLOB PRIMARY KEY CHECK (length(record_hash) = 32),
  outcome     TEXT NOT NULL CHECK (outcome IN ('imported', 'kept')),
  at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
