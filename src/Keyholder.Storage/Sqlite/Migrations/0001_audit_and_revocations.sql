CREATE TABLE audit_events (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  at             INTEGER NOT NULL,
  action         TEXT NOT NULL,
  actor          TEXT NOT NULL,
  target         TEXT NOT NULL,
  reason         TEXT,
  remote_address TEXT,
  request_id     TEXT
) STRICT;

CREATE INDEX audit_events_newest ON audit_events (at DESC, id DESC);

-- AUTOINCREMENT: a sequence number that a reader has passed must never be given out again.
CREATE TABLE revocations (
  sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
  target_kind  TEXT NOT NULL,
  target_value TEXT NOT NULL,
  cut_off      INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  reason       TEXT NOT NULL
) STRICT;

CREATE INDEX revocations_expiry ON revocations (expires_at);
