DROP TABLE click_events;
DROP TABLE click_days;
DROP TABLE click_hosts;
DROP TABLE click_visitors;
DROP TABLE click_visits;
DROP TABLE visitor_keys;
