-- The session a session-owned credential lies under; it goes with that session.
ALTER TABLE credentials ADD COLUMN session_id BLOB CHECK (length(session_id) = 16);
