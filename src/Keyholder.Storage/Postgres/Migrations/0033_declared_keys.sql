-- Whether the configuration declares a key (false: it did once; null: it was made by other means), and whether that alone is why it is inactive.
ALTER TABLE virtual_keys ADD COLUMN declared BOOLEAN;
ALTER TABLE virtual_keys ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX virtual_keys_declared ON virtual_keys (id) WHERE declared IS NOT NULL;
