// Generated from the API's description by `npm run schema`: not to be edited.

export type paths = {
    "/analytics/recent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest events */
        get: operations["analytics_recent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All events, those of the last 24 hours, and their types */
        get: operations["summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events over time
         * @description By hour for `24h`, by day in the site's zone for `7d` and `30d`. Every bucket is there, the empty ones too.
         */
        get: operations["timeseries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/top-pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pages with the most views */
        get: operations["top_pages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activity/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A number for each hour of the week, in the site's zone
         * @description The metric is one that can be added up: `events`, `visitors`, `visits`, `pageviews` or `sum(event:props:<key>)`.
         *     Visitors and sessions are those of each hour: who comes in two hours of one cell counts twice in it. Up to 400
         *     days; hours to come are left out. As CSV: a row for each hour.
         */
        post: operations["activity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagement/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Active visitors of each day, and of the 7 and 30 days that end with it
         * @description A visitor is active on a day of the site's calendar with an event that passes the filters. Up to 400 days; days to
         *     come are left out. As CSV: a row for each day.
         */
        post: operations["engagement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Events one by one
         * @description Those of a period that pass the filters, of one session or visitor if you like, with all that is stored of them.
         *     Whoever may read the site's reports may read them.
         */
        post: operations["query_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports events
         * @description The events of a period that pass the filters, the first first; of one instant, in order of arrival. Needs a read or
         *     admin key, also on a public site. Two exports run at once. A transfer that breaks off is incomplete.
         */
        get: operations["export_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/funnels/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How visitors go through steps, and where they stop
         * @description A visitor takes the steps in order, each later than the one before and all within `window` of the first; with
         *     `strict`, by the very next event each time. `people` lists visitors of a step one by one. As CSV: a row for each
         *     step, with a column `breakdown` that is empty for all visitors; with `people`, a row for each of them instead.
         */
        post: operations["funnel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journeys/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What sessions go on to after something, or what they come from before it
         * @description Stations are page views by their path, or with `events` also other events by their name. With `after`, journeys go
         *     on from the first occurrence of the anchor in a session; with `before`, back from the last. Without an anchor they
         *     begin at the session's start or end. As CSV: a row for each way, with its stations in columns.
         */
        post: operations["journeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens on a site, as it happens
         * @description A WebSocket. The first message is a snapshot of the figures; a tick brings them again each second, and events come
         *     as they arrive, both of those that pass the filters. With filters, events are those that happened within a day of
         *     their arrival. Every message has a cursor: a client that connects again with the last one it got gets every later
         *     event once, whatever happened to the server meanwhile. A client that reads too slowly gets ticks alone until it has
         *     caught up; if it misses more than 10,000 events, it goes on from now with a new snapshot.
         *
         *     A page cannot set headers of a WebSocket: it offers the protocols `millrace.live.v1` and `millrace.key.KEY`. The page
         *     has to be of this host.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens on a site, as server-sent events
         * @description The messages of the WebSocket at `/api/v1/live`, each an event of its type, with its cursor as the id: a browser that
         *     connects again goes on where it was by itself.
         */
        get: operations["live_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's live figures, of the last minutes
         * @description All of them are of the same minutes, but the current visitors, who are those of the last five.
         */
        get: operations["live_figures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How events come through this process
         * @description Whoever may read a site's reports may ask. The numbers are the process's, of all its sites together; one that is not
         *     known here, such as the lag in a process without the queue, is null.
         */
        get: operations["read_pipeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Of the visitors who started together, how many came back, and when
         * @description A visitor starts with the first of all their events that passes `start`, and returns with one that passes `again`.
         *     Cohorts are by days, weeks or months of the site's calendar, up to 400; those to come are left out. As CSV: a row
         *     for each cohort and offset, with a column `breakdown` that is empty for all visitors.
         */
        post: operations["retention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sessions one by one
         * @description Those with an event of the period that passes the filters. A session is shown as a whole: with its events of a day
         *     before and after the period.
         */
        post: operations["query_sessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session with its events
         * @description Up to 1,000 of them, the first first.
         */
        get: operations["read_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sites that the caller may read
         * @description The public ones, and that of the key that comes along: the first 1,000 by id.
         */
        get: operations["list_sites"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site
         * @description With when its first and its last event happened, and what the caller may do with it.
         */
        get: operations["read_site"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes a site
         * @description What is left out stays. A new zone counts for every report from then on, also of days that are over; who may read
         *     and send is known to every process within two seconds.
         */
        patch: operations["change_site"];
        trace?: never;
    };
    "/api/v1/sites/{id}/annotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's annotations
         * @description Whoever may read the site's reports may read them.
         */
        get: operations["list_annotations"];
        put?: never;
        /**
         * Adds an annotation
         * @description A site has 1,000 at most.
         */
        post: operations["add_annotation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/annotations/{annotation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces an annotation
         * @description It keeps its id.
         */
        put: operations["replace_annotation"];
        post?: never;
        /** Removes an annotation */
        delete: operations["remove_annotation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that could not be processed
         * @description They are kept until an operator puts them back on the queue with 'millrace doctor --replay-dead-letters'.
         */
        get: operations["list_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/discards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that were not counted, and why
         * @description Counts are exact. The events themselves are kept for a week, the newest 10,000 of a site; what is said of held ones
         *     is about these.
         */
        get: operations["read_discards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/discards/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judges held events again
         * @description Each is put back on the queue as it came, with its time and visitor, and is held no longer. What the rules still
         *     discard comes back. Without a reason that is everything but duplicates, which are never replayed, and what was
         *     discarded for its address: that is not kept, so where such a reason is named the event is counted whatever the rule
         *     says. The queue has all of them on return; reports have them a moment later.
         */
        post: operations["replay_discards"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/goals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's goals
         * @description Whoever may read the site's reports may read them.
         */
        get: operations["list_goals"];
        put?: never;
        /**
         * Adds a goal
         * @description It counts for events that are stored already, too. A site has 60 at most.
         */
        post: operations["add_goal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/goals/{goal}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces a goal
         * @description It keeps its id.
         */
        put: operations["replace_goal"];
        post?: never;
        /** Removes a goal */
        delete: operations["remove_goal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's keys
         * @description Without their secrets, and with those that are revoked.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Makes a key
         * @description The answer has its secret, this once. A site has 200 at most that are not revoked.
         */
        post: operations["add_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes a key
         * @description It opens nothing from then on, in every process within two seconds. The key that the request itself is made with
         *     stays: revoke it with another one.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/rejects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that were refused when they were sent
         * @description Copies of the newest; an operator turns this off with 'ingest.keep_rejected'.
         */
        get: operations["list_rejects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What events look like
         * @description Every event name of the period with its properties, their types and values, what changed, and how the events agree
         *     with the declared schemas. It is read from the stored events, so that what is erased is not in it.
         */
        get: operations["read_observed_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/schemas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The declared schemas */
        get: operations["list_schemas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/schemas/{event}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The declared schema of an event */
        get: operations["read_schema"];
        /**
         * Declares an event's schema
         * @description In place of the one it had. It counts for events that arrive from the next second on; reports compare the stored
         *     ones with it at once.
         */
        put: operations["declare_schema"];
        post?: never;
        /** Removes an event's schema */
        delete: operations["remove_schema"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's segments
         * @description Whoever may read the site's reports may read them.
         */
        get: operations["list_segments"];
        put?: never;
        /**
         * Adds a segment
         * @description A query names it by its id: `["is", "segment", [1]]`. A site has 200 at most.
         */
        post: operations["add_segment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/segments/{segment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces a segment
         * @description It keeps its id.
         */
        put: operations["replace_segment"];
        post?: never;
        /** Removes a segment */
        delete: operations["remove_segment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's settings
         * @description With every field, also those that have their defaults.
         */
        get: operations["read_settings"];
        /**
         * Replaces a site's settings
         * @description A field that is left out gets its default. They count for events that arrive from the next second on.
         */
        put: operations["replace_settings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers SQL of one's own
         * @description One SELECT in the store's SQL, over the table `events`, which has the site's events and nothing else. Needs an admin
         *     key, also on a public site. One statement of a site at a time.
         */
        post: operations["query_sql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/visitors/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Visitors one by one
         * @description Those with an event of the period that passes the filters; what is said of them counts these events alone.
         */
        post: operations["query_visitors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/visitors/{visitor_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One visitor with their events
         * @description Up to 1,000 of them, the first first. Without a date range those of the last 30 days.
         */
        get: operations["read_visitor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Metrics by dimensions
         * @description The grammar of Plausible's Stats API, version 2, with more metrics and dimensions; `docs/query.md` has every one. A
         *     wrong request is a 400 `query_invalid` whose message names the place and lists what is allowed. As CSV: a row for
         *     each result, columns by the names of dimensions and metrics, then those of the compared period.
         */
        post: operations["query"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/recent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest events, with their number */
        get: operations["events_recent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alive
         * @description Answers as long as the process can answer anything.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A site's live figures, or the server's own
         * @description With `Accept: application/json` the site's last five minutes; otherwise the server's metrics as Prometheus
         *     reads them, for which no site and no key is needed.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/hourly": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events of the last 24 hours by hour and type
         * @description The current hour and the 23 before it, in the site's zone.
         */
        get: operations["hourly"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/realtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events of the last five minutes by ten seconds and type */
        get: operations["realtime"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last hour */
        get: operations["metrics_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The API's description */
        get: operations["openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Whether requests should be sent here: every part does its work.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Views, visitors and top paths
         * @description Of everything, or of one day in the site's zone.
         */
        get: operations["stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
};
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description A day's active visitors. */
        ActiveDay: {
            /**
             * Format: int64
             * @description Visitors of the day.
             */
            daily: number;
            /**
             * Format: date
             * @description The day, in the site's zone.
             * @example 2026-11-20
             */
            date: string;
            /**
             * Format: int64
             * @description Visitors of the 30 days that end with it.
             */
            monthly: number;
            /**
             * Format: double
             * @description `daily` in percent of `monthly`, with two decimals; null where there are none.
             */
            stickiness: number | null;
            /**
             * Format: int64
             * @description Visitors of the 7 days that end with it.
             */
            weekly: number;
        };
        /** @description Active visitors. */
        ActiveVisitors: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The first and the last second of the range, in the site's zone. */
            date_range: string[];
            /** @description The days, oldest first. */
            days: components["schemas"]["ActiveDay"][];
        };
        /** @description A day of the week. */
        ActivityDay: {
            /**
             * @description Its name.
             * @example monday
             */
            day: string;
            /** @description Its 24 hours. */
            hours: components["schemas"]["ActivityHour"][];
        };
        /** @description An hour of the week. */
        ActivityHour: {
            /** @description The hour of the site's clock, 0 to 23. */
            hour: number;
            /**
             * Format: int32
             * @description How many such hours the range has.
             */
            hours: number;
            /**
             * Format: double
             * @description `sum` by `hours`, with six decimals at most; null where the range has no such hour.
             */
            mean: number | null;
            /**
             * Format: double
             * @description The number added up over all such hours of the range.
             */
            sum: number;
        };
        /** @description A question about activity. */
        ActivityRequest: {
            /** @description When, as in `POST /api/v2/query`. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which events, as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "event:name",
             *         [
             *           "pageview"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description The number; `events` where it is left out.
             * @example pageviews
             */
            metric?: string | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
        /** @description A week. */
        ActivityWeek: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The first and the last second of the range, in the site's zone. */
            date_range: string[];
            /**
             * @description The number.
             * @example events
             */
            metric: string;
            /** @description Seven days from Monday. */
            week: components["schemas"]["ActivityDay"][];
        };
        /** @description An amount of money. */
        Amount: {
            /**
             * @description ISO 4217.
             * @example EUR
             */
            currency: string;
            /**
             * @description As it is shown in full.
             * @example €1,249.50
             */
            long: string;
            /**
             * @description As it is shown where there is little room.
             * @example €1.2K
             */
            short: string;
            /**
             * Format: double
             * @description The amount.
             * @example 1249.5
             */
            value: number;
        };
        /** @description `GET /analytics/recent` */
        AnalyticsRecent: {
            /** @description The events, newest first. */
            events: components["schemas"]["RecentEvent"][];
        };
        /** @description `GET /analytics/summary` */
        AnalyticsSummary: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The figures. */
            summary: components["schemas"]["EventSummary"];
        };
        /** @description An annotation. */
        Annotation: {
            /**
             * Format: date-time
             * @description What it is about, UTC.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it was added, UTC.
             */
            created_at: string;
            /**
             * Format: int32
             * @description Its id, which stays when it is replaced, and is never another annotation's.
             * @example 1
             */
            id: number;
            /**
             * @description What it says.
             * @example Release 2.0
             */
            text: string;
        };
        /** @description An annotation to add, or in place of another. */
        AnnotationDescription: {
            /**
             * @description What it is about: a date, which is the start of that day in the site's zone, or an RFC 3339 instant.
             * @example 2026-11-20
             */
            at: string;
            /**
             * @description What it says: 1 to 200 characters.
             * @example Release 2.0
             */
            text: string;
        };
        /** @description A site's annotations. */
        AnnotationList: {
            /** @description What is about the oldest first. */
            annotations: components["schemas"]["Annotation"][];
        };
        /** @description Events of a piece of time. */
        Bucket: {
            /** @description Events by type; of the period's 100 most frequent types, with all others as `(other)`. */
            counts: {
                [key: string]: number;
            };
            /**
             * Format: date-time
             * @description Its first instant, UTC.
             * @example 2026-11-20T10:00:00Z
             */
            timestamp: string;
        };
        /** @description The same for the values of a dimension. */
        ByDimension: {
            /**
             * @description The dimension; no goal and no time.
             * @example visit:source
             */
            dimension: string;
            /** @description How many values; 10 where it is left out. */
            limit?: number | null;
        };
        /** @description Events of one code. */
        CodeCount: {
            /**
             * @description The stable word.
             * @example name_missing
             */
            code: string;
            /**
             * Format: int64
             * @description Events.
             */
            count: number;
        };
        /** @description Visitors who started together. */
        Cohort: {
            /** @description For each offset, from 0, the interval they started in; the later the cohort, the fewer. */
            returned: components["schemas"]["Returned"][];
            /**
             * Format: date
             * @description The interval's first day, in the site's zone.
             * @example 2026-11-16
             */
            start: string;
            /**
             * Format: int64
             * @description How many.
             */
            visitors: number;
        };
        /** @description One value of the breakdown. */
        CohortGroup: {
            /** @description Its visitors. */
            table: components["schemas"]["CohortTable"];
            /**
             * @description The value.
             * @example Google
             */
            value: string;
        };
        /** @description Cohorts below each other. */
        CohortTable: {
            /** @description One for each interval, oldest first, the empty ones too. */
            cohorts: components["schemas"]["Cohort"][];
            /** @description For each offset, of all cohorts for which it has come. */
            sums: components["schemas"]["Returned"][];
        };
        /** @description The same group in another period. */
        ComparedRow: {
            /**
             * @description Of each metric in percent, of rates in points; null where one of the two is.
             * @example [
             *       20,
             *       -9
             *     ]
             */
            change: (number | null)[];
            /**
             * @description In the order asked for; a time is the one at the same place of the period.
             * @example [
             *       "Google"
             *     ]
             */
            dimensions: (string | null)[];
            /**
             * @description In the order asked for.
             * @example [
             *       100,
             *       50
             *     ]
             */
            metrics: (components["schemas"]["MetricValue"] | null)[];
        };
        /** @description What to compare with. */
        Comparisons: {
            date_range?: components["schemas"]["DateRange"] | null;
            /** @description Whether the other period begins on the same day of the week. */
            match_day_of_week?: boolean | null;
            /**
             * @description `previous_period`, `year_over_year` or `custom`.
             * @example previous_period
             */
            mode: string;
        };
        /**
         * @description `day`, `yesterday`, `24h`, `7d`, `28d`, `30d`, `91d`, `month`, `6mo`, `12mo`, `year`, `all`, `realtime`, in the site's
         *     zone; or a pair of days or of instants, both included.
         * @example 7d
         */
        DateRange: string | string[];
        /** @description A record that could not be processed. */
        DeadLetter: {
            /**
             * Format: date-time
             * @description When it failed, UTC.
             */
            at: string;
            /** @description The event in it. */
            event: components["schemas"]["DeadLetterEvent"];
            /** @description Why, for people. */
            reason: string;
            /**
             * Format: int64
             * @description Bytes of the record.
             */
            record_bytes: number;
        };
        /** @description The event of a dead letter, without its address. */
        DeadLetterEvent: {
            /** @description The client's own id, or the one it was given. */
            event_id: string;
            /**
             * @description Its name.
             * @example pageview
             */
            name: string;
            /**
             * Format: date-time
             * @description When it arrived, UTC.
             */
            received_at: string;
            /** @description Where the visitor came from. */
            referrer: string | null;
            /**
             * Format: date-time
             * @description When it happened, UTC.
             */
            timestamp: string;
            /** @description The page. */
            url: string | null;
            /** @description The user agent. */
            user_agent: string | null;
        };
        /** @description A site's dead letters. */
        DeadLetters: {
            /** @description Newest first. */
            dead_letters: components["schemas"]["DeadLetter"][];
            /**
             * Format: int64
             * @description How many the site has; null where there are more, of all sites, than are looked at.
             */
            total: number | null;
            /**
             * Format: int64
             * @description Letters that cannot be read, so that nobody knows whose they are.
             */
            unreadable: number;
        };
        /** @description A declared schema. */
        DeclaredSchema: {
            /**
             * Format: date-time
             * @description When the event first got one, UTC.
             */
            created_at: string;
            /**
             * @description The event's name, as it is kept.
             * @example purchase
             */
            event: string;
            /**
             * @description What becomes of events that violate it.
             * @example warn
             */
            mode: string;
            /** @description The document, as it was given. */
            schema: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When this one was declared, UTC.
             */
            updated_at: string;
        };
        /** @description What of a rule or list decided. */
        DiscardDetail: {
            /**
             * @description A pattern, a network, a name of a list.
             * @example Googlebot
             */
            detail: string;
            /**
             * Format: int64
             * @description Held events.
             */
            held: number;
        };
        /** @description One reason. */
        DiscardReason: {
            /**
             * Format: int64
             * @description Events.
             */
            count: number;
            /** @description What it says of the events. */
            description: string;
            /** @description What of a rule or list decided about the held ones, most events first. */
            details: components["schemas"]["DiscardDetail"][];
            /**
             * Format: int64
             * @description Those of them that are held.
             */
            held: number;
            /** @description Whether the rule judges them again then. One that asks for the address cannot: it lets them pass. */
            judged_again: boolean;
            /**
             * Format: date-time
             * @description When the last one arrived.
             */
            last_seen: string;
            /**
             * @description The stable word.
             * @example robot
             */
            reason: string;
            /** @description Whether held events can be put back on the queue. */
            replayable: boolean;
            /** @description The newest of the held ones. */
            samples: components["schemas"]["DiscardSample"][];
        };
        /** @description A held event as it was sent; without the address, which is never kept. */
        DiscardSample: {
            /**
             * @description The country.
             * @example DE
             */
            country: string | null;
            /** @description What of the rule or list decided. */
            detail: string | null;
            /** @description The client's own id, or the one it was given. */
            event_id: string;
            /**
             * @description Its name.
             * @example pageview
             */
            name: string | null;
            /**
             * Format: date-time
             * @description When it arrived.
             */
            received_at: string;
            /** @description Where the visitor came from. */
            referrer: string | null;
            /**
             * Format: date-time
             * @description When it happened.
             */
            timestamp: string | null;
            /** @description The page. */
            url: string | null;
            /** @description The user agent. */
            user_agent: string | null;
        };
        /** @description What is kept. */
        DiscardWindow: {
            /**
             * Format: int64
             * @description Events.
             */
            held: number;
            /**
             * Format: date-time
             * @description When the oldest of them arrived.
             */
            oldest: string | null;
        };
        /** @description What was not counted. */
        Discards: {
            /**
             * Format: date-time
             * @description The start of the first hour that is counted here.
             */
            from: string;
            /** @description Most events first. */
            reasons: components["schemas"]["DiscardReason"][];
            /**
             * @description The site.
             * @example demo
             */
            site_id: string;
            /**
             * Format: date-time
             * @description Now.
             */
            to: string;
            /**
             * Format: int64
             * @description Events, of all reasons.
             */
            total: number;
            /** @description What is kept of the site, whenever it arrived. */
            window: components["schemas"]["DiscardWindow"];
        };
        /** @description An element's events. */
        ElementCount: {
            /**
             * Format: int64
             * @description Its events.
             */
            count: number;
            /**
             * @description What was touched.
             * @example video_player
             */
            element: string;
        };
        /** @description A question about active visitors. */
        EngagementRequest: {
            /** @description Which days, as in `POST /api/v2/query`. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which events make a visitor active, as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "event:name",
             *         [
             *           "pageview"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
        /** @description What a failed request gets. */
        ErrorBody: {
            error: components["schemas"]["ErrorDetail"];
        };
        /** @description What is wrong. */
        ErrorDetail: {
            /**
             * @description Stable, for programs.
             * @example limit_invalid
             */
            code: string;
            /**
             * @description The parameter or field at fault, where it is one.
             * @example limit
             */
            field: string | null;
            /**
             * @description For people.
             * @example limit is '0': it must be 1 to 1000
             */
            message: string;
        };
        /** @description An event as it is stored. */
        EventDetail: {
            /** @description The anonymous visitor, where the client said so. */
            anonymous_id: string | null;
            /**
             * @description The browser.
             * @example Firefox
             */
            browser: string | null;
            /**
             * @description Its version.
             * @example 128
             */
            browser_version: string | null;
            /**
             * @description The class of that source.
             * @example Organic Search
             */
            channel: string | null;
            /**
             * @description The city's English name.
             * @example Berlin
             */
            city: string | null;
            /** @description The client's own session id. */
            client_session_id: string | null;
            /**
             * @description ISO 3166-1 alpha-2.
             * @example DE
             */
            country: string | null;
            /**
             * @description The kind of device.
             * @example Desktop
             */
            device: string | null;
            /**
             * Format: double
             * @description How long it took, in seconds.
             * @example 1.25
             */
            duration: number | null;
            /** @description What was touched. */
            element: string | null;
            /** @description The client's own id, or the one it was given. */
            event_id: string;
            /**
             * @description The page's host.
             * @example shop.example
             */
            host: string | null;
            /** @description Whether the visitor did something: what is not interactive keeps a visit of one page a bounce. */
            interactive: boolean;
            /**
             * @description The browser's language tag.
             * @example de-DE
             */
            language: string | null;
            /**
             * @description Its name.
             * @example pageview
             */
            name: string;
            /**
             * @description The operating system.
             * @example macOS
             */
            os: string | null;
            /**
             * @description Its version.
             * @example 14.4
             */
            os_version: string | null;
            /**
             * @description The page's path.
             * @example /pricing
             */
            path: string | null;
            /** @description The properties, numbers with the digits they were sent with. */
            properties: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When it arrived, UTC.
             * @example 2026-11-20T10:00:00.310Z
             */
            received_at: string;
            /** @description Where the visitor came from: another host's URL. */
            referrer: string | null;
            /**
             * @description ISO 3166-2, or a name.
             * @example DE-BE
             */
            region: string | null;
            revenue: components["schemas"]["EventRevenue"] | null;
            /**
             * @description Width and height in CSS pixels.
             * @example 1920x1080
             */
            screen: string | null;
            /** @description The screen's class, by its width. */
            screen_class: string | null;
            /**
             * Format: int32
             * @description How far down the page was seen, in percent.
             * @example 80
             */
            scroll_depth: number | null;
            /**
             * @description The session it belongs to: 16 hexadecimal digits.
             * @example 2c26b46b68ffc68f
             */
            session_id: string;
            /**
             * @description Who sent the visitor, by name; of this event, not of its session.
             * @example Google
             */
            source: string | null;
            /**
             * Format: date-time
             * @description When it happened, UTC.
             * @example 2026-11-20T10:00:00.250Z
             */
            timestamp: string;
            /** @description The page's title. */
            title: string | null;
            /** @description The person, where the client said so. */
            user_id: string | null;
            /** @description `utm_campaign` */
            utm_campaign: string | null;
            /** @description `utm_content` */
            utm_content: string | null;
            /** @description `utm_medium` */
            utm_medium: string | null;
            /** @description `utm_source` of the page's URL. */
            utm_source: string | null;
            /** @description `utm_term` */
            utm_term: string | null;
            /**
             * @description Who did it, the person where one is known: 16 hexadecimal digits.
             * @example 9f86d081884c7d65
             */
            visitor_id: string;
        };
        /** @description Events. */
        EventDetails: {
            /** @description In the order asked for. */
            events: components["schemas"]["EventDetail"][];
        };
        /** @description An amount of money. */
        EventRevenue: {
            /**
             * Format: double
             * @description The exact amount, with up to six decimals; negative for a refund.
             * @example 9.99
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example EUR
             */
            currency: string;
        };
        /** @description A site's events. */
        EventSummary: {
            /** @description The most frequent types, up to 1,000. */
            by_type: components["schemas"]["TypeCount"][];
            /**
             * Format: int64
             * @description Those that happened within the last 24 hours.
             */
            last_24_hours: number;
            /**
             * Format: int64
             * @description All of them.
             */
            total_events: number;
        };
        /** @description Which events are wanted. */
        EventsQuery: {
            /** @description When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which, as in `POST /api/v2/query`: all of these must hold.
             * @example [
             *       [
             *         "is",
             *         "event:page",
             *         [
             *           "/pricing"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description The last first.
             * @default true
             */
            newest_first?: boolean | null;
            pagination?: components["schemas"]["ListPagination"] | null;
            /** @description Of this session only: 16 hexadecimal digits. */
            session_id?: string | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
            /** @description Of this visitor only: 16 hexadecimal digits. */
            visitor_id?: string | null;
        };
        /** @description `GET /events/recent` */
        EventsRecent: {
            /** @description How many there are here. */
            count: number;
            /** @description The events, newest first. */
            events: components["schemas"]["RecentEvent"][];
            /** @description The most that there could have been. */
            limit: number;
        };
        /** @description One value of the breakdown. */
        FunnelGroup: {
            /** @description One for each step. */
            steps: components["schemas"]["FunnelStep"][];
            /**
             * @description The value.
             * @example Google
             */
            value: string;
        };
        /** @description Which visitors of a funnel are listed. */
        FunnelPeopleRequest: {
            /** @description The most visitors; 100 where it is left out. */
            limit?: number | null;
            /**
             * @description `dropped`, whom the step counts so, or `converted`, all who reached it.
             * @example dropped
             */
            state: string;
            /**
             * @description The step, from 1.
             * @example 2
             */
            step: number;
        };
        /** @description One visitor. */
        FunnelPerson: {
            /**
             * Format: date-time
             * @description When they took it, UTC.
             */
            at: string;
            /** @description The last step they reached, from 1. */
            step: number;
            /**
             * @description The visitor's number, 16 hexadecimal digits.
             * @example 00000000000000ab
             */
            visitor: string;
        };
        /** @description What became of the visitors. */
        FunnelReport: {
            /**
             * @description A bound was reached: visitors with more events than are looked at, values that were not told apart, or medians
             *     of a part of the visitors.
             */
            approximate: boolean;
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /**
             * Format: double
             * @description Visitors of the last step in percent of those of the first, with two decimals; null where there are none.
             */
            conversion_rate: number | null;
            /** @description The first and the last second of the range, in the site's zone. */
            date_range: string[];
            /** @description The same for the values of the breakdown: the most visitors of the first step first. */
            groups: components["schemas"]["FunnelGroup"][];
            /** @description The same for all other values; null where there are none. */
            other: components["schemas"]["FunnelStep"][] | null;
            /** @description The visitors asked for, the latest last step first. */
            people: components["schemas"]["FunnelPerson"][];
            /** @description One for each step. */
            steps: components["schemas"]["FunnelStep"][];
        };
        /** @description A question about a funnel. */
        FunnelRequest: {
            breakdown?: components["schemas"]["ByDimension"] | null;
            /** @description When, as in `POST /api/v2/query`. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which events take part, as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description `loose`, where other events may lie between two steps, or `strict`, where none may. `loose` where it is left
             *     out.
             * @example loose
             */
            order?: string | null;
            people?: components["schemas"]["FunnelPeopleRequest"] | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
            /** @description What is to be done, in order: 2 to 10 of `{"filters": [...], "name": "..."}`; a name may be left out. */
            steps: components["schemas"]["FunnelStepRequest"][];
            window?: components["schemas"]["FunnelWindow"] | null;
        };
        /** @description One step. */
        FunnelStep: {
            /**
             * Format: int64
             * @description Visitors who reached the step before and not this one.
             */
            dropped: number;
            /**
             * Format: double
             * @description They in percent of those of the step before, with two decimals.
             */
            dropped_rate: number | null;
            /**
             * Format: double
             * @description The lower median of the time from the step before, in seconds with three decimals; null of the first step.
             */
            median_seconds: number | null;
            /**
             * @description Its name; `Step 2` where the request gives none.
             * @example Pricing
             */
            name: string;
            /**
             * Format: double
             * @description They in percent of those of the first step, with two decimals; null where that has none.
             */
            of_first: number | null;
            /**
             * Format: double
             * @description They in percent of those of the step before, with two decimals; of the first step its own.
             */
            of_previous: number | null;
            /**
             * Format: int64
             * @description Visitors who reached it.
             */
            visitors: number;
        };
        /** @description A step of a funnel. */
        FunnelStepRequest: {
            /**
             * @description What takes it: filters as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "event:page",
             *         [
             *           "/pricing"
             *         ]
             *       ]
             *     ]
             */
            filters: unknown[][];
            /**
             * @description Its name; `Step 1` and so on where it is left out.
             * @example Pricing
             */
            name?: string | null;
        };
        /**
         * @description `30m`, `1h`, `7d`, or a number of seconds.
         * @example 7d
         */
        FunnelWindow: string | number;
        /** @description A goal. */
        Goal: {
            /**
             * Format: date-time
             * @description When it was added, UTC.
             */
            created_at: string;
            /**
             * @description The currency of what it is worth.
             * @example EUR
             */
            currency: string | null;
            /**
             * @description The event's name, as events are kept under it. Of kind `event`.
             * @example purchase
             */
            event: string | null;
            /**
             * Format: int32
             * @description Stays when the goal is replaced, and is never another goal's.
             * @example 1
             */
            id: number;
            /**
             * @description `event`, `page` or `scroll`.
             * @example event
             */
            kind: string;
            /**
             * @description The name it is shown by.
             * @example Purchase
             */
            name: string;
            /**
             * @description The page's path. Of kinds `page` and `scroll`.
             * @example null
             */
            page: string | null;
            /**
             * Format: int32
             * @description The percentage. Of kind `scroll`.
             * @example null
             */
            percent: number | null;
            /**
             * Format: date-time
             * @description When it was last replaced, UTC.
             */
            updated_at: string;
        };
        /** @description A goal to add, or in place of another. */
        GoalDescription: {
            /**
             * @description ISO 4217: the goal is worth the revenue of its events.
             * @example EUR
             */
            currency?: string | null;
            /**
             * @description The event's name. Of kind `event`.
             * @example purchase
             */
            event?: string | null;
            /**
             * @description What reaches it: `event` (an event of this name), `page` (a view of such a page) or `scroll` (a page seen to a
             *     percentage of its height).
             * @example event
             */
            kind: string;
            /**
             * @description The name it is shown by, which no other goal of the site has: 1 to 120 characters.
             * @example Purchase
             */
            name: string;
            /**
             * @description The page's path; `*` stands for anything but a slash, `**` for anything. Of kinds `page` and `scroll`.
             * @example null
             */
            page?: string | null;
            /**
             * Format: int32
             * @description The percentage, 1 to 100. Of kind `scroll`.
             * @example null
             */
            percent?: number | null;
        };
        /** @description A site's goals. */
        GoalList: {
            /** @description By id. */
            goals: components["schemas"]["Goal"][];
        };
        /** @description `GET /healthz` */
        Health: {
            /**
             * @description Always `ok`.
             * @example ok
             */
            status: string;
        };
        /** @description `GET /metrics/hourly` */
        Hourly: {
            /** @description Every hour, oldest first. */
            buckets: components["schemas"]["Bucket"][];
            /** @description All of them together. */
            summary: components["schemas"]["HourlySummary"];
            /**
             * @description Always `24h`.
             * @example 24h
             */
            timeRange: string;
        };
        /** @description The hours together. */
        HourlySummary: {
            /**
             * Format: double
             * @description Events a second over the whole period, with two decimals.
             */
            events_per_second: number;
            /**
             * Format: int64
             * @description Events.
             */
            total_events: number;
        };
        /** @description What else an answer says. */
        Include: {
            comparisons?: components["schemas"]["Comparisons"] | null;
            /** @description The labels of all buckets in `meta.time_labels`, those without events too. Needs a time dimension. */
            time_labels?: boolean | null;
            /** @description The number of rows without the limit in `meta.total_rows`, up to 100,000. */
            total_rows?: boolean | null;
        };
        /** @description Which visits are the owner's own. */
        InternalTraffic: {
            /**
             * @description From these addresses or networks.
             * @example [
             *       "203.0.113.7",
             *       "2001:db8::/32"
             *     ]
             */
            addresses: string[];
            /**
             * @description On these hosts; `*.` stands for every host below.
             * @example [
             *       "*.preview.example.com"
             *     ]
             */
            hostnames: string[];
            /**
             * @description Of these paths; `*` is anything but a slash, `**` anything.
             * @example [
             *       "/admin/**"
             *     ]
             */
            paths: string[];
        };
        /** @description Where journeys begin: one of these. */
        JourneyAnchor: {
            /**
             * @description An event's name.
             * @example null
             */
            event?: string | null;
            /**
             * @description Filters as in `POST /api/v2/query`.
             * @example null
             */
            filters?: unknown[][] | null;
            /**
             * @description A page's path.
             * @example /pricing
             */
            page?: string | null;
        };
        /** @description Where sessions went. */
        JourneyReport: {
            /** @description There were more ways than are told apart: some sessions are in an `other` that belong to a branch. */
            approximate: boolean;
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The first and the last second of the range, in the site's zone. */
            date_range: string[];
            /** @description The sessions that have the anchor, or without one a station, and where they went. */
            start: components["schemas"]["Station"];
        };
        /** @description A question about journeys. */
        JourneyRequest: {
            anchor?: components["schemas"]["JourneyAnchor"] | null;
            /**
             * @description How many branches are named at each station, 1 to 20; 5 where it is left out.
             * @example 5
             */
            branches?: number | null;
            /** @description When, as in `POST /api/v2/query`. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description `after` or `before` the anchor; `after` where it is left out.
             * @example after
             */
            direction?: string | null;
            /**
             * @description Which events take part, as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description What the stations are: `pages`, or `events`, which has pages and the names of other events. `pages` where it is
             *     left out.
             * @example pages
             */
            of?: string | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
            /**
             * @description How many stations, 1 to 10; 4 where it is left out.
             * @example 4
             */
            steps?: number | null;
        };
        /** @description A key, without its secret. */
        Key: {
            /**
             * Format: date-time
             * @description When it was made, UTC.
             */
            created_at: string;
            /** @description The request is made with it. */
            current: boolean;
            /**
             * @description The beginning of its secret, to tell keys apart by.
             * @example mr_r_x7Kq
             */
            hint: string;
            /**
             * @description Its public name.
             * @example 6f1d2a0b9c3e
             */
            id: string;
            /**
             * @description What it allows: `write`, `read` or `admin`.
             * @example read
             */
            kind: string;
            /**
             * Format: date-time
             * @description When it was revoked, UTC.
             */
            revoked_at: string | null;
        };
        /** @description A key to make. */
        KeyDescription: {
            /**
             * @description What it allows: `write` sends events, `read` reads reports, `admin` also changes the site.
             * @example read
             */
            kind: string;
        };
        /** @description A site's keys. */
        KeyList: {
            /** @description Oldest first. */
            keys: components["schemas"]["Key"][];
        };
        /** @description The last 60 minutes. */
        LastHour: {
            /**
             * Format: double
             * @description Events a second, with two decimals.
             */
            events_per_second: number;
            /** @description The ten most frequent types. */
            top_events: components["schemas"]["TopEvent"][];
            /**
             * Format: int64
             * @description Events.
             */
            total_events: number;
            /**
             * Format: int64
             * @description Visitors.
             */
            unique_users: number;
        };
        /** @description Which rows of a list. */
        ListPagination: {
            /**
             * @description The most rows.
             * @default 100
             */
            limit?: number | null;
            /**
             * @description Rows to pass over first.
             * @default 0
             */
            offset?: number | null;
        };
        /** @description A value and how many there are of it. */
        LiveCount: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /**
             * @description The value.
             * @example /pricing
             */
            name: string;
        };
        /** @description An event that has arrived. */
        LiveEvent: {
            /** @description The country, where it is known. */
            country?: string | null;
            /** @description What was touched, where it was something. */
            element?: string | null;
            /** @description The client's own id, or the one it was given. */
            event_id: string;
            /**
             * @description Its name.
             * @example pageview
             */
            name: string;
            /** @description The properties, numbers with the digits they were sent with. */
            properties: Record<string, never>;
            revenue?: components["schemas"]["EventRevenue"] | null;
            /** @description The client's own session id, or the one it was given. */
            session_id: string;
            /** @description Who sent the visitor, where this event says so. */
            source?: string | null;
            /**
             * Format: date-time
             * @description When it happened, UTC.
             * @example 2026-11-20T10:00:00.250Z
             */
            timestamp: string;
            /**
             * @description The page's path.
             * @example /pricing
             */
            url: string | null;
            /** @description The person, where the client said so. */
            user_id: string | null;
        };
        /** @description A site's last five minutes. */
        LiveFigures: {
            /**
             * Format: int64
             * @description Visitors.
             */
            active_users: number;
            /**
             * Format: double
             * @description The mean duration, in seconds, of the events that have one; 0 where none has.
             */
            avg_duration: number;
            /**
             * Format: double
             * @description Events a minute.
             */
            events_per_min: number;
            /** @description The ten elements with the most events. */
            top_elements: components["schemas"]["ElementCount"][];
        };
        /** @description What happens on a site now. */
        LiveFiguresOfMinutes: {
            /**
             * Format: double
             * @description The mean duration, in seconds with two decimals, of the events that have one; 0 where none has.
             */
            avg_duration: number;
            /**
             * Format: int64
             * @description Distinct visitors of the last five minutes, whatever `minutes` is.
             */
            current_visitors: number;
            /**
             * Format: int64
             * @description Events.
             */
            events: number;
            /**
             * Format: double
             * @description Events a minute, with two decimals.
             */
            events_per_minute: number;
            /** @description The ten countries with the most visitors; `count` is these. */
            top_countries: components["schemas"]["LiveCount"][];
            /** @description The ten elements with the most events; `count` is these. */
            top_elements: components["schemas"]["LiveCount"][];
            /** @description The ten most frequent names of events; `count` is events. */
            top_events: components["schemas"]["LiveCount"][];
            /** @description The ten pages with the most page views; `count` is these. */
            top_pages: components["schemas"]["LiveCount"][];
            /** @description The ten sources of sessions with the most visitors; `count` is these. */
            top_sources: components["schemas"]["LiveCount"][];
            /**
             * Format: int64
             * @description Distinct visitors.
             */
            visitors: number;
        };
        /** @description A message of the live stream: told apart by `type`. */
        LiveMessage: {
            /**
             * @description Where to go on from, for a client that connects again.
             * @example 1.5f3a
             */
            cursor: string;
            /** @description The figures. */
            live: components["schemas"]["LiveMoment"];
            /** @enum {string} */
            type: "snapshot";
        } | {
            /** @description Where to go on from. */
            cursor: string;
            /** @description The figures. */
            live: components["schemas"]["LiveMoment"];
            /** @enum {string} */
            type: "tick";
        } | {
            /** @description Where to go on from. */
            cursor: string;
            /** @description At least one. */
            events: components["schemas"]["LiveEvent"][];
            /** @enum {string} */
            type: "events";
        };
        /** @description What happens on a site: the last five minutes up to now. */
        LiveMoment: {
            /**
             * Format: double
             * @description The mean duration, in seconds with two decimals, of the events that have one; 0 where none has.
             */
            avg_duration: number;
            /** @description 30 buckets of ten seconds, the current one last. */
            buckets: components["schemas"]["Bucket"][];
            /**
             * Format: int64
             * @description Distinct visitors.
             */
            current_visitors: number;
            /**
             * Format: double
             * @description Events a minute, with two decimals.
             */
            events_per_minute: number;
            /** @description The ten countries with the most visitors; `count` is these. */
            top_countries: components["schemas"]["LiveCount"][];
            /** @description The ten elements with the most events; `count` is these. */
            top_elements: components["schemas"]["LiveCount"][];
            /** @description The ten pages with the most page views; `count` is these. */
            top_pages: components["schemas"]["LiveCount"][];
            /** @description The ten sources of sessions with the most visitors; `count` is these. */
            top_sources: components["schemas"]["LiveCount"][];
        };
        /** @description A metric's value, where it has one. */
        MetricValue: number | components["schemas"]["Amount"];
        /** @description Why a metric is null. */
        MetricWarning: {
            /**
             * @description The stable word.
             * @example several_currencies
             */
            code: string;
            /** @description Why, for people. */
            warning: string;
        };
        /** @description `GET /metrics/summary` */
        MetricsSummary: {
            /** @description The last 60 minutes. */
            last_hour: components["schemas"]["LastHour"];
        };
        /** @description A key that was just made. */
        NewKey: {
            /**
             * Format: date-time
             * @description When it was made, UTC.
             */
            created_at: string;
            /**
             * @description Its public name.
             * @example 6f1d2a0b9c3e
             */
            id: string;
            /**
             * @description What it allows: `write`, `read` or `admin`.
             * @example read
             */
            kind: string;
            /** @description What opens the site. It is not shown again. */
            secret: string;
        };
        /** @description A part that does not do its work yet, or any more. */
        NotReady: {
            /**
             * @description The part, such as `queue`.
             * @example worker
             */
            part: string;
            /**
             * @description What keeps it, for people; no internals, since anyone may read it.
             * @example replaying: 120000 records behind
             */
            reason: string;
        };
        /** @description A change in what is sent. */
        ObservedDrift: {
            /**
             * Format: date-time
             * @description The first time of what is new, the last of what is gone, UTC.
             */
            at: string;
            /**
             * @description `type_changed`, `vanished` or `appeared`.
             * @example type_changed
             */
            change: string;
            /** @description Of `type_changed`, the first type. */
            from: string | null;
            /** @description The property. */
            property: string;
            sample: components["schemas"]["ScalarValue"] | null;
            /** @description Of `type_changed`, the new one. */
            to: string | null;
        };
        /** @description Events of one name. */
        ObservedEvent: components["schemas"]["Occurrence"] & {
            /** @description What changed, the latest change first. */
            drift: components["schemas"]["ObservedDrift"][];
            /** @description `observe`, `warn` or `reject`, where a schema is declared. */
            mode: string | null;
            /**
             * @description Their name.
             * @example purchase
             */
            name: string;
            /** @description By name. */
            properties: components["schemas"]["ObservedProperty"][];
            /**
             * Format: int64
             * @description How many of them violate the declared schema, whenever that was declared.
             */
            violating: number;
            /** @description How, by property. */
            violations: components["schemas"]["ObservedViolation"][];
        };
        /** @description A property. */
        ObservedProperty: components["schemas"]["Occurrence"] & {
            /**
             * Format: int64
             * @description How many different values it had.
             */
            cardinality: number;
            /**
             * Format: double
             * @description The standard error of that number, as a share of it: 0 up to 1,024 values, which are counted, else 0.031.
             */
            cardinality_error: number;
            /**
             * Format: double
             * @description The largest number, as it was sent.
             */
            maximum: number | null;
            /**
             * Format: double
             * @description The smallest number, as it was sent.
             */
            minimum: number | null;
            /**
             * @description Its flat name.
             * @example customer.plan
             */
            name: string;
            /** @description The types it had, the first to be seen first. */
            types: components["schemas"]["ObservedType"][];
            /** @description Its most frequent values, up to 10, each cut to 100 characters. */
            values: components["schemas"]["ObservedValue"][];
            /** @description All values were counted; of a property with more than 100 the counts may be too low. */
            values_exact: boolean;
        };
        /** @description What a site's events look like. */
        ObservedSchema: {
            /** @description The most frequent first. */
            events: components["schemas"]["ObservedEvent"][];
            period: components["schemas"]["PeriodBounds"] | null;
            /** @description The site. */
            site_id: string;
            /** @description There are more names (500) or properties (200 a name, 2,000 in all) than are listed. */
            truncated: boolean;
        };
        /** @description A type that a property had. */
        ObservedType: components["schemas"]["Occurrence"] & {
            /** @description `string`, `integer`, `number` (with a fraction), `boolean`, or `array`. */
            type: string;
        };
        /** @description A value that a property had. */
        ObservedValue: {
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            /** @description A string, a number or a boolean. */
            value: components["schemas"]["ScalarValue"];
        };
        /** @description A way in which events violate their schema. */
        ObservedViolation: components["schemas"]["Occurrence"] & {
            /**
             * @description What would be right.
             * @example properties.price must be at least 0
             */
            message: string;
            /**
             * @description The keyword of the schema.
             * @example minimum
             */
            problem: string;
            /** @description The property. */
            property: string;
            sample: components["schemas"]["ScalarValue"] | null;
        };
        /** @description How often something occurred, first and last. */
        Occurrence: {
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            /**
             * Format: date-time
             * @description The first time, UTC.
             */
            first_seen: string;
            /**
             * Format: date-time
             * @description The last time, UTC.
             */
            last_seen: string;
        };
        /** @description A session and its events. */
        OneSession: {
            /** @description Its events of the period, the first first. */
            events: components["schemas"]["EventDetail"][];
            /** @description The session. */
            session: components["schemas"]["Session"];
            /** @description Whether it has more than these 1,000. */
            truncated: boolean;
        };
        /** @description A visitor and their events. */
        OneVisitor: {
            /** @description Their events of the period, the first first. */
            events: components["schemas"]["EventDetail"][];
            /** @description Whether there are more than these 1,000. */
            truncated: boolean;
            /** @description The visitor. */
            visitor: components["schemas"]["Visitor"];
        };
        /** @description A page's views. */
        PageCount: {
            /**
             * Format: int64
             * @description Its page views.
             */
            count: number;
            /**
             * @description Its path.
             * @example /pricing
             */
            page_url: string;
        };
        /** @description Which rows. */
        Pagination: {
            /** @description The most rows; 10,000 where it is left out. */
            limit?: number | null;
            /** @description Rows to pass over first. */
            offset?: number | null;
        };
        /** @description Events that pass. */
        Passing: {
            /**
             * @description Filters as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "event:name",
             *         [
             *           "signup"
             *         ]
             *       ]
             *     ]
             */
            filters: unknown[][];
        };
        /** @description A path's views. */
        PathViews: {
            /**
             * @description The path.
             * @example /pricing
             */
            path: string;
            /**
             * Format: int64
             * @description Its page views.
             */
            views: number;
        };
        /** @description Which time an answer is about. */
        PeriodBounds: {
            /**
             * Format: date-time
             * @description The first instant, UTC.
             */
            from: string;
            /**
             * Format: date-time
             * @description The first instant after it, UTC.
             */
            to: string;
        };
        /** @description The state of the process. */
        Pipeline: {
            /**
             * Format: date-time
             * @description Now, UTC.
             */
            at: string;
            /** @description What is well and what is not. */
            checks: components["schemas"]["PipelineCheck"][];
            disk: components["schemas"]["PipelineDisk"] | null;
            /** @description The last ten minutes. */
            history: components["schemas"]["PipelineHistory"];
            /** @description The queue. */
            queue: components["schemas"]["PipelineQueue"];
            /**
             * @description What it does: `ingest`, `worker`, `api`.
             * @example [
             *       "ingest",
             *       "worker",
             *       "api"
             *     ]
             */
            roles: string[];
            /**
             * Format: date-time
             * @description When the process started, UTC.
             */
            started_at: string;
            /** @description The store. */
            store: components["schemas"]["PipelineStore"];
            /** @description What became of events since the process started. */
            totals: components["schemas"]["PipelineTotals"];
        };
        /** @description What is well or not. */
        PipelineCheck: {
            /** @description What is the matter, for people. */
            message: string;
            /**
             * @description `queue`, `store`, `worker`, `catalog` or `disk`.
             * @example queue
             */
            part: string;
            /**
             * @description `ok`, `warning` or `failed`.
             * @example ok
             */
            status: string;
        };
        /** @description The disk of the data directory. */
        PipelineDisk: {
            /**
             * Format: int64
             * @description Bytes of Millrace's own files there.
             */
            data_bytes: number | null;
            /**
             * Format: int64
             * @description Bytes that are free for it.
             */
            free_bytes: number | null;
            /**
             * Format: int64
             * @description Bytes of the whole disk.
             */
            total_bytes: number | null;
        };
        /** @description The last ten minutes. */
        PipelineHistory: {
            /**
             * Format: int64
             * @description Seconds between two points.
             * @example 5
             */
            interval_seconds: number;
            /** @description Oldest first. */
            points: components["schemas"]["PipelinePoint"][];
        };
        /** @description What was done between the point before and this one, a second. */
        PipelinePoint: {
            /**
             * Format: double
             * @description Events taken a second.
             */
            accepted: number;
            /**
             * Format: date-time
             * @description The end of it, UTC.
             */
            at: string;
            /**
             * Format: double
             * @description Events not counted a second.
             */
            discarded: number;
            /**
             * Format: int64
             * @description Records that waited at this moment.
             */
            lag_records: number | null;
            /**
             * Format: double
             * @description How old the oldest of them was.
             */
            lag_seconds: number | null;
            /**
             * Format: double
             * @description Events refused a second.
             */
            rejected: number;
            /**
             * Format: double
             * @description Events stored a second.
             */
            stored: number;
        };
        /** @description The queue. */
        PipelineQueue: {
            /**
             * Format: int64
             * @description Bytes on disk.
             */
            bytes: number | null;
            /**
             * Format: int64
             * @description Records that could not be processed, and are kept.
             */
            dead_letters: number | null;
            /**
             * @description `disk`, `redis`, or `none` where nothing is kept.
             * @example disk
             */
            kind: string;
            /**
             * Format: int64
             * @description Records that are appended and not yet stored durably: those of the store's tail, which reports see already, are
             *     among them.
             */
            lag_records: number | null;
            /**
             * Format: double
             * @description How old the oldest of them is.
             */
            lag_seconds: number | null;
            /**
             * Format: int64
             * @description Files.
             */
            segments: number | null;
        };
        /** @description The store. */
        PipelineStore: {
            /**
             * @description `lake` or `postgres`.
             * @example lake
             */
            kind: string;
            /**
             * Format: int64
             * @description Their bytes.
             */
            segment_bytes: number | null;
            /**
             * Format: int64
             * @description Events in them.
             */
            segment_rows: number | null;
            /**
             * Format: int64
             * @description Files of events.
             */
            segments: number | null;
            /**
             * Format: int64
             * @description Events in memory that reports see already.
             */
            tail_rows: number | null;
        };
        /** @description What became of events since the process started. */
        PipelineTotals: {
            /**
             * Format: int64
             * @description Taken, and durable on the queue.
             */
            accepted: number;
            /**
             * Format: int64
             * @description Records that could not be processed.
             */
            dead_letters: number;
            /** @description Deliberately not counted, by reason, most first. */
            discarded: components["schemas"]["ReasonCount"][];
            /** @description Refused when they were sent, by the stable code of the reason, most first. */
            rejected: components["schemas"]["CodeCount"][];
            /**
             * Format: int64
             * @description Brought into the store.
             */
            stored: number;
        };
        /** @description A bucket. */
        Point: {
            /**
             * Format: int64
             * @description Its events.
             */
            count: number;
            /**
             * Format: date-time
             * @description Its first instant, UTC.
             * @example 2026-11-20T10:00:00Z
             */
            time: string;
        };
        /** @description The answer to a question. */
        QueryAnswer: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /**
             * @description `as_of`, the instant of asking; `time_labels` and `total_rows` where they are asked for;
             *     `comparison_date_range`; `metric_warnings`, which say why a metric is null.
             */
            meta: components["schemas"]["QueryMeta"];
            /** @description The question as it was answered, defaults written out, the range as two instants. */
            query: components["schemas"]["QueryEcho"];
            /**
             * @description A row for each group: `metrics` and `dimensions` in the order asked for, and `comparison` where one is asked
             *     for, with the other period's `metrics` and `dimensions`, and the `change` of each metric. Durations are seconds,
             *     rates percent; an amount is an object with `value` and `currency`.
             */
            results: components["schemas"]["QueryRow"][];
        };
        /** @description A question as it was answered, defaults written out. */
        QueryEcho: {
            /** @description The first and the last instant. */
            date_range: string[];
            /** @description What is grouped by. */
            dimensions: string[];
            /** @description The filters. */
            filters: unknown[][];
            /** @description What else was asked for. */
            include: {
                [key: string]: unknown;
            };
            /** @description The numbers. */
            metrics: string[];
            /** @description Pairs of a metric or dimension, and `asc` or `desc`. */
            order_by: string[][];
            /** @description Which rows. */
            pagination: components["schemas"]["Pagination"];
            /**
             * @description The site.
             * @example demo
             */
            site_id: string;
        };
        /** @description What an answer says beside its rows. */
        QueryMeta: {
            /**
             * Format: date-time
             * @description The instant of asking, in the site's zone.
             */
            as_of: string;
            /** @description The first and the last instant of the period that is compared with, where one is asked for. */
            comparison_date_range?: string[] | null;
            /** @description Always false, where it is asked for: nothing is imported from elsewhere. */
            imports_included?: boolean | null;
            /** @description Why a metric is null though there is something to count, by metric. */
            metric_warnings?: {
                [key: string]: components["schemas"]["MetricWarning"];
            } | null;
            /** @description The labels of all buckets, where they are asked for. */
            time_labels?: string[] | null;
            /**
             * Format: int64
             * @description The number of rows without the limit, where it is asked for.
             */
            total_rows?: number | null;
        };
        /** @description A question. */
        QueryRequest: {
            /**
             * @description When, in the site's zone: `day`, `yesterday`, `24h`, `7d`, `28d`, `30d`, `91d`, `month`, `6mo`, `12mo`, `year`,
             *     `all`, `realtime`, or a pair of dates or instants, both included.
             */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description What to group by, up to 8: `event:name`, `event:page`, `event:hostname`, `event:element`, `event:goal`,
             *     `event:props:<key>`, `visit:source` and others of the session, `time`, `time:day` and other intervals.
             * @example [
             *       "visit:source"
             *     ]
             */
            dimensions?: string[] | null;
            /**
             * @description Filters that all hold: `["is", "event:page", ["/"]]`, `["and", [...]]`, `["not", ...]`, `["has_done", ...]`,
             *     `["is", "segment", [1]]`.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            include?: components["schemas"]["Include"] | null;
            /**
             * @description The numbers wanted, 1 to 30: `visitors`, `visits`, `pageviews`, `views_per_visit`, `bounce_rate`,
             *     `visit_duration`, `events`, `scroll_depth`, `time_on_page`, `percentage`, `conversion_rate`,
             *     `group_conversion_rate`, `average_revenue`, `total_revenue`, `events_per_minute`, `avg_duration`, and `sum`,
             *     `avg`, `min`, `max`, `p50`, `p95`, `p99` of a property: `sum(event:props:size)`.
             * @example [
             *       "visitors",
             *       "bounce_rate"
             *     ]
             */
            metrics: string[];
            /**
             * @description Pairs of a metric or dimension that is asked for, and `asc` or `desc`.
             * @example [
             *       [
             *         "visitors",
             *         "desc"
             *       ]
             *     ]
             */
            order_by?: string[][] | null;
            pagination?: components["schemas"]["Pagination"] | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
        /** @description A group. */
        QueryRow: {
            comparison?: components["schemas"]["ComparedRow"] | null;
            /**
             * @description In the order asked for.
             * @example [
             *       "Google"
             *     ]
             */
            dimensions: string[];
            /**
             * @description In the order asked for: numbers, durations in seconds, rates in percent; null where there is none. An amount is
             *     an object with `value`, `currency`, `short` and `long`.
             * @example [
             *       120,
             *       41
             *     ]
             */
            metrics: (components["schemas"]["MetricValue"] | null)[];
        };
        /** @description `GET /readyz` */
        Ready: {
            /** @description Every part that does not do its work; empty when ready. */
            reasons: components["schemas"]["NotReady"][];
            /**
             * @description `ready` or `not_ready`.
             * @example not_ready
             */
            status: string;
        };
        /** @description `GET /metrics/realtime` */
        Realtime: {
            /** @description Every ten seconds, oldest first. */
            buckets: components["schemas"]["Bucket"][];
            /** @description All of them together. */
            summary: components["schemas"]["RealtimeSummary"];
            /**
             * @description Always `5m`.
             * @example 5m
             */
            timeRange: string;
        };
        /** @description The buckets together. */
        RealtimeSummary: {
            /**
             * Format: double
             * @description Events a second over the whole period, with two decimals.
             */
            eventsPerSecond: number;
            /**
             * Format: int64
             * @description Events.
             */
            total_events: number;
        };
        /** @description Events of one reason. */
        ReasonCount: {
            /**
             * Format: int64
             * @description Events.
             */
            count: number;
            /**
             * @description The stable word.
             * @example robot
             */
            reason: string;
        };
        /** @description One event. */
        RecentEvent: {
            /** @description The client's own id, or the one it was given. */
            event_id: string;
            /**
             * @description Its name.
             * @example pageview
             */
            event_type: string;
            /** @description The properties, numbers with the digits they were sent with. */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * @description The page's path.
             * @example /pricing
             */
            page_url: string | null;
            /** @description The client's own session id, or the one it was given. */
            session_id: string;
            /**
             * Format: date-time
             * @description When it happened, UTC.
             * @example 2026-11-20T10:00:00.250Z
             */
            timestamp: string;
            /** @description The person, where the client said so. */
            user_id: string | null;
        };
        /** @description An event that was refused when it was sent. */
        Reject: {
            /**
             * Format: date-time
             * @description When the request arrived, UTC.
             */
            at: string;
            /**
             * @description Why: a stable word.
             * @example name_missing
             */
            code: string;
            /**
             * @description The field at fault.
             * @example name
             */
            field: string | null;
            /** @description Why, for people. */
            message: string;
            /** @description The event as it was sent, cut to 4 KiB, without addresses and keys. */
            sample: string;
        };
        /** @description A site's rejected events. */
        Rejects: {
            /** @description Whether this process keeps copies: only then does an empty list mean that there are none. */
            kept: boolean;
            /** @description Newest first. */
            rejects: components["schemas"]["Reject"][];
        };
        /** @description Which held events; all that are judged again where every field is left out. */
        ReplayRequest: {
            /**
             * @description With this detail.
             * @default null
             */
            detail?: string | null;
            /**
             * Format: date-time
             * @description That arrived at this instant or later, RFC 3339.
             * @default null
             */
            from?: string | null;
            /**
             * @description Of this reason.
             * @default null
             * @example robot
             */
            reason?: string | null;
            /**
             * Format: date-time
             * @description That arrived before this.
             * @default null
             */
            to?: string | null;
        };
        /** @description What was put back. */
        Replayed: {
            /**
             * Format: int64
             * @description Events.
             */
            replayed: number;
        };
        /** @description Who came back. */
        RetentionReport: {
            /** @description All visitors. */
            all: components["schemas"]["CohortTable"];
            /** @description A bound was reached: values were not told apart. What is said of all visitors is exact. */
            approximate: boolean;
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The first and the last second of the range, in the site's zone. */
            date_range: string[];
            /** @description The same for the values of the breakdown: the most visitors first. */
            groups: components["schemas"]["CohortGroup"][];
            /**
             * @description `day`, `week` or `month`.
             * @example week
             */
            interval: string;
            other: components["schemas"]["CohortTable"] | null;
        };
        /** @description A question about retention. */
        RetentionRequest: {
            again?: components["schemas"]["Passing"] | null;
            breakdown?: components["schemas"]["ByDimension"] | null;
            /** @description When visitors start, and until when they may return, as in `POST /api/v2/query`. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which events take part, as in `POST /api/v2/query`.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            /**
             * @description `day`, `week` or `month`; `week` where it is left out.
             * @example week
             */
            interval?: string | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
            start?: components["schemas"]["Passing"] | null;
        };
        /** @description Visitors who came back. */
        Returned: {
            /**
             * Format: int64
             * @description Of how many.
             */
            of: number;
            /**
             * Format: double
             * @description In percent, with two decimals; null where there are none they could be of.
             */
            rate: number | null;
            /**
             * Format: int64
             * @description How many.
             */
            visitors: number;
        };
        /** @description A JSON value that is no list and no object. */
        ScalarValue: string | number | boolean;
        /** @description What to declare of an event. */
        SchemaDeclaration: {
            /**
             * @description What becomes of events that violate it: `observe` (nothing), `warn` (counted) or `reject`.
             * @example warn
             */
            mode: string;
            /**
             * @description A subset of JSON Schema for the event's properties.
             * @example {
             *       "properties": {
             *         "price": {
             *           "minimum": 0,
             *           "type": "number"
             *         }
             *       },
             *       "required": [
             *         "price"
             *       ]
             *     }
             */
            schema: {
                [key: string]: unknown;
            };
        };
        /** @description Every declared schema of a site. */
        SchemaList: {
            /** @description By name. */
            schemas: components["schemas"]["DeclaredSchema"][];
        };
        /** @description Where the browser script is for this site alone. */
        ScriptPaths: {
            /**
             * @description The path that it sends events to.
             * @example /m/e
             */
            events_path?: string | null;
            /**
             * @description The path of the script.
             * @example /m/x7.js
             */
            path?: string | null;
        };
        /** @description A segment. */
        Segment: {
            /**
             * Format: date-time
             * @description When it was added, UTC.
             */
            created_at: string;
            /**
             * @description The filters, as they were given.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters: unknown[][];
            /**
             * Format: int32
             * @description What queries name it by. It stays when the segment is replaced, and is never another segment's.
             * @example 1
             */
            id: number;
            /**
             * @description The name it is shown by.
             * @example Germany
             */
            name: string;
            /**
             * Format: date-time
             * @description When it was last replaced, UTC.
             */
            updated_at: string;
        };
        /** @description A segment to add, or in place of another. */
        SegmentDescription: {
            /**
             * @description The filters, as a query has them: up to 20,000 bytes.
             * @example [
             *       [
             *         "is",
             *         "visit:country",
             *         [
             *           "DE"
             *         ]
             *       ]
             *     ]
             */
            filters: unknown[][];
            /**
             * @description The name it is shown by, which no other segment of the site has: 1 to 120 characters.
             * @example Germany
             */
            name: string;
        };
        /** @description A site's segments. */
        SegmentList: {
            /** @description By id. */
            segments: components["schemas"]["Segment"][];
        };
        /** @description Events over time. */
        Series: {
            /** @description The buckets, oldest first. */
            data: components["schemas"]["Point"][];
            /**
             * @description The width of a bucket: `hour` or `day`.
             * @example hour
             */
            interval: string;
            /**
             * @description The range asked for.
             * @example 24h
             */
            range: string;
        };
        /** @description A session. */
        Session: {
            /** @description Whether the visitor did nothing but look at one page: at most one of its events is interactive. */
            bounce: boolean;
            /**
             * Format: double
             * @description Seconds from the first to the last event.
             * @example 42.5
             */
            duration: number;
            /**
             * Format: date-time
             * @description Its last event, UTC.
             */
            end: string;
            /**
             * Format: int64
             * @description Its events.
             */
            events: number;
            /**
             * Format: int64
             * @description Its page views.
             */
            pageviews: number;
            /**
             * @description Its id: 16 hexadecimal digits.
             * @example 2c26b46b68ffc68f
             */
            session_id: string;
            /**
             * Format: date-time
             * @description Its first event, UTC.
             */
            start: string;
            /** @description The person, where the client said so at its beginning. */
            user_id: string | null;
            /**
             * @description Its visitor: 16 hexadecimal digits.
             * @example 9f86d081884c7d65
             */
            visitor_id: string;
        } & {
            [key: string]: string | null;
        };
        /** @description Sessions. */
        SessionRows: {
            /** @description In order. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description Which sessions are wanted. */
        SessionsQuery: {
            /** @description When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which, as in `POST /api/v2/query`: all of these must hold.
             * @example [
             *       [
             *         "is",
             *         "visit:source",
             *         [
             *           "Google"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            pagination?: components["schemas"]["ListPagination"] | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
        /** @description A site. */
        Site: {
            /**
             * Format: date-time
             * @description When it was added, UTC.
             */
            created_at: string;
            /**
             * @description Its id.
             * @example demo
             */
            id: string;
            /** @description Anybody may read its reports. */
            public: boolean;
            /** @description Events are taken with a key only. */
            require_key: boolean;
            /**
             * @description The IANA zone its days are cut in.
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /** @description What is to change; what is left out stays. */
        SiteChange: {
            /** @description Anybody may read its reports. */
            public?: boolean | null;
            /** @description Events are taken with a key only. */
            require_key?: boolean | null;
            /**
             * @description The IANA zone its days are cut in.
             * @example Europe/Berlin
             */
            timezone?: string | null;
        };
        /** @description A site, with what the caller may do with it. */
        SiteDescription: {
            /**
             * @description What the key that came along opens: `public` (nothing more than without one), `read` or `admin`.
             * @example admin
             */
            access: string;
            /**
             * Format: date-time
             * @description When it was added, UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its first event happened, UTC; nothing before one has arrived.
             */
            first_event_at: string | null;
            /**
             * @description Its id.
             * @example demo
             */
            id: string;
            /**
             * Format: date-time
             * @description When its last event happened, UTC.
             */
            last_event_at: string | null;
            /** @description Anybody may read its reports. */
            public: boolean;
            /** @description Events are taken with a key only. */
            require_key: boolean;
            /**
             * @description The IANA zone its days are cut in.
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /** @description The sites that the caller may read. */
        SiteList: {
            /** @description By id. */
            sites: components["schemas"]["Site"][];
        };
        /** @description A site's settings: [`SiteSettings`] as the description has them. */
        SiteSettings: {
            /**
             * @description What becomes of events from data centres, where the server has a list of their addresses.
             * @example discard
             */
            data_centers: string;
            /** @description The owner's own visits, which are discarded. */
            internal: components["schemas"]["InternalTraffic"];
            /**
             * @description What becomes of events that robots send: `discard` or `keep`.
             * @example discard
             */
            robots: string;
            /** @description Where the browser script is for this site alone. */
            script: components["schemas"]["ScriptPaths"];
            /** @description How pages are written. */
            urls: components["schemas"]["UrlRules"];
        };
        /** @description The answer to a statement. */
        SqlRows: {
            /**
             * @description Names of the columns.
             * @example [
             *       "name",
             *       "events"
             *     ]
             */
            columns: string[];
            /**
             * @description Rows: a value for each column. Null, a truth value, a number with all of its digits, or a text; of any other
             *     type its text. Instants are RFC 3339.
             * @example [
             *       [
             *         "pageview",
             *         42
             *       ]
             *     ]
             */
            rows: (components["schemas"]["ScalarValue"] | null)[][];
            /** @description Whether there were more rows. */
            truncated: boolean;
        };
        /** @description A statement. */
        Statement: {
            /**
             * @description The most rows; further ones are left out.
             * @default 1000
             */
            limit?: number | null;
            /**
             * @description One SELECT, up to 20,000 bytes.
             * @example SELECT name, count(*) AS events FROM events GROUP BY name ORDER BY events DESC
             */
            query: string;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
        /** @description Sessions that went the same way so far. Each is in one of `branches`, `other` and `ended`. */
        Station: {
            /** @description Where they went: the most sessions first. None at the last step. */
            branches: components["schemas"]["Station"][];
            /**
             * Format: int64
             * @description Sessions that went no further.
             */
            ended: number;
            /**
             * @description The path or the event's name; null of the start.
             * @example /pricing
             */
            name: string | null;
            /**
             * Format: int64
             * @description Sessions that went elsewhere; at the last step all that went on.
             */
            other: number;
            /**
             * Format: int64
             * @description How many.
             */
            sessions: number;
        };
        /** @description A site's figures. */
        Stats: {
            /**
             * Format: date
             * @description The day; null where the figures are of everything.
             * @example 2026-11-20
             */
            date: string | null;
            /**
             * @description The site.
             * @example demo
             */
            site_id: string;
            /** @description The paths with the most views, ties by path. */
            top_paths: components["schemas"]["PathViews"][];
            /**
             * Format: int64
             * @description Page views.
             */
            total_views: number;
            /**
             * Format: int64
             * @description Visitors.
             */
            unique_users: number;
        };
        /** @description `GET /analytics/timeseries` */
        Timeseries: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The series. */
            result: components["schemas"]["Series"];
        };
        /** @description A type's events. */
        TopEvent: {
            /**
             * Format: int64
             * @description Its events.
             */
            count: number;
            /**
             * @description The event's name.
             * @example pageview
             */
            type: string;
        };
        /** @description `GET /analytics/top-pages` */
        TopPages: {
            /** @description Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise. */
            cached: boolean;
            /** @description The pages. */
            pages: components["schemas"]["PageCount"][];
        };
        /** @description A type's events. */
        TypeCount: {
            /**
             * Format: int64
             * @description Its events.
             */
            count: number;
            /**
             * @description The event's name.
             * @example pageview
             */
            event_type: string;
        };
        /** @description How pages are written, so that one page has one name. */
        UrlRules: {
            /** @description `www.example.com` stays apart from `example.com`. */
            keep_www: boolean;
            /** @description Further hosts of the site: coming from them is not coming from elsewhere. */
            own_hosts: string[];
            /**
             * @description Query parameters that are part of a page's name; all others are left out.
             * @example [
             *       "q"
             *     ]
             */
            query: string[];
            /** @description `/pricing/` becomes `/pricing`. */
            strip_trailing_slash: boolean;
        };
        /** @description A visitor, by the events asked for. */
        Visitor: {
            /**
             * Format: int64
             * @description Events.
             */
            events: number;
            /**
             * Format: date-time
             * @description The first event, UTC.
             */
            first: string;
            /**
             * Format: date-time
             * @description The last event, UTC.
             */
            last: string;
            /**
             * Format: int64
             * @description Page views.
             */
            pageviews: number;
            /**
             * Format: int64
             * @description Sessions.
             */
            sessions: number;
            /** @description The person, where the client said so; of several the last by their bytes. */
            user_id: string | null;
            /**
             * @description The visitor's id, the person's where one is known: 16 hexadecimal digits.
             * @example 9f86d081884c7d65
             */
            visitor_id: string;
        };
        /** @description Visitors. */
        VisitorRows: {
            /** @description In order. */
            visitors: components["schemas"]["Visitor"][];
        };
        /** @description Which visitors are wanted. */
        VisitorsQuery: {
            /** @description When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants. */
            date_range: components["schemas"]["DateRange"];
            /**
             * @description Which, as in `POST /api/v2/query`: all of these must hold.
             * @example [
             *       [
             *         "is",
             *         "event:name",
             *         [
             *           "purchase"
             *         ]
             *       ]
             *     ]
             */
            filters?: unknown[][] | null;
            pagination?: components["schemas"]["ListPagination"] | null;
            /**
             * @description The site. May be left out where the key decides it or there is only one.
             * @example demo
             */
            site_id?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export interface operations {
    analytics_recent: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsRecent"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    summary: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsSummary"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    timeseries: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description How far back, the current hour or day included. */
                range?: "24h" | "7d" | "30d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The series, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeseries"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    top_pages: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pages, most views first, ties by path. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopPages"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    activity: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivityRequest"];
            };
        };
        responses: {
            /** @description The week. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityWeek"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    engagement: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EngagementRequest"];
            };
        };
        responses: {
            /** @description The days. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveVisitors"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    query_events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventsQuery"];
            };
        };
        responses: {
            /** @description The events, in order of happening; of one instant, of arrival. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventDetails"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    export_events: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description When: a word such as `day`, `7d`, `month` or `all`, or two days or instants with a comma between, both included (`2026-11-01,2026-11-20`), in the site's zone. */
                date_range?: string;
                /** @description In the place of `date_range`: the first day or instant. */
                from?: string;
                /** @description With `from`: the last day or instant, included. */
                to?: string;
                /** @description Filters as `POST /api/v2/query` has them, as JSON: all of these must hold. */
                filters?: string;
                /** @description How the answer is written. */
                format?: "ndjson" | "csv" | "parquet";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as a file: a JSON object a line, as `POST /api/events` takes them; or CSV, names of the columns first; or Parquet. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.parquet": number[];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Two exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    funnel: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FunnelRequest"];
            };
        };
        responses: {
            /** @description The steps. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FunnelReport"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    journeys: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JourneyRequest"];
            };
        };
        responses: {
            /** @description The ways. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JourneyReport"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description The cursor of the last message that came, to go on after it; from now where it is left out. */
                cursor?: string;
                /** @description Filters as `POST /api/v2/query` has them, as JSON: all of these must hold. */
                filters?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, each JSON in a text frame. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveMessage"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A page of another host asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description This is no WebSocket. */
            426: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    live_events: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description The cursor of the last message that came, to go on after it; from now where it is left out. */
                cursor?: string;
                /** @description Filters as `POST /api/v2/query` has them, as JSON: all of these must hold. */
                filters?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, without end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveMessage"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    live_figures: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description How many minutes back, up to this instant. */
                minutes?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveFiguresOfMinutes"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_pipeline: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state of this moment, and of ten minutes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    retention: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetentionRequest"];
            };
        };
        responses: {
            /** @description The cohorts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionReport"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    query_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionsQuery"];
            };
        };
        responses: {
            /** @description The sessions, the latest start first, ties by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionRows"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_session: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description When: a word such as `day`, `7d`, `month` or `all`, or two days or instants with a comma between, both included (`2026-11-01,2026-11-20`), in the site's zone. */
                date_range?: string;
            };
            header?: never;
            path: {
                /** @description The session's id: 16 hexadecimal digits. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session and its events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneSession"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_sites: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sites, by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteList"];
                };
            };
        };
    };
    read_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The site. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDescription"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    change_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteChange"];
            };
        };
        responses: {
            /** @description The site as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDescription"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_annotations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The annotations, by their instant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnnotationList"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    add_annotation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnnotationDescription"];
            };
        };
        responses: {
            /** @description The annotation. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replace_annotation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The annotation's id. */
                annotation: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnnotationDescription"];
            };
        };
        responses: {
            /** @description The annotation as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_annotation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The annotation's id. */
                annotation: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The annotation is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_dead_letters: {
        parameters: {
            query?: {
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The site's dead letters, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetters"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_discards: {
        parameters: {
            query?: {
                /** @description How many hours or days back, the current hour included. */
                period?: "24h" | "7d" | "30d";
            };
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reasons, most events first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discards"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replay_discards: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description They are on the queue. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_goals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The goals, by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GoalList"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    add_goal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GoalDescription"];
            };
        };
        responses: {
            /** @description The goal. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goal"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another goal has the name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replace_goal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The goal's id. */
                goal: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GoalDescription"];
            };
        };
        responses: {
            /** @description The goal as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goal"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another goal has the name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_goal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The goal's id. */
                goal: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The goal is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    add_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyDescription"];
            };
        };
        responses: {
            /** @description The key, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The key's id. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request is made with this key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_rejects: {
        parameters: {
            query?: {
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The site's rejected events, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rejects"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_observed_schema: {
        parameters: {
            query?: {
                /** @description The last hours (`24h`) or days (`30d`), the current one included; `all`; or the days from one to another, both included (`2026-11-01/2026-11-20`), in the site's zone. */
                period?: string;
            };
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, the most frequent first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObservedSchema"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_schemas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schemas, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchemaList"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_schema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The event's name. */
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeclaredSchema"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    declare_schema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The event's name. */
                event: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchemaDeclaration"];
            };
        };
        responses: {
            /** @description The schema as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeclaredSchema"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_schema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The event's name. */
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event has no schema any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_segments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The segments, by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentList"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    add_segment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentDescription"];
            };
        };
        responses: {
            /** @description The segment. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segment"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another segment has the name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replace_segment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The segment's id. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentDescription"];
            };
        };
        responses: {
            /** @description The segment as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segment"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another segment has the name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_segment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
                /** @description The segment's id. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The segment is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteSettings"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replace_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteSettings"];
            };
        };
        responses: {
            /** @description The settings as they are now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteSettings"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    query_sql: {
        parameters: {
            query?: {
                /** @description How the answer is written. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Statement"];
            };
        };
        responses: {
            /** @description The rows. As CSV: names of the columns first, an empty cell where there is no value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SqlRows"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A statement of the site is being answered already. */
            429: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    query_visitors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VisitorsQuery"];
            };
        };
        responses: {
            /** @description The visitors, the latest event first, ties by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitorRows"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_visitor: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description When: a word such as `day`, `7d`, `month` or `all`, or two days or instants with a comma between, both included (`2026-11-01,2026-11-20`), in the site's zone. */
                date_range?: string;
            };
            header?: never;
            path: {
                /** @description The visitor's id: 16 hexadecimal digits. */
                visitor_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The visitor and their events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneVisitor"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    query: {
        parameters: {
            query?: {
                /** @description How to answer; `Accept: text/csv` says the same as `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueryRequest"];
            };
        };
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryAnswer"];
                    "text/csv": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    events_recent: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsRecent"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The live figures, or Prometheus text of version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveFigures"];
                    "text/plain": string;
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    hourly: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 24 buckets, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hourly"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    realtime: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 30 buckets of ten seconds, the current one last. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Realtime"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    metrics_summary: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last 60 minutes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricsSummary"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document, OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every part does its work. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description Some part does not; the reasons say which and why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
    stats: {
        parameters: {
            query?: {
                /** @description The site. May be left out where the key decides it or there is only one. */
                site_id?: string;
                /** @description A day in the site's zone; everything where it is left out. */
                date?: string;
                /** @description The most rows. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description A parameter is wrong; the message says what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The site is not public and the key is missing, unknown, for writing, or of another site. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no such site. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store failed; the server's log says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The store is unavailable or took too long. */
            503: {
                headers: {
                    /** @description Seconds to wait before another try. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
