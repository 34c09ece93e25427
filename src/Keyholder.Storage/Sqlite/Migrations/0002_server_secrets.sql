CREATE TABLE server_secrets (
  name       TEXT PRIMARY KEY,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
  id                 TEXT PRIMARY KEY,
  sealed_private_key BLOB NOT NULL,
  created_at         INTEGER NOT NULL,
  signs_from         INTEGER NOT NULL,
  retires_at         INTEGER
) STRICT;
