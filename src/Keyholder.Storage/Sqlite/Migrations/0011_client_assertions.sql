CREATE TABLE client_assertions (
  client_id  TEXT NOT NULL,
  jti_hash   BLOB NOT NULL CHECK (length(jti_hash) = 32),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, jti_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_assertions_expiry ON client_assertions (expires_at);
