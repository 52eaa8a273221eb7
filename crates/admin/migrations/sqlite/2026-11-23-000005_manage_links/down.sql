DROP TABLE manage_links;
