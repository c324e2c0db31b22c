//! Cases that random sequences meet too seldom.

use millrace_event::time::DAY_MS;

use super::{Draft, Op, SignIn, Who};

/// Named sequences of operations.
pub fn cases() -> Vec<(&'static str, Vec<Op>)> {
    use Op::{Crash, Erase, Flush, Forget, Insert, Link, Past, Retain, Tidy};
    let one = |at: i64| vec![Draft { at, kind: 0xffff, ..Draft::default() }];
    let many = |first: i64, count: i64, step: i64| -> Vec<Draft> {
        let draft = |n: i64| Draft {
            site: (n % 3) as u8,
            visitor: (n % 5) as u8,
            at: first + n * step,
            kind: (n * 7919) as u16,
            delay: n % 11,
            discard: 0,
        };
        (0..count).map(draft).collect()
    };
    // The user 3, the anonymous visitors 1 and 4, the unknown ones 2 and 5.
    let sign_in = |site, from, to| SignIn { site, from, to };
    let discarded = |first: i64, count: i64, step: i64| -> Vec<Draft> {
        let reason = |n: usize| (n % 5).min(3) as u8;
        many(first, count, step)
            .into_iter()
            .enumerate()
            .map(|(n, draft)| Draft { discard: reason(n), ..draft })
            .collect()
    };
    let robots = |count: i64| -> Vec<Draft> {
        (0..count).map(|at| Draft { at, discard: 1, ..Draft::default() }).collect()
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
            "who signs in is one visitor, before and after",
            vec![
                Insert(many(0, 90, 60_000)),
                Flush,
                Insert(many(DAY_MS, 60, 60_000)),
                Link(many(2 * DAY_MS, 30, 60_000), vec![sign_in(0, 1, 3), sign_in(1, 1, 3)]),
                Crash,
                Flush,
                Insert(many(3 * DAY_MS, 60, 60_000)),
                Link(vec![], vec![sign_in(0, 4, 3), sign_in(0, 2, 3)]),
                Crash,
                Tidy,
            ],
        ),
        (
            "links that change nothing, and chains",
            vec![
                Insert(many(0, 90, 60_000)),
                // Again, away, back, to itself; a person with a history stays.
                Link(vec![], vec![sign_in(0, 1, 3), sign_in(0, 1, 3), sign_in(0, 1, 0), sign_in(0, 3, 1)]),
                Flush,
                Link(vec![], vec![sign_in(0, 2, 2), sign_in(0, 3, 0), sign_in(0, 2, 1)]),
                // The later target is another by then.
                Link(many(5, 30, 60_000), vec![sign_in(1, 4, 0), sign_in(1, 2, 4), sign_in(1, 0, 3)]),
                Flush,
                Crash,
            ],
        ),
        (
            "an erased person takes their anonymous history along",
            vec![
                Insert(many(0, 150, 60_000)),
                Link(vec![], vec![sign_in(0, 1, 3), sign_in(0, 4, 3), sign_in(1, 1, 3), sign_in(2, 4, 3)]),
                Erase(0, Who::User(3)),
                Crash,
                Insert(many(DAY_MS, 60, 60_000)),
                Flush,
                // One device of theirs; then the visitor who was one of theirs.
                Erase(1, Who::Anonymous(1)),
                Erase(2, Who::Visitor(4)),
                Insert(many(2 * DAY_MS, 60, 60_000)),
                Link(vec![], vec![sign_in(2, 1, 3), sign_in(0, 1, 0)]),
                Erase(2, Who::Visitor(3)),
                Crash,
            ],
        ),
        (
            "a site without events has no links",
            vec![
                Insert(many(0, 30, 60_000)),
                Link(vec![], vec![sign_in(0, 1, 3), sign_in(1, 4, 0)]),
                Retain(2),
                Crash,
                Insert(many(2 * DAY_MS, 30, 60_000)),
                Link(vec![], vec![sign_in(0, 1, 0)]),
                Retain(2),
                Flush,
                Crash,
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
        (
            "discarded events with and without others",
            vec![
                Insert(discarded(0, 40, 600_000)),
                Crash,
                Insert(robots(3)),
                Flush,
                Insert(discarded(7, 40, 900_000)),
                Insert(robots(2)),
                Crash,
                Flush,
                Crash,
            ],
        ),
        (
            "discarded events are forgotten, in memory and on disk",
            vec![
                Insert(discarded(0, 60, 600_000)),
                Flush,
                Insert(discarded(3, 60, 600_000)),
                Forget(0, 1),
                Crash,
                Insert(robots(9)),
                Forget(0, 0),
                Forget(1, 3),
                Forget(2, 2),
                Crash,
                Forget(0, 0),
            ],
        ),
        (
            "a visitor's discarded events are erased",
            vec![
                Insert(discarded(0, 60, 3_000)),
                Flush,
                Insert(discarded(1, 60, 3_000)),
                Erase(0, Who::Visitor(0)),
                Erase(1, Who::User(3)),
                Erase(2, Who::Anonymous(4)),
                Crash,
                Insert(discarded(1, 60, 3_000)),
            ],
        ),
        (
            "discarded events pass their window and their retention",
            vec![
                Insert(discarded(0, 50, DAY_MS)),
                Past(20),
                Crash,
                Insert(discarded(0, 9, DAY_MS)),
                Past(45),
                Retain(46),
                Past(60),
                Crash,
                Past(100),
            ],
        ),
        (
            "more discarded events than a site keeps",
            vec![
                Insert(robots(7_000)),
                Flush,
                Insert(robots(2_500)),
                Insert(robots(4_100)),
                Flush,
                Past(1),
                Forget(0, 1),
                Crash,
            ],
        ),
    ]
}
