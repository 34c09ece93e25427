-- Which client Keyholder is at each configured provider: SHA-256 over issuer and client id.
CREATE TABLE upstream_registrations (
  provider     TEXT PRIMARY KEY,
  registration BYTEA NOT NULL CHECK (length(registration) = 32),
  generation   BIGINT NOT NULL CHECK (generation >= 1),
  changed_at   BIGINT NOT NULL
);
