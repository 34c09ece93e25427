CREATE TABLE client_snapshots (
  client_id TEXT COLLATE "C" PRIMARY KEY,
  document  TEXT NOT NULL,
  taken_at  BIGINT NOT NULL
);
