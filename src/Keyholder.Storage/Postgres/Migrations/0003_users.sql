CREATE TABLE users (
  id           TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  disabled_at  BIGINT
);

CREATE TABLE local_users (
  name          TEXT PRIMARY KEY,
  user_id       TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL
);

CREATE TABLE provider_identities (
  provider TEXT NOT NULL,
  subject  TEXT NOT NULL,
  user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (provider, subject)
);

CREATE INDEX provider_identities_by_user ON provider_identities (user_id);

CREATE TABLE browser_sessions (
  secret_hash      BYTEA PRIMARY KEY CHECK (length(secret_hash) = 32),
  user_id          TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  authenticated_at BIGINT NOT NULL,
  expires_at       BIGINT NOT NULL
);

CREATE INDEX browser_sessions_by_user ON browser_sessions (user_id);
CREATE INDEX browser_sessions_expiry ON browser_sessions (expires_at);
