-- What the site's owner decided about its events: the JSON of `SiteSettings`.
ALTER TABLE sites ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
