CREATE TABLE event_schemas (
    site_id    TEXT    NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL, -- the event's name, normalised
    mode       TEXT    NOT NULL CHECK (mode IN ('observe', 'warn', 'reject')),
    document   TEXT    NOT NULL, -- JSON Schema, as it was given
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, name)
) STRICT;
