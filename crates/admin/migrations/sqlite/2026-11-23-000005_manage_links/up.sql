-- The same as for Postgres.
CREATE TABLE manage_links (
    link INTEGER PRIMARY KEY,
    serial INTEGER NOT NULL
);
