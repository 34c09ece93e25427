-- Credentials on their way out: each is revoked at its provider. The envelope is the one the credential had, and is dropped when the row is finished.
CREATE TABLE upstream_revocations (
  id               BYTEA PRIMARY KEY CHECK (length(id) = 16),
  owner_kind       TEXT NOT NULL CHECK (owner_kind IN ('user', 'vk', 'session', 'shared')),
  owner_id         TEXT NOT NULL,
  provider         TEXT NOT NULL,
  provider_subject TEXT,
  bound_subject    TEXT,
  bound_client     TEXT,
  version          BIGINT NOT NULL CHECK (version >= 1),
  envelope         BYTEA,
  cause            TEXT NOT NULL CHECK (cause IN ('session_ended', 'deleted')),
  status           TEXT NOT NULL CHECK (status IN ('pending', 'done', 'failed')),
  reason           TEXT,
  attempts         BIGINT NOT NULL CHECK (attempts >= 0),
  due_at           BIGINT NOT NULL,
  created_at       BIGINT NOT NULL,
  finished_at      BIGINT,
  CHECK ((status = 'pending') = (envelope IS NOT NULL)),
  CHECK ((status = 'pending') = (finished_at IS NULL))
);

CREATE INDEX upstream_revocations_due ON upstream_revocations (due_at) WHERE status = 'pending';
CREATE INDEX upstream_revocations_newest ON upstream_revocations (created_at DESC, id DESC);
CREATE INDEX upstream_revocations_finished ON upstream_revocations (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX credentials_newest ON credentials (created_at DESC, row_id DESC);
CREATE INDEX credentials_by_account ON credentials (provider, provider_subject);
