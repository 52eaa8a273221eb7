ALTER TABLE links DROP COLUMN password_hash, DROP COLUMN policy;
