-- Every discovered provider has a redirect URI of its own: a registration is for one. Those from before have none here, and are for the one all providers shared.
ALTER TABLE upstream_clients ADD COLUMN redirect_uri TEXT;

-- Registrations that were replaced while the authorization server still knew them: they go on serving what they obtained.
CREATE TABLE former_upstream_clients (
  id                TEXT PRIMARY KEY,
  provider          TEXT NOT NULL,
  issuer            TEXT NOT NULL,
  generation        INTEGER NOT NULL CHECK (generation >= 1),
  client_id         TEXT NOT NULL,
  auth_method       TEXT NOT NULL,
  envelope          BLOB,
  secret_expires_at INTEGER,
  created_at        INTEGER NOT NULL,
  redirect_uri      TEXT,
  replaced_at       INTEGER NOT NULL,
  UNIQUE (provider, generation)
) STRICT;
