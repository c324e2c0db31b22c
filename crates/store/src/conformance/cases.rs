//! Cases that random sequences meet too seldom.

use millrace_event::time::DAY_MS;

use super::{Draft, Op, Who};

/// Named sequences of operations.
pub fn cases() -> Vec<(&'static str, Vec<Op>)> {
    use Op::{Crash, Erase, Flush, Insert, Retain, Tidy};
    let one = |at: i64| vec![Draft { at, kind: 0xffff, ..Draft::default() }];
    let many = |first: i64, count: i64, step: i64| -> Vec<Draft> {
        let draft = |n: i64| Draft {
            site: (n % 3) as u8,
            visitor: (n % 5) as u8,
            at: first + n * step,
            kind: (n * 7919) as u16,
            delay: n % 11,
        };
        (0..count).map(draft).collect()
    };
    vec![
        ("an empty store answers", vec![Flush, Tidy, Crash]),
        ("an empty batch moves the offsets", vec![Insert(vec![]), Flush, Crash]),
        ("a crash before anything is durable", vec![Insert(one(5)), Crash, Crash, Flush, Crash]),
        (
            "late events of a sealed day",
            vec![
                Insert(many(2 * DAY_MS, 50, 1_000)),
                Flush,
                Insert(many(0, 50, 1_000)),
                Flush,
                Insert(one(17)),
                Crash,
            ],
        ),
        (
            "many small segments become one",
            (0..20)
                .flat_map(|n| [Insert(many(n * 60_000, 9, 500)), Flush])
                .chain([Tidy, Crash, Insert(one(3)), Tidy])
                .collect(),
        ),
        (
            "more days than one seal has files",
            vec![
                Insert(many(-399 * DAY_MS, 300, DAY_MS)),
                Flush,
                Tidy,
                Insert(many(-399 * DAY_MS, 300, DAY_MS)),
                Flush,
                Retain(0),
                Crash,
            ],
        ),
        ("more rows than a page", vec![Insert(many(0, 20_000, 17)), Flush, Insert(many(5, 9_000, 17))]),
        (
            "a visitor erased in tail and segments",
            vec![
                Insert(many(0, 60, 3_000)),
                Flush,
                Insert(many(1, 60, 3_000)),
                Erase(0, Who::Visitor(0)),
                Erase(1, Who::User(3)),
                Erase(2, Who::Anonymous(4)),
                Crash,
                Erase(0, Who::Visitor(0)),
            ],
        ),
        (
            "a segment erased whole",
            vec![
                Insert(vec![Draft::default(); 3]),
                Flush,
                Erase(0, Who::Visitor(0)),
                Crash,
                Insert(one(1)),
                Flush,
            ],
        ),
    ]
}
