-- Room is left in every page: a rotation changes no indexed column, so its new row version stays beside the old one (HOT).
-- No foreign keys: a session outlives its client and its subject, so that reuse of its tokens stays detectable.
CREATE TABLE sessions (
  id                         BYTEA PRIMARY KEY CHECK (length(id) = 16),
  subject_kind               TEXT NOT NULL CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id                 TEXT NOT NULL,
  client_id                  TEXT NOT NULL,
  resource                   TEXT NOT NULL,
  scopes                     TEXT NOT NULL,
  authenticated_at           BIGINT NOT NULL,
  created_at                 BIGINT NOT NULL,
  code_hash                  BYTEA NOT NULL CHECK (length(code_hash) = 32),
  code_expires_at            BIGINT NOT NULL,
  code_redirect_uri          TEXT NOT NULL,
  code_redirect_uri_was_sent BOOLEAN NOT NULL,
  code_challenge             TEXT NOT NULL,
  code_redeemed_at           BIGINT,
  generation                 BIGINT NOT NULL CHECK (generation BETWEEN 0 AND 4294967295),
  refresh_hash               BYTEA CHECK (length(refresh_hash) = 32),
  previous_hash              BYTEA CHECK (length(previous_hash) = 32),
  sealed_successor           BYTEA,
  rotated_at                 BIGINT,
  last_used_at               BIGINT NOT NULL,
  idle_expires_at            BIGINT NOT NULL,
  absolute_expires_at        BIGINT NOT NULL,
  revoked_at                 BIGINT,
  revoked_reason             TEXT,
  CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) WITH (fillfactor = 60);

CREATE INDEX sessions_newest ON sessions (created_at DESC, id DESC);
CREATE INDEX sessions_by_client ON sessions (client_id, created_at DESC, id DESC);
CREATE INDEX sessions_by_subject ON sessions (subject_kind, subject_id, created_at DESC, id DESC);
CREATE INDEX sessions_unrevoked_by_client ON sessions (client_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (absolute_expires_at);
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
