-- A notice refuses nothing: it tells nodes that what they remember of its target is out of date.
ALTER TABLE revocations ADD COLUMN notice BOOLEAN NOT NULL DEFAULT false;

-- No foreign key to users: a key whose user was deleted stays, and is refused.
CREATE TABLE virtual_keys (
  id                  TEXT PRIMARY KEY,
  name                TEXT COLLATE "C" NOT NULL UNIQUE,
  owner_user_id       TEXT,
  generation          BIGINT NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
  secret_hash         BYTEA CHECK (length(secret_hash) = 32),
  secret_issued_at    BIGINT NOT NULL,
  previous_hash       BYTEA CHECK (length(previous_hash) = 32),
  previous_issued_at  BIGINT,
  previous_expires_at BIGINT,
  created_at          BIGINT NOT NULL,
  expires_at          BIGINT,
  deactivated_at      BIGINT,
  last_used_at        BIGINT,
  CHECK ((previous_hash IS NULL) = (previous_issued_at IS NULL) AND (previous_hash IS NULL) = (previous_expires_at IS NULL))
);

CREATE INDEX virtual_keys_by_owner ON virtual_keys (owner_user_id, name) WHERE owner_user_id IS NOT NULL;
