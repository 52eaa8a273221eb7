DROP TABLE click_leases;
DROP TABLE click_holders;
DROP TABLE click_limits;
ALTER TABLE links DROP COLUMN max_clicks;
