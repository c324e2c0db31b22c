-- Ids are compared byte by byte (COLLATE "C"): an index in a locale's order is damaged when the operating system's
-- locales change.

CREATE TABLE sites (
    id          text        COLLATE "C" NOT NULL PRIMARY KEY,
    timezone    text        NOT NULL, -- IANA name
    public      boolean     NOT NULL,
    require_key boolean     NOT NULL,
    created_at  timestamptz NOT NULL  -- to the millisecond, as every instant here
);

CREATE TABLE keys (
    id         text        COLLATE "C" NOT NULL PRIMARY KEY,
    seq        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY, -- the order of keys made in one millisecond
    site_id    text        COLLATE "C" NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    kind       text        NOT NULL CHECK (kind IN ('write', 'read', 'admin')),
    hint       text        NOT NULL,
    hash       bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32), -- SHA-256 of the secret
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE INDEX keys_by_site ON keys (site_id);

CREATE TABLE salts (
    utc_day date  NOT NULL PRIMARY KEY,
    secret  bytea NOT NULL CHECK (octet_length(secret) = 16)
);

-- One row. A process that has read the sites and keys of this change has nothing to read. It is random, and no
-- count: after a failover that lost the last changes, the next ones would repeat their numbers.
CREATE TABLE catalog_state (
    only_row   boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (only_row),
    change     uuid        NOT NULL,
    changed_at timestamptz NOT NULL
);

INSERT INTO catalog_state (change, changed_at) VALUES (gen_random_uuid(), clock_timestamp());

-- By triggers, so that what is done by hand is noticed too. The search path is the one of this migration, so that
-- the name is found from everywhere.
CREATE FUNCTION catalog_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE catalog_state SET change = gen_random_uuid(), changed_at = clock_timestamp();
    NOTIFY millrace_catalog;
    RETURN NULL;
END;
$$;

CREATE TRIGGER sites_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sites
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();

CREATE TRIGGER keys_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON keys
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();
