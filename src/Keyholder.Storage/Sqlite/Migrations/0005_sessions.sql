-- No foreign keys: a session outlives its client and its subject, so that reuse of its tokens stays detectable.
CREATE TABLE sessions (
  id                         BLOB PRIMARY KEY CHECK (length(id) = 16),
  subject_kind               TEXT NOT NULL CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id                 TEXT NOT NULL,
  client_id                  TEXT NOT NULL,
  resource                   TEXT NOT NULL,
  scopes                     TEXT NOT NULL,
  authenticated_at           INTEGER NOT NULL,
  created_at                 INTEGER NOT NULL,
  code_hash                  BLOB NOT NULL CHECK (length(code_hash) = 32),
  code_expires_at            INTEGER NOT NULL,
  code_redirect_uri          TEXT NOT NULL,
  code_redirect_uri_was_sent INTEGER NOT NULL CHECK (code_redirect_uri_was_sent IN (0, 1)),
  code_challenge             TEXT NOT NULL,
  code_redeemed_at           INTEGER,
  generation                 INTEGER NOT NULL CHECK (generation BETWEEN 0 AND 4294967295),
  refresh_hash               BLOB CHECK (length(refresh_hash) = 32),
  previous_hash              BLOB CHECK (length(previous_hash) = 32),
  sealed_successor           BLOB,
  rotated_at                 INTEGER,
  last_used_at               INTEGER NOT NULL,
  idle_expires_at            INTEGER NOT NULL,
  absolute_expires_at        INTEGER NOT NULL,
  revoked_at                 INTEGER,
  revoked_reason             TEXT,
  CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) STRICT;

CREATE INDEX sessions_newest ON sessions (created_at DESC, id DESC);
CREATE INDEX sessions_by_client ON sessions (client_id, created_at DESC, id DESC);
CREATE INDEX sessions_by_subject ON sessions (subject_kind, subject_id, created_at DESC, id DESC);
CREATE INDEX sessions_unrevoked_by_client ON sessions (client_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (absolute_expires_at);
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
