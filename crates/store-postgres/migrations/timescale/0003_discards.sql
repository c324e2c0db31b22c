-- Events that were deliberately not counted: the newest of them, and how many there were.
CREATE TABLE discards (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    site text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    record bytea NOT NULL -- as on the queue, without the address
);
CREATE INDEX discards_by_site ON discards (site, number);

-- By the hour of arrival, from the epoch.
CREATE TABLE discard_counts (
    site text COLLATE "C" NOT NULL,
    hour bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (site, hour, reason)
) WITH (fillfactor = 80);
