-- The last number that a goal and a segment of the site got: none is given twice, so that a saved link never leads to
-- another one.
ALTER TABLE sites ADD COLUMN last_goal    integer NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN last_segment integer NOT NULL DEFAULT 0;

CREATE TABLE goals (
    site_id    text        COLLATE "C" NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         integer     NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('event', 'page', 'scroll')),
    target     text        NOT NULL, -- the event's name, normalised; else the page
    percent    smallint    CHECK ((percent IS NOT NULL) = (kind = 'scroll') AND percent BETWEEN 1 AND 100),
    currency   text,                 -- ISO 4217, of a goal that is worth money
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, name)
);

CREATE TRIGGER goals_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON goals
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();

CREATE TABLE segments (
    site_id    text        COLLATE "C" NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         integer     NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    filters    text        NOT NULL, -- the JSON of the query's filters, as it was given
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, name)
);

CREATE TRIGGER segments_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON segments
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();
