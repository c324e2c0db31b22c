-- As of goals and segments: a number is never given twice.
ALTER TABLE sites ADD COLUMN last_annotation integer NOT NULL DEFAULT 0;

CREATE TABLE annotations (
    site_id    text        COLLATE "C" NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    id         integer     NOT NULL,
    at         timestamptz NOT NULL, -- what it is about, which may be ahead
    text       text        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TRIGGER annotations_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON annotations
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();
