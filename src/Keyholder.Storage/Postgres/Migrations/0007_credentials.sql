CREATE TABLE credentials (
  owner_kind       TEXT NOT NULL CHECK (owner_kind IN ('user', 'vk', 'session', 'shared')),
  owner_id         TEXT NOT NULL,
  provider         TEXT COLLATE "C" NOT NULL,
  row_id           BYTEA NOT NULL UNIQUE CHECK (length(row_id) = 16),
  kind             TEXT NOT NULL CHECK (kind IN ('oauth', 'headers')),
  version          BIGINT NOT NULL CHECK (version >= 1),
  envelope         BYTEA NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('active', 'orphaned', 'needs_reauth', 'needs_update')),
  status_reason    TEXT,
  provider_subject TEXT,
  expires_at       BIGINT,
  created_at       BIGINT NOT NULL,
  updated_at       BIGINT NOT NULL,
  PRIMARY KEY (owner_kind, owner_id, provider)
);

CREATE INDEX credentials_by_provider ON credentials (provider, status);

CREATE TABLE connection_flows (
  state_hash               BYTEA PRIMARY KEY CHECK (length(state_hash) = 32),
  purpose                  TEXT NOT NULL CHECK (purpose IN ('sign_in', 'connect')),
  provider                 TEXT NOT NULL,
  browser_hash             BYTEA NOT NULL CHECK (length(browser_hash) = 32),
  authorization_request_id TEXT NOT NULL,
  owner_kind               TEXT CHECK (owner_kind IN ('user', 'vk', 'session', 'shared')),
  owner_id                 TEXT,
  sealed_secrets           BYTEA NOT NULL,
  created_at               BIGINT NOT NULL,
  expires_at               BIGINT NOT NULL,
  claimed_at               BIGINT,
  CHECK ((owner_kind IS NULL) = (owner_id IS NULL))
);

CREATE INDEX connection_flows_expiry ON connection_flows (expires_at);
CREATE INDEX connection_flows_by_owner ON connection_flows (owner_kind, owner_id, provider);
