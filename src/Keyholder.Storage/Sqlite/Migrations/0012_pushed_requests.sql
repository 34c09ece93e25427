CREATE TABLE pushed_requests (
  request_hash BLOB PRIMARY KEY CHECK (length(request_hash) = 32),
  client_id    TEXT NOT NULL,
  parameters   TEXT NOT NULL,
  expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pushed_requests_expiry ON pushed_requests (expires_at);
