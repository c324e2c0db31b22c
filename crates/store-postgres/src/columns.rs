//! The columns of `events`, and rows back into events. [`crate::insert::copy`] writes them in the same order.

use bytestring::ByteString;
use millrace_event::{
    Agent, Event, EventId, MadeId, Place, Revenue, Screen, SessionId, SiteId, Utm, VisitorId,
};
use millrace_store::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row, Type};

use crate::error::read_error;
use crate::types::{Instant, Uuid};

/// Every column, in the order of COPY.
pub(crate) const COLUMNS: &str = "timestamp, seq, received_at, visitor, session, site, name, client_id, made_id, \
    user_id, anonymous_id, client_session_id, host, path, referrer, utm_source, utm_medium, utm_campaign, utm_content, \
    utm_term, element, title, language, duration_ms, revenue_micros, currency, screen_width, screen_height, properties, \
    source, channel, browser, browser_version, os, os_version, device, country, region, city, screen_class, \
    scroll_depth, interactive";
/// How many they are.
pub(crate) const COUNT: i16 = 42;

/// The events of rows of a `SELECT` of [`COLUMNS`].
pub(crate) fn events(rows: &[PgRow]) -> Result<Vec<Event>, StoreError> {
    rows.iter().map(event).collect()
}

/// A row's place in the order of arrival.
pub(crate) fn seq(row: &PgRow) -> Result<u64, StoreError> {
    Ok(get::<i64>(row, 1)? as u64)
}

pub(crate) fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
    row: &'r PgRow,
    column: usize,
) -> Result<T, StoreError> {
    row.try_get(column).map_err(read_error)
}

pub(crate) fn site(row: &PgRow, column: usize) -> Result<SiteId, StoreError> {
    SiteId::new(get::<&str>(row, column)?).map_err(|error| StoreError::Failed(error.to_string()))
}

fn event(row: &PgRow) -> Result<Event, StoreError> {
    let text = |column| Ok::<_, StoreError>(get::<Option<&str>>(row, column)?.map(ByteString::from));
    let id = match (text(7)?, get::<Option<Uuid>>(row, 8)?) {
        (Some(id), _) => EventId::Client(id),
        (None, Some(id)) => EventId::Made(MadeId::from(id)),
        (None, None) => return Err(StoreError::Failed(format!("event {} has no id", seq(row)?))),
    };
    let currency = get::<Option<&str>>(row, 25)?.and_then(|text| text.parse().ok());
    let revenue = get::<Option<i64>>(row, 24)?.zip(currency);
    let screen = get::<Option<i32>>(row, 26)?.zip(get::<Option<i32>>(row, 27)?);
    // Of the type `json`, whose bytes are the text as it was sent.
    let properties: Option<&str> = row.try_get_unchecked(28).map_err(read_error)?;
    Ok(Event {
        site: site(row, 5)?,
        id,
        name: get::<&str>(row, 6)?.into(),
        timestamp: get::<Instant>(row, 0)?.0,
        received_at: get::<Instant>(row, 2)?.0,
        visitor: VisitorId(get::<i64>(row, 3)? as u64),
        user_id: text(9)?,
        anonymous_id: text(10)?,
        session: SessionId(get::<i64>(row, 4)? as u64),
        client_session_id: text(11)?,
        host: text(12)?,
        path: text(13)?,
        referrer: text(14)?,
        utm: Utm {
            source: text(15)?,
            medium: text(16)?,
            campaign: text(17)?,
            content: text(18)?,
            term: text(19)?,
        },
        source: text(29)?,
        channel: name(row, 30)?,
        agent: Agent {
            browser: text(31)?,
            browser_version: text(32)?,
            os: text(33)?,
            os_version: text(34)?,
            device: name(row, 35)?,
        },
        place: Place { country: name(row, 36)?, region: text(37)?, city: text(38)? },
        element: text(20)?,
        title: text(21)?,
        language: text(22)?,
        duration_ms: get(row, 23)?,
        revenue: revenue.map(|(micros, currency)| Revenue { micros, currency }),
        screen: screen.map(|(width, height)| Screen { width: width as u32, height: height as u32 }),
        screen_class: name(row, 39)?,
        scroll_depth: get::<Option<i16>>(row, 40)?.and_then(|percent| percent.try_into().ok()),
        interactive: get::<Option<bool>>(row, 41)?.unwrap_or(true),
        properties: properties.unwrap_or_default().into(),
    })
}

/// One of a closed list of names; none where a newer version wrote a name this one does not know.
fn name<T: std::str::FromStr>(row: &PgRow, column: usize) -> Result<Option<T>, StoreError> {
    Ok(get::<Option<&str>>(row, column)?.and_then(|text| text.parse().ok()))
}
