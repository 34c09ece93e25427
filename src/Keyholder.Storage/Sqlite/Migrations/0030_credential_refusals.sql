-- Resources whose upstreams refuse a credential that its provider stands by. A refusal goes with the secret it is about, and with the credential.
CREATE TABLE credential_refusals (
  row_id   BLOB NOT NULL REFERENCES credentials (row_id) ON DELETE CASCADE,
  resource TEXT NOT NULL,
  reason   TEXT NOT NULL,
  since    INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  PRIMARY KEY (row_id, resource)
) STRICT, WITHOUT ROWID;
