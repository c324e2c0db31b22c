CREATE TABLE event_schemas (
    site_id    text        COLLATE "C" NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name       text        COLLATE "C" NOT NULL, -- the event's name, normalised
    mode       text        NOT NULL CHECK (mode IN ('observe', 'warn', 'reject')),
    document   text        NOT NULL, -- JSON Schema, as it was given
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, name)
);

CREATE TRIGGER event_schemas_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON event_schemas
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();
