-- Segments of the journal that were counted, and that were put aside: together as many as it has names. One more
-- means that a segment was counted twice.
ALTER TABLE click_journals ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE click_journals ADD COLUMN parked BIGINT NOT NULL DEFAULT 0;

-- What counted segments held, by the hour of the answers: sums are held against it. Journals that are forgotten
-- share one whose name is empty.
CREATE TABLE click_ledger (
    journal BYTEA NOT NULL,
    hour BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    -- Of these, answers about a link, and clicks.
    of_links BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    -- Answers that the worker could not record since its segment before.
    dropped BIGINT NOT NULL,
    PRIMARY KEY (journal, hour)
);
CREATE INDEX click_ledger_hours ON click_ledger (hour);
