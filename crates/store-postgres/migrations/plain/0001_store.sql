-- The event store on PostgreSQL as it comes. A column or table that is added keeps the workers of the version before
-- running: see the module `schema`.

-- One row. Who holds its lock gives the order of arrival, and is alone in changing aggregates.
CREATE TABLE store_state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    flavour text NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);
INSERT INTO store_state (flavour) VALUES ('plain');

-- The bits of an unsigned 64-bit number, compared for equality only.
CREATE TABLE applied_offsets (
    partition bigint PRIMARY KEY,
    next bigint NOT NULL
) WITH (fillfactor = 50);

-- The columns of one length come first: no padding, and quicker to take apart.
CREATE TABLE events (
    timestamp timestamptz NOT NULL,
    seq bigint NOT NULL,
    received_at timestamptz NOT NULL,
    visitor bigint NOT NULL,
    session bigint NOT NULL,
    site text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    client_id text COLLATE "C",
    made_id uuid,
    user_id text COLLATE "C",
    anonymous_id text COLLATE "C",
    client_session_id text COLLATE "C",
    host text COLLATE "C",
    path text COLLATE "C",
    referrer text COLLATE "C",
    utm_source text COLLATE "C",
    utm_medium text COLLATE "C",
    utm_campaign text COLLATE "C",
    utm_content text COLLATE "C",
    utm_term text COLLATE "C",
    element text COLLATE "C",
    title text COLLATE "C",
    language text COLLATE "C",
    duration_ms bigint,
    revenue_micros bigint,
    currency text COLLATE "C",
    screen_width integer,
    screen_height integer,
    properties json
) PARTITION BY RANGE (timestamp);
CREATE INDEX events_by_time ON events (site, timestamp, seq);
CREATE INDEX events_by_arrival ON events (site, seq);
CREATE INDEX events_by_receipt ON events USING brin (received_at);

-- The first 16 bytes of the SHA-256 of site, a zero byte and the client's own event id.
CREATE TABLE event_ids (
    hash uuid PRIMARY KEY,
    received_at timestamptz NOT NULL
);
CREATE INDEX event_ids_by_receipt ON event_ids USING brin (received_at);

-- Aggregates. None has a row that counts nothing.
CREATE TABLE event_counts_minute (
    site text COLLATE "C" NOT NULL,
    bucket timestamptz NOT NULL,
    name text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (site, bucket, name)
) WITH (fillfactor = 80);
CREATE TABLE event_counts_hour (LIKE event_counts_minute INCLUDING ALL) WITH (fillfactor = 80);
CREATE TABLE event_counts_day (LIKE event_counts_minute INCLUDING ALL) WITH (fillfactor = 80);

CREATE TABLE daily_site_stats (
    site text COLLATE "C" NOT NULL,
    day date NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    views bigint NOT NULL,
    unique_users bigint NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (site, day)
) WITH (fillfactor = 50);

-- By the id of site and day: this table gets most rows after `events`, each at a random place of its index, and two
-- numbers take half the room and are compared in half the time.
CREATE TABLE daily_site_visitors (
    site_day bigint NOT NULL,
    visitor bigint NOT NULL,
    PRIMARY KEY (site_day, visitor)
);

-- Pageviews. The key of a path is the first 16 bytes of its SHA-256, since a path may be too long for an index.
CREATE TABLE daily_site_path_counts (
    site text COLLATE "C" NOT NULL,
    day date NOT NULL,
    path_hash uuid NOT NULL,
    path text COLLATE "C" NOT NULL,
    views bigint NOT NULL,
    PRIMARY KEY (site, day, path_hash)
) WITH (fillfactor = 80);
