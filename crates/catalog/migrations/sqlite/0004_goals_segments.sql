-- The last number that a goal and a segment of the site got: none is given twice, so that a saved link never leads to
-- another one.
ALTER TABLE sites ADD COLUMN last_goal    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN last_segment INTEGER NOT NULL DEFAULT 0;

CREATE TABLE goals (
    site_id    TEXT    NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('event', 'page', 'scroll')),
    target     TEXT    NOT NULL, -- the event's name, normalised; else the page
    percent    INTEGER CHECK ((percent IS NOT NULL) = (kind = 'scroll') AND percent BETWEEN 1 AND 100),
    currency   TEXT,             -- ISO 4217, of a goal that is worth money
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, name)
) STRICT;

CREATE TABLE segments (
    site_id    TEXT    NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    filters    TEXT    NOT NULL, -- the JSON of the query's filters, as it was given
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, name)
) STRICT;
