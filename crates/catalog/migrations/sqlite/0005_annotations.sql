-- As of goals and segments: a number is never given twice.
ALTER TABLE sites ADD COLUMN last_annotation INTEGER NOT NULL DEFAULT 0;

CREATE TABLE annotations (
    site_id    TEXT    NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         INTEGER NOT NULL,
    at         INTEGER NOT NULL, -- what it is about, which may be ahead
    text       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;
