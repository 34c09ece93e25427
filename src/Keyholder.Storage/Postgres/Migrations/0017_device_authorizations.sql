CREATE TABLE device_authorizations (
  session_id       BYTEA PRIMARY KEY CHECK (length(session_id) = 16),
  device_code_hash BYTEA NOT NULL CHECK (length(device_code_hash) = 32),
  user_code_hash   BYTEA NOT NULL UNIQUE CHECK (length(user_code_hash) = 32),
  client_id        TEXT COLLATE "C" NOT NULL,
  resource         TEXT NOT NULL,
  scopes           TEXT NOT NULL,
  interval_ms      BIGINT NOT NULL CHECK (interval_ms > 0),
  next_poll_at     BIGINT NOT NULL,
  created_at       BIGINT NOT NULL,
  expires_at       BIGINT NOT NULL
);

CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);
CREATE INDEX device_authorizations_by_client ON device_authorizations (client_id);

ALTER TABLE authorization_requests ADD COLUMN device_code_hash BYTEA CHECK (length(device_code_hash) = 32);
