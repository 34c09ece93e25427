CREATE TABLE virtual_key_grants (
  key_id     TEXT NOT NULL REFERENCES virtual_keys (id) ON DELETE CASCADE,
  resource   TEXT COLLATE "C" NOT NULL,
  tools      TEXT,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, resource)
);

CREATE INDEX virtual_key_grants_by_resource ON virtual_key_grants (resource);

-- One row for what the configuration says, one for what was granted otherwise.
CREATE TABLE grants_to_all (
  resource   TEXT COLLATE "C" NOT NULL,
  configured BOOLEAN NOT NULL,
  PRIMARY KEY (resource, configured)
);

-- What the configuration says of each resource, so that credentials follow grants within one transaction.
CREATE TABLE resource_providers (
  resource TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (resource, provider)
);

CREATE INDEX resource_providers_by_provider ON resource_providers (provider, resource);
