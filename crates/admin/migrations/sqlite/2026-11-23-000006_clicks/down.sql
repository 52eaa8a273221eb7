DROP TABLE click_rollups;
DROP TABLE click_totals;
DROP TABLE click_parked;
DROP TABLE click_segments;
DROP TABLE click_journals;
