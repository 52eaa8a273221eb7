-- The same as for Postgres.
ALTER TABLE click_journals ADD COLUMN lost BIGINT NOT NULL DEFAULT 0;
