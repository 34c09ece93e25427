-- When the credential a flow brought was stored.
ALTER TABLE connection_flows ADD COLUMN finished_at BIGINT;
