DROP TABLE click_events, click_days, click_hosts, click_visitors, click_visits, visitor_keys;
DROP SEQUENCE click_event_ids;
