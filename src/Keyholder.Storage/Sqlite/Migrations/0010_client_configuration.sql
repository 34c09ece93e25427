ALTER TABLE clients ADD COLUMN registration_token_hash BLOB CHECK (length(registration_token_hash) = 32);
