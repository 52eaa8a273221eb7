-- A journal is one life of one worker of an edge; all its segments up to `applied` are counted.
CREATE TABLE click_journals (
    journal BYTEA PRIMARY KEY,
    applied BIGINT NOT NULL,
    -- Answers in these segments, and answers that the worker could not record.
    clicks BIGINT NOT NULL,
    dropped_full BIGINT NOT NULL,
    dropped_unwritable BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX click_journals_seen ON click_journals (seen_at);

-- Segments that are counted although one before them is not. The primary key is what makes a
-- segment count once.
CREATE TABLE click_segments (
    journal BYTEA NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (journal, number)
);

-- Segments that could not be read or counted, as they came.
CREATE TABLE click_parked (
    journal BYTEA NOT NULL,
    number BIGINT NOT NULL,
    reason TEXT NOT NULL,
    segment BYTEA NOT NULL,
    parked_at BIGINT NOT NULL,
    PRIMARY KEY (journal, number)
);

CREATE TABLE click_totals (
    link BIGINT PRIMARY KEY,
    human BIGINT NOT NULL,
    preview BIGINT NOT NULL,
    crawler BIGINT NOT NULL,
    prefetch BIGINT NOT NULL
);

-- Scopes, dimensions and classes are numbered in the program (clicks/tally.rs). `hour` is when an
-- hour of the instance's zone begins. No foreign keys: what a deleted link has counted stays.
CREATE TABLE click_rollups (
    scope SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    dimension SMALLINT NOT NULL,
    hour BIGINT NOT NULL,
    class SMALLINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    clicks BIGINT NOT NULL,
    PRIMARY KEY (scope, scope_id, dimension, hour, class, value)
);
