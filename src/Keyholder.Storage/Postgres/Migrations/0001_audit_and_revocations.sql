CREATE TABLE audit_events (
  id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             BIGINT NOT NULL,
  action         TEXT NOT NULL,
  actor          TEXT NOT NULL,
  target         TEXT NOT NULL,
  reason         TEXT,
  remote_address TEXT,
  request_id     TEXT
);

CREATE INDEX audit_events_newest ON audit_events (at DESC, id DESC);

-- A sequence number that a reader has passed must never be given out again, and none may appear below it later:
-- entries are appended under PostgresLocks.RevocationLog, so that numbers become visible in their order.
CREATE TABLE revocations (
  sequence     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  target_kind  TEXT NOT NULL,
  target_value TEXT NOT NULL,
  cut_off      BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  reason       TEXT NOT NULL
);

CREATE INDEX revocations_expiry ON revocations (expires_at);
