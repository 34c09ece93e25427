-- The servers that run, and which keys of the vault each of them opens and seals with: nobody seals with what another cannot open.
CREATE TABLE vault_key_nodes (
  node       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  opens      TEXT NOT NULL,
  seals      TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
