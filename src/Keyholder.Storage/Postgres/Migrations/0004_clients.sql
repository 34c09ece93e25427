CREATE TABLE clients (
  id                         TEXT COLLATE "C" PRIMARY KEY,
  source                     TEXT NOT NULL,
  name                       TEXT,
  redirect_uris              TEXT NOT NULL,
  grant_types                TEXT NOT NULL,
  response_types             TEXT NOT NULL,
  token_endpoint_auth_method TEXT NOT NULL,
  secret_hash                BYTEA CHECK (length(secret_hash) = 32),
  scope                      TEXT,
  application_type           TEXT NOT NULL,
  client_uri                 TEXT,
  logo_uri                   TEXT,
  policy_uri                 TEXT,
  tos_uri                    TEXT,
  software_id                TEXT,
  software_version           TEXT,
  created_at                 BIGINT NOT NULL,
  expires_at                 BIGINT
);

CREATE INDEX clients_oldest ON clients (created_at, id);
CREATE INDEX clients_expiry ON clients (expires_at);
