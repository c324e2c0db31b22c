//! Every bound on what a client may send, with its unit. Counts of characters are of Unicode scalar values.

/// Bytes of a body that holds one event, after decompression.
pub const SINGLE_BODY_BYTES: usize = 1 << 20;
/// Bytes of a body that holds a batch, after decompression.
pub const BATCH_BODY_BYTES: usize = 20 << 20;
/// Events of one batch.
pub const BATCH_EVENTS: usize = 10_000;
/// Bytes of one event's JSON.
pub const EVENT_BYTES: usize = 32 << 10;
/// Nesting of arrays and objects in a body, the batch's own levels included.
pub const DEPTH: usize = 128;

/// Characters of a site's id.
pub const SITE_ID_CHARS: usize = 64;
/// Characters of an event's name.
pub const NAME_CHARS: usize = 120;
/// Characters of the client's own event id.
pub const EVENT_ID_CHARS: usize = 100;
/// Characters of a user's or an anonymous visitor's id.
pub const VISITOR_ID_CHARS: usize = 200;
/// Characters of the client's own session id.
pub const SESSION_ID_CHARS: usize = 64;
/// Characters of a URL or a referrer; a longer URL is cut, a longer referrer ignored.
pub const URL_CHARS: usize = 2_048;
/// Characters of the element that was touched.
pub const ELEMENT_CHARS: usize = 200;
/// Characters of a page's title; a longer one is cut.
pub const TITLE_CHARS: usize = 500;
/// Characters of a language tag; a longer one is ignored.
pub const LANGUAGE_CHARS: usize = 35;
/// Characters of a user agent; a longer one is cut.
pub const USER_AGENT_CHARS: usize = 1_024;
/// Properties of one event, after flattening.
pub const PROPERTIES: usize = 64;
/// Characters of a property's key, after flattening.
pub const PROPERTY_KEY_CHARS: usize = 120;
/// Characters of a property's value; a longer one is cut.
pub const PROPERTY_VALUE_CHARS: usize = 2_000;
/// Pixels of either side of a screen; a larger one is ignored.
pub const SCREEN_PIXELS: u32 = 100_000;
/// Seconds of a duration: a year.
pub const DURATION_SECONDS: f64 = 366.0 * 86_400.0;
/// Units of a currency an amount may reach, either way.
pub const REVENUE_AMOUNT: f64 = 1e12;

/// How far in the past an event may lie: ten years, in milliseconds; since 1970 where history is imported with a
/// secret key.
pub const PAST_MS: i64 = 3_653 * 86_400_000;
/// How far ahead of the server's clock an event may lie: 24 hours, in milliseconds.
pub const FUTURE_MS: i64 = 86_400_000;

/// Bytes of a declared schema's document.
pub const SCHEMA_BYTES: usize = 64 << 10;
/// Properties that one schema declares, objects included.
pub const SCHEMA_PROPERTIES: usize = 128;
/// Values of one enumeration.
pub const SCHEMA_VALUES: usize = 500;
/// Patterns of one schema.
pub const SCHEMA_PATTERNS: usize = 16;
/// Characters of a pattern.
pub const SCHEMA_PATTERN_CHARS: usize = 500;
/// Bytes that a pattern may take once it is compiled, and again while it is matched.
pub const SCHEMA_PATTERN_BYTES: usize = 128 << 10;
/// Schemas of one site.
pub const SCHEMAS: usize = 200;
