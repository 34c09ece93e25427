ALTER TABLE clients ADD COLUMN registration_token_hash BYTEA CHECK (length(registration_token_hash) = 32);
