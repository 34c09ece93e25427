CREATE TABLE device_authorizations (
  session_id       BLOB PRIMARY KEY CHECK (length(session_id) = 16),
  device_code_hash BLOB NOT NULL CHECK (length(device_code_hash) = 32),
  user_code_hash   BLOB NOT NULL UNIQUE CHECK (length(user_code_hash) = 32),
  client_id        TEXT NOT NULL,
  resource         TEXT NOT NULL,
  scopes           TEXT NOT NULL,
  interval_ms      INTEGER NOT NULL CHECK (interval_ms > 0),
  next_poll_at     INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);
CREATE INDEX device_authorizations_by_client ON device_authorizations (client_id);

ALTER TABLE authorization_requests ADD COLUMN device_code_hash BLOB CHECK (length(device_code_hash) = 32);
