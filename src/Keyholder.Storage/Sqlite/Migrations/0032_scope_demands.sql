-- Scopes that upstreams want of a credential beyond what it was granted: the next connection asks for them.
CREATE TABLE scope_demands (
  row_id       BLOB NOT NULL REFERENCES credentials (row_id) ON DELETE CASCADE,
  resource     TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  demanded_at  INTEGER NOT NULL,
  connected_at INTEGER,
  PRIMARY KEY (row_id, resource)
) STRICT, WITHOUT ROWID;
