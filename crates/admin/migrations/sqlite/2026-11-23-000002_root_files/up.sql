-- The same as for Postgres.
CREATE TABLE domain_files (
    domain INTEGER NOT NULL REFERENCES domains (id),
    path TEXT NOT NULL,
    body BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (domain, path)
) WITHOUT ROWID;

-- randomblob() is ChaCha20, seeded by the operating system. The empty default is for this
-- statement only: SQLite adds no column without a value.
ALTER TABLE instance ADD COLUMN secret BLOB NOT NULL DEFAULT x'';
UPDATE counters SET value = value + 1 WHERE name = 'revs';
UPDATE instance SET
    secret = randomblob(32),
    domains_rev = (SELECT value FROM counters WHERE name = 'revs');
