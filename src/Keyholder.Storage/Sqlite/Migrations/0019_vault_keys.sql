-- What a change of the vault's keys looks for: the key an envelope names (SealedColumn).
CREATE INDEX credentials_by_vault_key ON credentials (substr(envelope, 2, 8), row_id);
