DROP TABLE click_spans;
