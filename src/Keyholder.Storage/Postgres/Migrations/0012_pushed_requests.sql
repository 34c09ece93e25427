CREATE TABLE pushed_requests (
  request_hash BYTEA PRIMARY KEY CHECK (length(request_hash) = 32),
  client_id    TEXT COLLATE "C" NOT NULL,
  parameters   TEXT NOT NULL,
  expires_at   BIGINT NOT NULL
);

CREATE INDEX pushed_requests_expiry ON pushed_requests (expires_at);
