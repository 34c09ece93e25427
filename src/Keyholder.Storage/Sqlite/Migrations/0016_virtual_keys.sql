-- A notice refuses nothing: it tells nodes that what they remember of its target is out of date.
ALTER TABLE revocations ADD COLUMN notice INTEGER NOT NULL DEFAULT 0 CHECK (notice IN (0, 1));

-- No foreign key to users: a key whose user was deleted stays, and is refused.
CREATE TABLE virtual_keys (
  id                  TEXT PRIMARY KEY,
  name                TEXT NOT NULL UNIQUE,
  owner_user_id       TEXT,
  generation          INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
  secret_hash         BLOB CHECK (length(secret_hash) = 32),
  secret_issued_at    INTEGER NOT NULL,
  previous_hash       BLOB CHECK (length(previous_hash) = 32),
  previous_issued_at  INTEGER,
  previous_expires_at INTEGER,
  created_at          INTEGER NOT NULL,
  expires_at          INTEGER,
  deactivated_at      INTEGER,
  last_used_at        INTEGER,
  CHECK ((previous_hash IS NULL) = (previous_issued_at IS NULL) AND (previous_hash IS NULL) = (previous_expires_at IS NULL))
) STRICT;

CREATE INDEX virtual_keys_by_owner ON virtual_keys (owner_user_id, name) WHERE owner_user_id IS NOT NULL;
