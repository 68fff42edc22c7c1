CREATE TABLE shares (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    workspace TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER
) STRICT;
