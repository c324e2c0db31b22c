//! An event as a row: the columns of tail and segments, from events and back.
//!
//! The names are the ones SQL sees and every Parquet tool shows. Sorted by (site, timestamp, seq) a segment's
//! numbers are small steps and its texts repeat, which is what the encodings of [`crate::segment`] count on.

mod read;

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray, TimestampMillisecondArray, UInt8Array,
    UInt32Array, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use millrace_event::{Channel, Device, Event, EventId, MadeId, ScreenClass, Timestamp};

pub(crate) use read::events;

/// The zone in every column of instants.
pub(crate) const UTC: &str = "UTC";

/// Site, the first column of the order on disk.
pub(crate) const SITE: &str = "site";
/// Time of happening, the second.
pub(crate) const TIMESTAMP: &str = "timestamp";
/// Place in the order of arrival, the third.
pub(crate) const SEQ: &str = "seq";
/// Who did it, as the event came.
pub(crate) const VISITOR: &str = "visitor";

/// The schema of tail and segments.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let instant = || DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into()));
        let required = |name: &str, of: DataType| Field::new(name, of, false);
        let optional = |name: &str, of: DataType| Field::new(name, of, true);
        Arc::new(Schema::new(vec![
            required(SITE, DataType::Utf8View),
            required(TIMESTAMP, instant()),
            required(SEQ, DataType::Int64),
            required("received_at", instant()),
            optional("client_id", DataType::Utf8View),
            optional("made_process", DataType::UInt64),
            optional("made_count", DataType::UInt64),
            required("name", DataType::Utf8View),
            required(VISITOR, DataType::UInt64),
            required("session", DataType::UInt64),
            optional("user_id", DataType::Utf8View),
            optional("anonymous_id", DataType::Utf8View),
            optional("client_session_id", DataType::Utf8View),
            optional("host", DataType::Utf8View),
            optional("path", DataType::Utf8View),
            optional("referrer", DataType::Utf8View),
            optional("utm_source", DataType::Utf8View),
            optional("utm_medium", DataType::Utf8View),
            optional("utm_campaign", DataType::Utf8View),
            optional("utm_content", DataType::Utf8View),
            optional("utm_term", DataType::Utf8View),
            optional("element", DataType::Utf8View),
            optional("title", DataType::Utf8View),
            optional("language", DataType::Utf8View),
            optional("duration_ms", DataType::Int64),
            optional("revenue_micros", DataType::Int64),
            optional("currency", DataType::Utf8View),
            optional("screen_width", DataType::UInt32),
            optional("screen_height", DataType::UInt32),
            optional("properties", DataType::Utf8View),
            // What segments of version 0.1 do not have: see `crate::segment::arrange`.
            optional("source", DataType::Utf8View),
            optional("channel", DataType::Utf8View),
            optional("browser", DataType::Utf8View),
            optional("browser_version", DataType::Utf8View),
            optional("os", DataType::Utf8View),
            optional("os_version", DataType::Utf8View),
            optional("device", DataType::Utf8View),
            optional("country", DataType::Utf8View),
            optional("region", DataType::Utf8View),
            optional("city", DataType::Utf8View),
            optional("screen_class", DataType::Utf8View),
            optional("scroll_depth", DataType::UInt8),
            // Only false is written: whatever says nothing is interactive.
            optional("interactive", DataType::Boolean),
        ]))
    });
    SCHEMA.clone()
}

/// The rows of `events`, the first of which is the `first_seq`th to arrive.
pub(crate) fn batch(events: &[Event], first_seq: i64) -> RecordBatch {
    let text = |get: fn(&Event) -> Option<&str>| -> ArrayRef {
        Arc::new(events.iter().map(get).collect::<StringViewArray>())
    };
    let instant = |get: fn(&Event) -> Timestamp| -> ArrayRef {
        let millis =
            TimestampMillisecondArray::from_iter_values(events.iter().map(|event| get(event).as_millis()));
        Arc::new(millis.with_timezone(UTC))
    };
    let number = |get: fn(&Event) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(events.iter().map(get)))
    };
    let made = |get: fn(MadeId) -> u64| -> ArrayRef {
        Arc::new(events.iter().map(|event| made_id(event).map(get)).collect::<UInt64Array>())
    };
    let signed = |get: fn(&Event) -> Option<i64>| -> ArrayRef {
        Arc::new(events.iter().map(get).collect::<Int64Array>())
    };
    let pixels = |get: fn(&Event) -> Option<u32>| -> ArrayRef {
        Arc::new(events.iter().map(get).collect::<UInt32Array>())
    };
    let columns = vec![
        text(|event| Some(event.site.as_str())),
        instant(|event| event.timestamp),
        Arc::new(Int64Array::from_iter_values(first_seq..first_seq + events.len() as i64)),
        instant(|event| event.received_at),
        text(|event| match &event.id {
            EventId::Client(id) => Some(id),
            EventId::Made(_) => None,
        }),
        made(|id| id.process),
        made(|id| id.count),
        text(|event| Some(&event.name)),
        number(|event| event.visitor.0),
        number(|event| event.session.0),
        text(|event| event.user_id.as_deref()),
        text(|event| event.anonymous_id.as_deref()),
        text(|event| event.client_session_id.as_deref()),
        text(|event| event.host.as_deref()),
        text(|event| event.path.as_deref()),
        text(|event| event.referrer.as_deref()),
        text(|event| event.utm.source.as_deref()),
        text(|event| event.utm.medium.as_deref()),
        text(|event| event.utm.campaign.as_deref()),
        text(|event| event.utm.content.as_deref()),
        text(|event| event.utm.term.as_deref()),
        text(|event| event.element.as_deref()),
        text(|event| event.title.as_deref()),
        text(|event| event.language.as_deref()),
        signed(|event| event.duration_ms),
        signed(|event| event.revenue.map(|revenue| revenue.micros)),
        text(|event| event.revenue.as_ref().map(|revenue| revenue.currency.as_str())),
        pixels(|event| event.screen.map(|screen| screen.width)),
        pixels(|event| event.screen.map(|screen| screen.height)),
        text(|event| Some(&*event.properties).filter(|text| !text.is_empty())),
        text(|event| event.source.as_deref()),
        text(|event| event.channel.map(Channel::as_str)),
        text(|event| event.agent.browser.as_deref()),
        text(|event| event.agent.browser_version.as_deref()),
        text(|event| event.agent.os.as_deref()),
        text(|event| event.agent.os_version.as_deref()),
        text(|event| event.agent.device.map(Device::as_str)),
        text(|event| event.place.country.as_ref().map(|country| country.as_str())),
        text(|event| event.place.region.as_deref()),
        text(|event| event.place.city.as_deref()),
        text(|event| event.screen_class.map(ScreenClass::as_str)),
        Arc::new(events.iter().map(|event| event.scroll_depth).collect::<UInt8Array>()),
        Arc::new(events.iter().map(|event| (!event.interactive).then_some(false)).collect::<BooleanArray>()),
    ];
    RecordBatch::try_new(schema(), columns).expect("columns follow the schema")
}

fn made_id(event: &Event) -> Option<MadeId> {
    match event.id {
        EventId::Made(id) => Some(id),
        EventId::Client(_) => None,
    }
}
