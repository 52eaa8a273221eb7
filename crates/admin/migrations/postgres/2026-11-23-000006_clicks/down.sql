DROP TABLE click_rollups, click_totals, click_parked, click_segments, click_journals;
