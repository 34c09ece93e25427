-- Scopes that upstreams want of a credential beyond what it was granted: the next connection asks for them.
CREATE TABLE scope_demands (
  row_id       BYTEA NOT NULL REFERENCES credentials (row_id) ON DELETE CASCADE,
  resource     TEXT COLLATE "C" NOT NULL,
  scopes       TEXT NOT NULL,
  demanded_at  BIGINT NOT NULL,
  connected_at BIGINT,
  PRIMARY KEY (row_id, resource)
);
