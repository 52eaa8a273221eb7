-- Segments that edges were told are counted, and that a database which was set back does not know. They are
-- taken for counted, or the journal would wait for them for good.
ALTER TABLE click_journals ADD COLUMN lost BIGINT NOT NULL DEFAULT 0;
