-- Who a credential of one session was connected for. Part of the envelope's additional data where it is set.
ALTER TABLE credentials ADD COLUMN bound_subject TEXT;
ALTER TABLE credentials ADD COLUMN bound_client TEXT CHECK ((bound_client IS NULL) = (bound_subject IS NULL));
