-- refresh_begun counts the refreshes begun since the latest that ended; refresh_until is before when nobody begins another.
ALTER TABLE credentials ADD COLUMN refresh_fencing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN refresh_begun BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN refresh_until BIGINT;
