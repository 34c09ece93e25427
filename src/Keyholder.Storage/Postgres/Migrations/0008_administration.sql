ALTER TABLE users ADD COLUMN administrator BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE admin_tokens (
  id          TEXT PRIMARY KEY,
  name        TEXT COLLATE "C" NOT NULL UNIQUE,
  secret_hash BYTEA NOT NULL CHECK (length(secret_hash) = 32),
  created_at  BIGINT NOT NULL,
  revoked_at  BIGINT
);

-- Lists show what can still be used, so the pile of revoked sessions must not be walked: every order in which sessions are paged, unrevoked ones only.
CREATE INDEX sessions_unrevoked_newest ON sessions (created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_client ON sessions (client_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_kind ON sessions (subject_kind, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_subject ON sessions (subject_kind, subject_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
DROP INDEX sessions_newest;
DROP INDEX sessions_by_client;
DROP INDEX sessions_by_subject;
DROP INDEX sessions_unrevoked_by_client;

-- With the sequence number, so that pages come in the order of writing.
CREATE INDEX audit_events_by_action ON audit_events (action, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor, id);
CREATE INDEX audit_events_by_target ON audit_events (target, id);
