CREATE TABLE sites (
    id          TEXT    NOT NULL PRIMARY KEY,
    timezone    TEXT    NOT NULL, -- IANA name
    public      INTEGER NOT NULL CHECK (public IN (0, 1)),
    require_key INTEGER NOT NULL CHECK (require_key IN (0, 1)),
    created_at  INTEGER NOT NULL  -- milliseconds since the epoch, as every instant here
) STRICT;

CREATE TABLE keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    site_id    TEXT    NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('write', 'read', 'admin')),
    hint       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of the secret
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE INDEX keys_by_site ON keys (site_id);

CREATE TABLE salts (
    utc_day INTEGER NOT NULL PRIMARY KEY, -- days since the epoch
    secret  BLOB    NOT NULL CHECK (length(secret) = 16)
) STRICT;
