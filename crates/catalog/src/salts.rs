//! How long the salt of a day lives.

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;

/// After its day has ended, a salt is kept for 48 hours.
const KEPT_MS: i64 = 2 * DAY_MS;

/// The first UTC day whose salt may still exist at `now`: it ended at most 48 hours ago.
pub(crate) fn oldest_kept(now: Timestamp) -> i64 {
    // Day `d` ends at `d + 1`; the smallest `d` with `(d + 1) * DAY_MS + KEPT_MS >= now`.
    let (earliest_end, whole) = (now.as_millis() - KEPT_MS, DAY_MS);
    (earliest_end + whole - 1).div_euclid(whole) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_lives_through_its_day_and_48_hours_more() {
        for (now, oldest) in [
            (10 * DAY_MS, 7),
            (10 * DAY_MS + 1, 8),
            (11 * DAY_MS - 1, 8),
            (11 * DAY_MS, 8),
            (11 * DAY_MS + 1, 9),
            (0, -3),
        ] {
            assert_eq!(oldest_kept(Timestamp::from_millis(now)), oldest, "{now}");
        }
    }
}
