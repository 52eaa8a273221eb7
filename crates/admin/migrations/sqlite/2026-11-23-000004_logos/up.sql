-- The same as for Postgres.
CREATE TABLE logos (
    hash BLOB NOT NULL PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    png BLOB NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;
