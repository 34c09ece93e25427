CREATE TABLE virtual_key_grants (
  key_id     TEXT NOT NULL REFERENCES virtual_keys (id) ON DELETE CASCADE,
  resource   TEXT NOT NULL,
  tools      TEXT,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (key_id, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX virtual_key_grants_by_resource ON virtual_key_grants (resource);

-- One row for what the configuration says, one for what was granted otherwise.
CREATE TABLE grants_to_all (
  resource   TEXT NOT NULL,
  configured INTEGER NOT NULL CHECK (configured IN (0, 1)),
  PRIMARY KEY (resource, configured)
) STRICT, WITHOUT ROWID;

-- What the configuration says of each resource, so that credentials follow grants within one transaction.
CREATE TABLE resource_providers (
  resource TEXT NOT NULL,
  provider TEXT NOT NULL,
  PRIMARY KEY (resource, provider)
) STRICT, WITHOUT ROWID;

CREATE INDEX resource_providers_by_provider ON resource_providers (provider, resource);
