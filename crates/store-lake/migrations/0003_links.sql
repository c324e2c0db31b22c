-- Visitors who are known persons: see `millrace_store::Link`. Numbers are the bits of unsigned ones.

CREATE TABLE links (
    site TEXT NOT NULL,
    visitor INTEGER NOT NULL,
    person INTEGER NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (site, visitor)
) STRICT, WITHOUT ROWID;
