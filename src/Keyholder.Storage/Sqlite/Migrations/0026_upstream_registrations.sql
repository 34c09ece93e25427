-- Which client Keyholder is at each configured provider: SHA-256 over issuer and client id.
CREATE TABLE upstream_registrations (
  provider     TEXT PRIMARY KEY,
  registration BLOB NOT NULL CHECK (length(registration) = 32),
  generation   INTEGER NOT NULL CHECK (generation >= 1),
  changed_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
