-- Visitors who are known persons. Events keep the visitor they came with; the aggregates have the person.
CREATE TABLE visitor_links (
    site text COLLATE "C" NOT NULL,
    visitor bigint NOT NULL,
    person bigint NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (site, visitor)
);
CREATE INDEX visitor_links_by_person ON visitor_links (site, person);
-- What a worker remembers at its start: the latest.
CREATE INDEX visitor_links_by_time ON visitor_links (linked_at);
