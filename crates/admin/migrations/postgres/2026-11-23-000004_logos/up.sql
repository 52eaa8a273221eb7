-- Pictures in the middle of QR codes, as they are drawn: PNG. Named by the hash of what is in them, so that the
-- same picture is there once and a design that names it never changes.
CREATE TABLE logos (
    hash BYTEA PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    png BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
