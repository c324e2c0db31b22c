//! Sessions: who comes, and what they do there, in a form that is small enough to be sorted by the million.

use millrace_event::{SessionId, Timestamp, VisitorId};

use super::Site;
use crate::dice::{Dice, Weighted, mix};

/// One event of a session, not written out yet.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) received_at: i64,
    pub(super) timestamp: i64,
    pub(super) site: u16,
    pub(super) kind: Kind,
    pub(super) page: u16,
    /// The session's first event: it has the referrer and the campaign.
    pub(super) entry: bool,
    /// Decides browser, screen and language: a person's are always the same.
    pub(super) device: u32,
    /// Decides where the person is.
    pub(super) place: u32,
    pub(super) visitor: VisitorId,
    pub(super) session: SessionId,
    /// The number of a person the site knows by name.
    pub(super) person: Option<u32>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    View,
    Click,
    Engagement,
    Error,
    Purchase,
}

/// Adds the steps of a session that begins at `start`.
pub(super) fn begin(
    number: u16,
    site: &Site,
    start: i64,
    by_views: &Weighted,
    dice: &mut Dice,
    steps: &mut Vec<Step>,
) {
    // Some come often, most seldom.
    let person = (dice.unit().powf(1.7) * site.people as f64) as u64;
    let named = dice.percent(5);
    let day = Timestamp::from_millis(start).utc_day() as u64;
    let identity = mix(mix(u64::from(number) + 1) ^ person);
    let visitor = if named || site.sends_anonymous_id { identity } else { mix(identity ^ mix(day)) };
    let (session, belongings) = (dice.next(), mix(identity ^ 77));
    let (device, place) = (belongings as u32, (belongings >> 32) as u32);
    // Half of the sessions are one page view; the others go on.
    let count = if dice.percent(50) { 1 } else { 2 + dice.wait(5.5) as u32 };
    let mut at = start;
    let mut page = by_views.draw(dice) as u16;
    for nth in 0..count {
        let kind = match dice.below(1_000) {
            _ if nth == 0 => Kind::View,
            0..660 => Kind::View,
            660..840 => Kind::Click,
            840..960 => Kind::Engagement,
            960..992 => Kind::Error,
            _ => Kind::Purchase,
        };
        if nth > 0 {
            at += 500 + dice.wait(35_000.0) as i64;
            if kind == Kind::View {
                page = by_views.draw(dice) as u16;
            }
        }
        let way = 15 + dice.wait(60.0) as i64;
        steps.push(Step {
            received_at: at + way,
            timestamp: if site.sends_timestamps { at } else { at + way },
            site: number,
            kind,
            page,
            entry: nth == 0,
            device,
            place,
            visitor: VisitorId(visitor),
            session: SessionId(session),
            person: named.then_some(person as u32),
        });
    }
}
