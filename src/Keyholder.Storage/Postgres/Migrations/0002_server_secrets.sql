CREATE TABLE server_secrets (
  name       TEXT PRIMARY KEY,
  sealed     BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
  id                 TEXT COLLATE "C" PRIMARY KEY,
  sealed_private_key BYTEA NOT NULL,
  created_at         BIGINT NOT NULL,
  signs_from         BIGINT NOT NULL,
  retires_at         BIGINT
);
