ALTER TABLE authorization_requests ADD COLUMN purpose TEXT NOT NULL DEFAULT 'open_session'
  CHECK (purpose IN ('open_session', 'connect_session', 'connect_shared'));
ALTER TABLE authorization_requests ADD COLUMN connected_session_id BYTEA CHECK (length(connected_session_id) = 16);
ALTER TABLE authorization_requests ADD COLUMN legs TEXT;

CREATE TABLE connect_links (
  id_hash      BYTEA PRIMARY KEY CHECK (length(id_hash) = 32),
  purpose      TEXT NOT NULL CHECK (purpose IN ('connect_session', 'connect_shared')),
  subject_kind TEXT CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id   TEXT,
  session_id   BYTEA CHECK (length(session_id) = 16),
  client_id    TEXT NOT NULL,
  resource     TEXT NOT NULL,
  providers    TEXT NOT NULL,
  expires_at   BIGINT NOT NULL,
  CHECK ((purpose = 'connect_shared') = (subject_kind IS NULL) AND (subject_kind IS NULL) = (subject_id IS NULL) AND (subject_kind IS NULL) = (session_id IS NULL))
);

CREATE INDEX connect_links_expiry ON connect_links (expires_at);
