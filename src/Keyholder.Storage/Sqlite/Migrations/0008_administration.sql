ALTER TABLE users ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0 CHECK (administrator IN (0, 1));

CREATE TABLE admin_tokens (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  created_at  INTEGER NOT NULL,
  revoked_at  INTEGER
) STRICT;

-- Lists show what can still be used, so the pile of revoked sessions must not be walked: every order in which sessions are paged, unrevoked ones only.
CREATE INDEX sessions_unrevoked_newest ON sessions (created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_client ON sessions (client_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_kind ON sessions (subject_kind, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_unrevoked_newest_by_subject ON sessions (subject_kind, subject_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
DROP INDEX sessions_newest;
DROP INDEX sessions_by_client;
DROP INDEX sessions_by_subject;
DROP INDEX sessions_unrevoked_by_client;

-- The sequence number is part of every SQLite index: pages come in the order of writing.
CREATE INDEX audit_events_by_action ON audit_events (action);
CREATE INDEX audit_events_by_actor ON audit_events (actor);
CREATE INDEX audit_events_by_target ON audit_events (target);
