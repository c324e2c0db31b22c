-- The event store with TimescaleDB 2.14 or newer. A column or table that is added keeps the workers of the version before
-- running: see the module `schema`.

-- One row. Who holds its lock gives the order of arrival, and is alone in changing aggregates.
CREATE TABLE store_state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    flavour text NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);
INSERT INTO store_state (flavour) VALUES ('timescale');

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
);
SELECT create_hypertable('events', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false);
CREATE INDEX events_by_time ON events (site, timestamp, seq);
CREATE INDEX events_by_arrival ON events (site, seq);
CREATE INDEX events_by_receipt ON events USING brin (received_at);

-- The first 16 bytes of the SHA-256 of site, a zero byte and the client's own event id.
CREATE TABLE event_ids (
    hash uuid PRIMARY KEY,
    received_at timestamptz NOT NULL
);
CREATE INDEX event_ids_by_receipt ON event_ids USING brin (received_at);

-- Chunks of a week ago are compressed. Events that come later than that still go in.
ALTER TABLE events SET (
    timescaledb.compress,
    timescaledb.compress_segmentby = 'site',
    timescaledb.compress_orderby = 'timestamp, seq'
);
SELECT add_compression_policy('events', compress_after => INTERVAL '7 days');

-- What is older than two hours is kept computed, what is newer is counted from the events by each query. The store
-- refreshes what late events change by itself: see the module `timescale`, which has the two hours too.
CREATE MATERIALIZED VIEW event_counts_minute
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT site, time_bucket(INTERVAL '1 minute', timestamp) AS bucket, name, count(*) AS count
FROM events
GROUP BY site, time_bucket(INTERVAL '1 minute', timestamp), name
WITH NO DATA;
SELECT add_continuous_aggregate_policy('event_counts_minute',
    start_offset => NULL, end_offset => INTERVAL '2 hours', schedule_interval => INTERVAL '30 minutes');

CREATE MATERIALIZED VIEW event_counts_hour
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT site, time_bucket(INTERVAL '1 hour', timestamp) AS bucket, name, count(*) AS count
FROM events
GROUP BY site, time_bucket(INTERVAL '1 hour', timestamp), name
WITH NO DATA;
SELECT add_continuous_aggregate_policy('event_counts_hour',
    start_offset => NULL, end_offset => INTERVAL '2 hours', schedule_interval => INTERVAL '30 minutes');

CREATE MATERIALIZED VIEW event_counts_day
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT site, time_bucket(INTERVAL '1 day', timestamp) AS bucket, name, count(*) AS count
FROM events
GROUP BY site, time_bucket(INTERVAL '1 day', timestamp), name
WITH NO DATA;
SELECT add_continuous_aggregate_policy('event_counts_day',
    start_offset => NULL, end_offset => INTERVAL '2 hours', schedule_interval => INTERVAL '30 minutes');

-- Distinct visitors are exact, which no continuous aggregate can be. No row counts nothing.
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
