-- What enrichment finds out. Events of the version before say nothing of it.
ALTER TABLE events
    ADD COLUMN source text COLLATE "C",
    ADD COLUMN channel text COLLATE "C",
    ADD COLUMN browser text COLLATE "C",
    ADD COLUMN browser_version text COLLATE "C",
    ADD COLUMN os text COLLATE "C",
    ADD COLUMN os_version text COLLATE "C",
    ADD COLUMN device text COLLATE "C",
    ADD COLUMN country text COLLATE "C",
    ADD COLUMN region text COLLATE "C",
    ADD COLUMN city text COLLATE "C",
    ADD COLUMN screen_class text COLLATE "C",
    ADD COLUMN scroll_depth smallint,
    ADD COLUMN interactive boolean; -- only false is written: whatever says nothing is interactive
