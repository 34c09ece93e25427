CREATE TABLE client_assertions (
  client_id  TEXT COLLATE "C" NOT NULL,
  jti_hash   BYTEA NOT NULL CHECK (length(jti_hash) = 32),
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, jti_hash)
);

CREATE INDEX client_assertions_expiry ON client_assertions (expires_at);
