-- Files at the root of a domain, by which others are shown who owns it.
CREATE TABLE domain_files (
    domain INTEGER NOT NULL REFERENCES domains (id),
    path TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (domain, path)
);

-- 32 bytes from which the instance's keys are derived; never changed. They are made here, in the
-- one transaction that there is of this kind, and so that they are no value of any statement
-- that a server logs. gen_random_uuid() is of the server's strong randomness; 244 random bits.
ALTER TABLE instance ADD COLUMN secret BYTEA;
UPDATE instance SET
    secret = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    -- The record of the domains holds the secret: it is another one now.
    domains_rev = nextval('revs');
ALTER TABLE instance ALTER COLUMN secret SET NOT NULL;
