//! When each event is due: a rate, and bursts on top of it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};

/// So many times the rate, every so often, for so long. Read from `5x:30:5` (five times, every 30 seconds, for 5
/// seconds) or `5:30` (for one second).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// How many times the rate.
    pub times: f64,
    /// Seconds from the beginning of one burst to that of the next.
    pub every: f64,
    /// Seconds of a burst, at the end of that time.
    pub lasting: f64,
}

impl Burst {
    /// No burst at all.
    pub const NONE: Self = Self { times: 1.0, every: 1.0, lasting: 0.0 };
}

impl FromStr for Burst {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        const FORM: &str = "a burst looks like 5x:30:5: five times the rate, every 30 seconds, for 5 seconds";
        let mut parts = text.split(':');
        let mut number = |suffix: char| parts.next().map(|part| part.trim_end_matches(suffix).parse::<f64>());
        let times = number('x').context(FORM)?.context(FORM)?;
        let every = number('s').context(FORM)?.context(FORM)?;
        let lasting = number('s').unwrap_or(Ok(1.0)).context(FORM)?;
        let finite = times.is_finite() && every.is_finite();
        ensure!(parts.next().is_none() && finite && times >= 0.0, FORM);
        ensure!(
            lasting > 0.0 && lasting < every,
            "a burst must be shorter than the time from one to the next"
        );
        Ok(Self { times, every, lasting })
    }
}

impl fmt::Display for Burst {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}x:{}:{}", self.times, self.every, self.lasting)
    }
}

/// Nothing is due later than in thirty years, which an instant can still hold.
const LONGEST: f64 = 1e9;

/// A schedule of events: each period is a quiet stretch at the rate, then a burst.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    rate: f64,
    burst: Burst,
}

impl Pace {
    pub(super) fn new(rate: f64, burst: Burst) -> Self {
        Self { rate, burst }
    }

    /// When the event of this number, counted from 0, is due after the beginning.
    pub(super) fn due(&self, event: u64) -> Duration {
        let (quiet, burst) = self.period();
        let (periods, rest) = divide(event as f64, quiet + burst);
        // A pause has no events: what rounding puts there belongs before it.
        let within = if rest < quiet || self.burst.times == 0.0 {
            rest / self.rate
        } else {
            self.quiet_seconds() + (rest - quiet) / (self.rate * self.burst.times)
        };
        Duration::from_secs_f64((periods * self.burst.every + within).min(LONGEST))
    }

    /// How many events are due in the first `elapsed`.
    pub(super) fn events(&self, elapsed: Duration) -> f64 {
        let (quiet, burst) = self.period();
        let (periods, rest) = divide(elapsed.as_secs_f64(), self.burst.every);
        let in_burst = (rest - self.quiet_seconds()).max(0.0);
        periods * (quiet + burst) + (rest - in_burst) * self.rate + in_burst * self.rate * self.burst.times
    }

    fn quiet_seconds(&self) -> f64 {
        self.burst.every - self.burst.lasting
    }

    /// Events of a period before its burst and in it.
    fn period(&self) -> (f64, f64) {
        (self.quiet_seconds() * self.rate, self.burst.lasting * self.rate * self.burst.times)
    }
}

fn divide(number: f64, by: f64) -> (f64, f64) {
    let whole = (number / by).floor();
    (whole, number - whole * by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_read_in_both_forms() {
        let burst = |times, every, lasting| Some(Burst { times, every, lasting });
        for (text, expected) in [
            ("5x:30:5", burst(5.0, 30.0, 5.0)),
            ("5:30", burst(5.0, 30.0, 1.0)),
            ("2.5x:10s:0.5s", burst(2.5, 10.0, 0.5)),
            ("0x:10:3", burst(0.0, 10.0, 3.0)),
            ("5x", None),
            ("5x:30:30", None),
            ("5x:30:5:1", None),
            ("-1x:30:5", None),
            ("x:30:5", None),
            ("5x:inf:5", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Burst>().ok(), expected, "{text}");
        }
        let burst: Burst = "5x:30:5".parse().unwrap();
        assert_eq!(burst.to_string().parse::<Burst>().unwrap(), burst);
    }

    #[test]
    fn an_even_rate_is_even() {
        let pace = Pace::new(200.0, Burst::NONE);
        for event in [0, 1, 199, 200, 12_345] {
            let due = pace.due(event).as_secs_f64();
            assert!((due - event as f64 / 200.0).abs() < 1e-6, "{event} at {due}");
        }
        assert!((pace.events(Duration::from_millis(2_500)) - 500.0).abs() < 1e-6);
    }

    #[test]
    fn bursts_come_on_time_and_in_full() {
        // 25 seconds of 100 a second, then 5 seconds of 500 a second.
        let pace = Pace::new(100.0, "5x:30:5".parse().unwrap());
        for (event, due) in
            [(0, 0.0), (2_499, 24.99), (2_500, 25.0), (3_000, 26.0), (5_000, 30.0), (7_500, 55.0)]
        {
            let at = pace.due(event).as_secs_f64();
            assert!((at - due).abs() < 1e-6, "{event} at {at} instead of {due}");
            let events = pace.events(Duration::from_secs_f64(due));
            assert!((events - event as f64).abs() < 1e-3, "{events} by {due}");
        }
        // A burst of nothing is a pause.
        let pace = Pace::new(100.0, "0x:10:5".parse().unwrap());
        assert!((pace.due(500).as_secs_f64() - 10.0).abs() < 1e-6);
        assert!((pace.events(Duration::from_secs(8)) - 500.0).abs() < 1e-6);
    }
}
