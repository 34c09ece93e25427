CREATE TABLE leases (
  name       TEXT PRIMARY KEY,
  holder     TEXT NOT NULL,
  fencing    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What sweeps look for, so that they do not walk what is alive. A rotation writes none of these columns.
CREATE INDEX sessions_unredeemed ON sessions (code_expires_at) WHERE revoked_at IS NULL AND code_redeemed_at IS NULL;
CREATE INDEX sessions_revoked_by_client ON sessions (client_id) WHERE revoked_at IS NOT NULL;
CREATE INDEX authorization_requests_by_client ON authorization_requests (client_id);
CREATE INDEX credentials_orphaned ON credentials (updated_at) WHERE status = 'orphaned';
