-- What the lake consists of. A transaction here is the moment at which events become durable.

CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    crc32c INTEGER NOT NULL,
    min_timestamp INTEGER NOT NULL,
    max_timestamp INTEGER NOT NULL,
    min_received_at INTEGER NOT NULL,
    max_received_at INTEGER NOT NULL,
    min_seq INTEGER NOT NULL,
    max_seq INTEGER NOT NULL,
    -- A line a site: site, first row, rows, first timestamp, last timestamp; parted by spaces.
    sites TEXT NOT NULL
) STRICT;

-- Offsets of the queue that are applied: what the segments hold came from below them.
CREATE TABLE offsets (
    partition INTEGER PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

-- Segments that were set aside.
CREATE TABLE damaged (
    number INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
