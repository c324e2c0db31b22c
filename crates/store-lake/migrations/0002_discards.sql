-- Events that were deliberately not counted: the newest of them, and how many there were.

CREATE TABLE discards (
    number INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- As on the queue, without the address.
    record BLOB NOT NULL
) STRICT;
CREATE INDEX discards_by_site ON discards (site, number);

CREATE TABLE discard_counts (
    site TEXT NOT NULL,
    -- From the epoch, of arrival.
    hour INTEGER NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (site, hour, reason)
) STRICT, WITHOUT ROWID;
