CREATE TABLE client_snapshots (
  client_id TEXT PRIMARY KEY,
  document  TEXT NOT NULL,
  taken_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
