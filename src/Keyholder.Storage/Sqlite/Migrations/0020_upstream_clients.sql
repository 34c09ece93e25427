-- Keyholder's registrations with authorization servers it found by discovery.
CREATE TABLE upstream_clients (
  provider          TEXT PRIMARY KEY,
  issuer            TEXT NOT NULL,
  generation        INTEGER NOT NULL CHECK (generation >= 1),
  client_id         TEXT NOT NULL,
  auth_method       TEXT NOT NULL,
  envelope          BLOB,
  secret_expires_at INTEGER,
  created_at        INTEGER NOT NULL
) STRICT;
