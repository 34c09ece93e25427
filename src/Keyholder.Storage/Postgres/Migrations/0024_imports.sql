CREATE TABLE imports (
  digest      BYTEA PRIMARY KEY CHECK (length(digest) = 32),
  source      TEXT NOT NULL,
  began_at    BIGINT NOT NULL,
  finished_at BIGINT
);

CREATE TABLE import_records (
  record_hash BYTEA PRIMARY KEY CHECK (length(record_hash) = 32),
  outcome     TEXT NOT NULL CHECK (outcome IN ('imported', 'kept')),
  at          BIGINT NOT NULL
);
