-- Whether the configuration declares a key (0: it did once; null: it was made by other means), and whether that alone is why it is inactive.
ALTER TABLE virtual_keys ADD COLUMN declared INTEGER CHECK (declared IN (0, 1));
ALTER TABLE virtual_keys ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

CREATE INDEX virtual_keys_declared ON virtual_keys (id) WHERE declared IS NOT NULL;
