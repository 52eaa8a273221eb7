DROP TABLE click_ledger;
ALTER TABLE click_journals DROP COLUMN counted;
ALTER TABLE click_journals DROP COLUMN parked;
