-- The same as for Postgres.
ALTER TABLE links ADD COLUMN policy TEXT;
ALTER TABLE links ADD COLUMN password_hash TEXT;
