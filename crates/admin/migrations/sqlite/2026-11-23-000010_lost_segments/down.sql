ALTER TABLE click_journals DROP COLUMN lost;
