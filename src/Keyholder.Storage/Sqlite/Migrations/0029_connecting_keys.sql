ALTER TABLE authorization_requests ADD COLUMN connected_key_id TEXT;
ALTER TABLE authorization_requests ADD COLUMN connect_link_hash BLOB CHECK (length(connect_link_hash) = 32);

-- A link need not be for a session, and can be used up. Those that are out live on.
DROP INDEX connect_links_expiry;
ALTER TABLE connect_links RENAME TO connect_links_before;

CREATE TABLE connect_links (
  id_hash      BLOB PRIMARY KEY CHECK (length(id_hash) = 32),
  purpose      TEXT NOT NULL CHECK (purpose IN ('connect_session', 'connect_shared')),
  subject_kind TEXT CHECK (subject_kind IN ('user', 'vk', 'session')),
  subject_id   TEXT,
  session_id   BLOB CHECK (length(session_id) = 16),
  client_id    TEXT NOT NULL,
  resource     TEXT NOT NULL,
  providers    TEXT NOT NULL,
  expires_at   INTEGER NOT NULL,
  used_at      INTEGER,
  CHECK ((purpose = 'connect_shared') = (subject_kind IS NULL) AND (subject_kind IS NULL) = (subject_id IS NULL) AND (session_id IS NULL OR subject_kind IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO connect_links (id_hash, purpose, subject_kind, subject_id, session_id, client_id, resource, providers, expires_at)
SELECT id_hash, purpose, subject_kind, subject_id, session_id, client_id, resource, providers, expires_at FROM connect_links_before;
DROP TABLE connect_links_before;
CREATE INDEX connect_links_expiry ON connect_links (expires_at);
