-- The same tables as for Postgres.
-- How often people may follow a link; NULL: as often as they like.
ALTER TABLE links ADD COLUMN max_clicks BIGINT;

-- How often links with a limit were followed for certain, blocks that are out aside. Its row is what
-- everybody locks who grants a block of a link or takes one back.
CREATE TABLE click_limits (
    link INTEGER PRIMARY KEY,
    consumed BIGINT NOT NULL
);

-- Journals for which blocks were asked. `turn` numbers their requests, so that one which arrives late
-- does nothing. After the segment `ends_at` nothing comes; it may be told before all are counted.
CREATE TABLE click_holders (
    journal BLOB PRIMARY KEY,
    turn BIGINT NOT NULL,
    ends_at BIGINT,
    seen_at BIGINT NOT NULL
);
CREATE INDEX click_holders_seen ON click_holders (seen_at);

-- Blocks that are out: `used` of them is in segments that are counted. `expires_at` is for people: no
-- clock frees a block.
CREATE TABLE click_leases (
    id INTEGER PRIMARY KEY,
    link BIGINT NOT NULL,
    journal BLOB NOT NULL,
    size BIGINT NOT NULL,
    used BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX click_leases_link ON click_leases (link);
CREATE INDEX click_leases_journal ON click_leases (journal);
