-- What a link does for whom: JSON; NULL for a link without a policy. The password is kept as a
-- PHC string of argon2id only.
ALTER TABLE links ADD COLUMN policy TEXT;
ALTER TABLE links ADD COLUMN password_hash TEXT;
