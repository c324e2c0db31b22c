//! A period cut into whole buckets and what is left at its ends.

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_query::Period;
use millrace_store::sql::{Value, Values};

use crate::insert::counts::COUNTS;
use crate::types::INSTANTS;

/// An aggregate's table and its bucket in milliseconds.
type Level = (&'static str, i64);

/// One piece of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Where it is counted; absent: in the events.
    level: Option<Level>,
    /// Absent: all there is.
    bounds: Option<(i64, i64)>,
}

/// The pieces of a period, in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// Cut so that each of `starts` begins a piece's bucket.
    pub(super) fn of_counts(period: &Period, starts: &[Timestamp]) -> Self {
        let fits = |level: &Level| starts.iter().all(|start| start.as_millis().rem_euclid(level.1) == 0);
        let levels: Vec<Level> = COUNTS.into_iter().rev().filter(fits).collect();
        Self::cut(period, &levels)
    }

    /// Cut into UTC days.
    pub(super) fn of_days(period: &Period) -> Self {
        Self::cut(period, &[("", DAY_MS)])
    }

    fn cut(period: &Period, levels: &[Level]) -> Self {
        if *period == Period::ALL {
            return Self(vec![Piece { level: levels.first().copied(), bounds: None }]);
        }
        let mut pieces = Vec::new();
        // No event lies beyond, and the arithmetic does not overflow within.
        let within = |at: Timestamp| at.clamp(INSTANTS.start, INSTANTS.end).as_millis();
        cut(within(period.from), within(period.to), levels, &mut pieces);
        if pieces.is_empty() {
            pieces.push(Piece { level: None, bounds: Some((within(period.from), within(period.to))) });
        }
        Self(pieces)
    }

    /// Whether any part of it is counted in an aggregate.
    pub(super) fn any_aggregate(&self) -> bool {
        self.0.iter().any(|piece| piece.level.is_some())
    }

    /// The rows of all pieces. `select` writes those of an aggregate's table, or of the events, up to a condition.
    pub(super) fn union(&self, values: &mut Values, select: impl Fn(Option<&str>) -> String) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            if !text.is_empty() {
                text.push_str(" UNION ALL ");
            }
            text.push_str(&select(piece.level.map(|(table, _)| table)));
            if let Some((from, to)) = piece.bounds {
                let mut bind = |millis| values.bind(Value::Instant(Timestamp::from_millis(millis)));
                let (from, to) = (bind(from), bind(to));
                text.push_str(&match piece.level {
                    Some(("", _)) => format!(
                        " AND day >= ({from} AT TIME ZONE 'UTC')::date AND day < ({to} AT TIME ZONE 'UTC')::date"
                    ),
                    Some(_) => format!(" AND bucket >= {from} AND bucket < {to}"),
                    None => format!(" AND timestamp >= {from} AND timestamp < {to}"),
                });
            }
        }
        text
    }
}

/// The whole buckets of the first level in the middle, the rest of the levels for what is left on either side.
fn cut(from: i64, to: i64, levels: &[Level], out: &mut Vec<Piece>) {
    if from >= to {
        return;
    }
    let Some((level, finer)) = levels.split_first() else {
        out.push(Piece { level: None, bounds: Some((from, to)) });
        return;
    };
    let (first, end) = (from.div_euclid(level.1) * level.1, to.div_euclid(level.1) * level.1);
    let first = if first < from { first + level.1 } else { first };
    if first < end {
        cut(from, first, finer, out);
        out.push(Piece { level: Some(*level), bounds: Some((first, end)) });
        cut(end, to, finer, out);
    } else {
        cut(from, to, finer, out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut_up(from: i64, to: i64) -> Vec<(i64, i64, i64)> {
        let period = Period { from: Timestamp::from_millis(from), to: Timestamp::from_millis(to) };
        let pieces = Pieces::of_counts(&period, &[]).0.into_iter();
        let shown = pieces.filter_map(|piece| {
            let (from, to) = piece.bounds?;
            Some((piece.level.map_or(0, |level| level.1), from, to))
        });
        shown.collect()
    }

    #[test]
    fn the_largest_buckets_that_fit() {
        let (hour, minute) = (3_600_000, 60_000);
        assert_eq!(
            cut_up(DAY_MS - 1, 3 * DAY_MS + 2 * hour + minute),
            [
                (0, DAY_MS - 1, DAY_MS),
                (DAY_MS, DAY_MS, 3 * DAY_MS),
                (hour, 3 * DAY_MS, 3 * DAY_MS + 2 * hour),
                (minute, 3 * DAY_MS + 2 * hour, 3 * DAY_MS + 2 * hour + minute),
            ]
        );
        assert_eq!(cut_up(5, 59_999), [(0, 5, 59_999)]);
        assert_eq!(cut_up(7, 7 + minute), [(0, 7, 7 + minute)]);
    }

    proptest! {
        #[test]
        fn pieces_follow_one_another_in_whole_buckets(from in -DAY_MS..9 * DAY_MS, length in 1..9 * DAY_MS) {
            let mut at = from;
            for (width, start, end) in cut_up(from, from + length) {
                prop_assert_eq!(start, at);
                prop_assert!(start < end);
                prop_assert!(width == 0 || (start.rem_euclid(width) == 0 && end.rem_euclid(width) == 0));
                at = end;
            }
            prop_assert_eq!(at, from + length);
        }
    }
}
