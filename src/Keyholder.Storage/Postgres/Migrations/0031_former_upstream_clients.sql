-- Every discovered provider has a redirect URI of its own: a registration is for one. Those from before have none here, and are for the one all providers shared.
ALTER TABLE upstream_clients ADD COLUMN redirect_uri TEXT;

-- Registrations that were replaced while the authorization server still knew them: they go on serving what they obtained.
CREATE TABLE former_upstream_clients (
  id                TEXT COLLATE "C" PRIMARY KEY,
  provider          TEXT COLLATE "C" NOT NULL,
  issuer            TEXT NOT NULL,
  generation        BIGINT NOT NULL CHECK (generation >= 1),
  client_id         TEXT NOT NULL,
  auth_method       TEXT NOT NULL,
  envelope          BYTEA,
  secret_expires_at BIGINT,
  created_at        BIGINT NOT NULL,
  redirect_uri      TEXT,
  replaced_at       BIGINT NOT NULL,
  UNIQUE (provider, generation)
);
