CREATE TABLE authorization_requests (
  id                    TEXT PRIMARY KEY,
  phase                 TEXT NOT NULL CHECK (phase IN ('sign_in', 'consent', 'upstream', 'completed', 'failed')),
  browser_hash          BYTEA NOT NULL CHECK (length(browser_hash) = 32),
  session_id            BYTEA NOT NULL UNIQUE CHECK (length(session_id) = 16),
  client_id             TEXT NOT NULL,
  redirect_uri          TEXT NOT NULL,
  redirect_uri_was_sent BOOLEAN NOT NULL,
  state                 TEXT,
  code_challenge        TEXT NOT NULL,
  resource              TEXT NOT NULL,
  scopes                TEXT NOT NULL,
  prompt                TEXT,
  subject_kind          TEXT CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id            TEXT,
  authenticated_at      BIGINT,
  created_at            BIGINT NOT NULL,
  expires_at            BIGINT NOT NULL,
  CHECK ((subject_kind IS NULL) = (subject_id IS NULL))
);

CREATE INDEX authorization_requests_expiry ON authorization_requests (expires_at);

CREATE TABLE consents (
  subject_kind       TEXT NOT NULL CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id         TEXT NOT NULL,
  client_id          TEXT NOT NULL,
  redirect_host      TEXT NOT NULL,
  resource           TEXT NOT NULL,
  scopes             TEXT NOT NULL,
  client_fingerprint BYTEA NOT NULL,
  granted_at         BIGINT NOT NULL,
  PRIMARY KEY (subject_kind, subject_id, client_id, redirect_host, resource)
);
