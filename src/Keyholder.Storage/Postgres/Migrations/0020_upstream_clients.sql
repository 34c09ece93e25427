-- Keyholder's registrations with authorization servers it found by discovery.
CREATE TABLE upstream_clients (
  provider          TEXT COLLATE "C" PRIMARY KEY,
  issuer            TEXT NOT NULL,
  generation        BIGINT  NOT NULL CHECK (generation >= 1),
  client_id         TEXT NOT NULL,
  auth_method       TEXT NOT NULL,
  envelope          BYTEA,
  secret_expires_at BIGINT,
  created_at        BIGINT NOT NULL
);
