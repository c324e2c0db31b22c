//! Access logs in the combined format, and in the common one, which lacks its last two fields:
//!
//! ```text
//! address ident user [day/month/year:hour:minute:second zone] "request" status bytes "referrer" "user agent"
//! ```
//!
//! Quotes within a field are escaped as Apache does (`\"`, `\\`, `\xhh`) or as nginx does (`\x22`). A field that has
//! no value is `-`. Fields that a server was told to add after the user agent are passed over.

mod page;
mod parse;

use std::io;

use serde::Serialize;

use super::ids::Occurrences;
use super::lines::{LINE_BYTES, Lines};
use super::robots::Robots;
use super::summary::Summary;
use super::{AccessLogArgs, Batcher};
use page::view;

/// Reads a log into batches of page views.
pub(super) fn read(
    mut lines: Lines,
    args: &AccessLogArgs,
    mut batcher: Batcher,
    summary: &mut Summary,
) -> io::Result<()> {
    let mut robots = Robots::new().map_err(io::Error::other)?;
    let mut seen = Occurrences::default();
    (summary.what, summary.kept_robots) = ("page views", args.keep_bots);
    while let Some(line) = lines.next()? {
        summary.lines += 1;
        let Some(bytes) = line.bytes else {
            summary.malformed(line.number, format!("longer than {LINE_BYTES} bytes"));
            continue;
        };
        let entry = match parse::entry(bytes) {
            Ok(entry) => entry,
            Err(wrong) => {
                summary.malformed(line.number, wrong.to_string());
                continue;
            }
        };
        let target = match view(&entry) {
            Ok(target) => target,
            Err(reason) => {
                summary.skip(reason.text());
                continue;
            }
        };
        if robots.is_robot(entry.user_agent.as_deref()) {
            summary.robots += 1;
            if !args.keep_bots {
                continue;
            }
        }
        let id = seen.id(bytes);
        let address =
            std::str::from_utf8(entry.host).ok().filter(|host| host.parse::<std::net::IpAddr>().is_ok());
        let url = match &args.hostname {
            Some(host) if target.starts_with(b"/") => [b"https://", host.as_bytes(), target].concat(),
            _ => target.to_vec(),
        };
        let event = Event {
            site_id: args.target.site.as_deref(),
            name: "pageview",
            event_id: &id,
            timestamp: entry.at_ms,
            url: &String::from_utf8_lossy(&url),
            referrer: entry.referrer.as_deref().map(String::from_utf8_lossy),
            user_id: entry.user.map(String::from_utf8_lossy),
            user_agent: entry.user_agent.as_deref().map(String::from_utf8_lossy),
            ip: address,
            // Whoever keeps them does not want them judged a second time.
            robot: args.keep_bots.then_some(false),
        };
        summary.events += 1;
        let write = |out: &mut Vec<u8>| {
            serde_json::to_writer(out, &event).expect("strings and numbers are JSON, a Vec takes them");
        };
        if batcher.push(line.number, write).is_err() {
            return Ok(());
        }
    }
    batcher.flush().ok();
    Ok(())
}

#[derive(Serialize)]
struct Event<'a, T: AsRef<str> + Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<&'a str>,
    name: &'a str,
    event_id: &'a str,
    timestamp: i64,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    robot: Option<bool>,
}
