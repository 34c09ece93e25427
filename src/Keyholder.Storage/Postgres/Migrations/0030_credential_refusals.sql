-- Resources whose upstreams refuse a credential that its provider stands by. A refusal goes with the secret it is about, and with the credential.
CREATE TABLE credential_refusals (
  row_id   BYTEA NOT NULL REFERENCES credentials (row_id) ON DELETE CASCADE,
  resource TEXT COLLATE "C" NOT NULL,
  reason   TEXT NOT NULL,
  since    BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  PRIMARY KEY (row_id, resource)
);
