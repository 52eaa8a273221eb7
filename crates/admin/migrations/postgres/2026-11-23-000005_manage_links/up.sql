-- Links that somebody without an account made, and the number of their present manage address:
-- another number, and older addresses are worth nothing.
CREATE TABLE manage_links (
    link BIGINT PRIMARY KEY,
    serial INTEGER NOT NULL
);
