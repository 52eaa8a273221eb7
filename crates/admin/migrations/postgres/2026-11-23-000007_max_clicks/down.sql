DROP TABLE click_leases, click_holders, click_limits;
ALTER TABLE links DROP COLUMN max_clicks;
