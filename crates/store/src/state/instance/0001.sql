CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, next) VALUES ('id', 1);

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT,
    is_owner INTEGER NOT NULL,
    locale TEXT,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    is_demo INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    member INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    workspace TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (member, workspace)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    member INTEGER REFERENCES members ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE write_keys (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    last_used INTEGER
) STRICT;

CREATE TABLE audit (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    workspace TEXT,
    subject TEXT,
    details TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
