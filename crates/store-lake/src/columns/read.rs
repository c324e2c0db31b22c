//! Rows back into events.

use bytestring::ByteString;
use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Int64Array, RecordBatch, StringViewArray, TimestampMillisecondArray,
    UInt8Array, UInt32Array, UInt64Array,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMillisecondType, UInt8Type, UInt32Type, UInt64Type};
use millrace_event::{
    Agent, Event, EventId, MadeId, Place, Revenue, Screen, SessionId, SiteId, Timestamp, Utm, VisitorId,
};
use millrace_store::StoreError;

/// The events of a batch that has every column of [`super::schema`].
pub(crate) fn events(batch: &RecordBatch) -> Result<Vec<Event>, StoreError> {
    let columns = Columns(batch);
    let site = columns.text("site")?;
    let timestamp = columns.instant("timestamp")?;
    let received_at = columns.instant("received_at")?;
    let client_id = columns.text("client_id")?;
    let (made_process, made_count) = (columns.number("made_process")?, columns.number("made_count")?);
    let name = columns.text("name")?;
    let (visitor, session) = (columns.number("visitor")?, columns.number("session")?);
    let user_id = columns.text("user_id")?;
    let anonymous_id = columns.text("anonymous_id")?;
    let client_session_id = columns.text("client_session_id")?;
    let (host, path, referrer) = (columns.text("host")?, columns.text("path")?, columns.text("referrer")?);
    let utm = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];
    let [source, medium, campaign, content, term] = utm.map(|name| columns.text(name));
    let (source, medium, campaign, content, term) = (source?, medium?, campaign?, content?, term?);
    let (element, title, language) =
        (columns.text("element")?, columns.text("title")?, columns.text("language")?);
    let (duration, micros) = (columns.signed("duration_ms")?, columns.signed("revenue_micros")?);
    let currency = columns.text("currency")?;
    let (width, height) = (columns.pixels("screen_width")?, columns.pixels("screen_height")?);
    let properties = columns.text("properties")?;
    let (from, channel) = (columns.text("source")?, columns.text("channel")?);
    let (browser, browser_version) = (columns.text("browser")?, columns.text("browser_version")?);
    let (os, os_version, device) =
        (columns.text("os")?, columns.text("os_version")?, columns.text("device")?);
    let (country, region, city) = (columns.text("country")?, columns.text("region")?, columns.text("city")?);
    let (screen_class, scroll_depth) = (columns.text("screen_class")?, columns.percent("scroll_depth")?);
    let interactive = columns.flag("interactive")?;

    let event = |row: usize| {
        let id = match optional(client_id, row) {
            Some(id) => EventId::Client(id),
            None => EventId::Made(MadeId { process: made_process.value(row), count: made_count.value(row) }),
        };
        let revenue = valid(micros, row).zip(valid(currency, row));
        let revenue = revenue.and_then(|(row, _)| {
            Some(Revenue { micros: micros.value(row), currency: currency.value(row).parse().ok()? })
        });
        let screen = valid(width, row).zip(valid(height, row));
        Ok(Event {
            site: SiteId::new(site.value(row)).map_err(|error| StoreError::Failed(error.to_string()))?,
            id,
            name: name.value(row).into(),
            timestamp: Timestamp::from_millis(timestamp.value(row)),
            received_at: Timestamp::from_millis(received_at.value(row)),
            visitor: VisitorId(visitor.value(row)),
            user_id: optional(user_id, row),
            anonymous_id: optional(anonymous_id, row),
            session: SessionId(session.value(row)),
            client_session_id: optional(client_session_id, row),
            host: optional(host, row),
            path: optional(path, row),
            referrer: optional(referrer, row),
            utm: Utm {
                source: optional(source, row),
                medium: optional(medium, row),
                campaign: optional(campaign, row),
                content: optional(content, row),
                term: optional(term, row),
            },
            source: optional(from, row),
            channel: name_of(channel, row),
            agent: Agent {
                browser: optional(browser, row),
                browser_version: optional(browser_version, row),
                os: optional(os, row),
                os_version: optional(os_version, row),
                device: name_of(device, row),
            },
            place: Place {
                country: name_of(country, row),
                region: optional(region, row),
                city: optional(city, row),
            },
            element: optional(element, row),
            title: optional(title, row),
            language: optional(language, row),
            duration_ms: valid(duration, row).map(|row| duration.value(row)),
            revenue,
            screen: screen.map(|(row, _)| Screen { width: width.value(row), height: height.value(row) }),
            screen_class: name_of(screen_class, row),
            scroll_depth: valid(scroll_depth, row).map(|row| scroll_depth.value(row)),
            interactive: valid(interactive, row).is_none_or(|row| interactive.value(row)),
            properties: optional(properties, row).unwrap_or_default(),
        })
    };
    (0..batch.num_rows()).map(event).collect()
}

fn valid(array: &dyn Array, row: usize) -> Option<usize> {
    array.is_valid(row).then_some(row)
}

fn optional(array: &StringViewArray, row: usize) -> Option<ByteString> {
    array.is_valid(row).then(|| array.value(row).into())
}

/// One of a closed list of names; none where a newer version wrote a name this one does not know.
fn name_of<T: std::str::FromStr>(array: &StringViewArray, row: usize) -> Option<T> {
    array.is_valid(row).then(|| array.value(row).parse().ok()).flatten()
}

struct Columns<'a>(&'a RecordBatch);

impl<'a> Columns<'a> {
    fn text(&self, name: &str) -> Result<&'a StringViewArray, StoreError> {
        self.column(name, |array| array.as_string_view_opt())
    }

    fn instant(&self, name: &str) -> Result<&'a TimestampMillisecondArray, StoreError> {
        self.column(name, |array| array.as_primitive_opt::<TimestampMillisecondType>())
    }

    fn number(&self, name: &str) -> Result<&'a UInt64Array, StoreError> {
        self.column(name, |array| array.as_primitive_opt::<UInt64Type>())
    }

    fn signed(&self, name: &str) -> Result<&'a Int64Array, StoreError> {
        self.column(name, |array| array.as_primitive_opt::<Int64Type>())
    }

    fn pixels(&self, name: &str) -> Result<&'a UInt32Array, StoreError> {
        self.column(name, |array| array.as_primitive_opt::<UInt32Type>())
    }

    fn percent(&self, name: &str) -> Result<&'a UInt8Array, StoreError> {
        self.column(name, |array| array.as_primitive_opt::<UInt8Type>())
    }

    fn flag(&self, name: &str) -> Result<&'a BooleanArray, StoreError> {
        self.column(name, |array| array.as_boolean_opt())
    }

    fn column<T>(
        &self,
        name: &str,
        cast: impl Fn(&'a dyn Array) -> Option<&'a T>,
    ) -> Result<&'a T, StoreError> {
        let column = self.0.column_by_name(name).and_then(|array| cast(array.as_ref()));
        column
            .ok_or_else(|| StoreError::Failed(format!("a batch has no column '{name}' of the expected type")))
    }
}
