//! The results: a list of rows, rendered as a Markdown table at the end.

use std::fmt;

/// Every result of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    failures: Vec<String>,
}

/// One measured figure.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    measured: f64,
    unit: &'static str,
    target: Option<Target>,
    note: String,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Report {
    /// Adds a row, and shows it as progress.
    pub(crate) fn add(&mut self, row: Row) {
        let note = if row.note.is_empty() { String::new() } else { format!(" ({})", row.note) };
        eprintln!("  {}: {}{note}", row.what, row.shown(row.measured));
        self.rows.push(row);
    }

    /// Notes a wrong count or a crash.
    pub(crate) fn fail(&mut self, failure: String) {
        eprintln!("FAILED {failure}");
        self.failures.push(failure);
    }

    /// Whether every count was right, whatever the speed.
    pub(crate) fn is_right(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Row {
    /// A figure without a target.
    pub(crate) fn new(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, unit, target: None, note: String::new() }
    }

    /// The target is this or more.
    pub(crate) fn at_least(self, target: f64) -> Self {
        Self { target: Some(Target::AtLeast(target)), ..self }
    }

    /// The target is this or less.
    pub(crate) fn at_most(self, target: f64) -> Self {
        Self { target: Some(Target::AtMost(target)), ..self }
    }

    /// How the figure came about.
    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    fn shown(&self, value: f64) -> String {
        let number = if value >= 1_000.0 {
            thousands(value.round() as u64)
        } else if value >= 100.0 {
            format!("{value:.0}")
        } else if value >= 10.0 {
            format!("{value:.1}")
        } else {
            format!("{value:.2}")
        };
        format!("{number} {}", self.unit)
    }

    /// How much better than its target the figure is: 1 and more is met.
    fn ratio(&self) -> Option<f64> {
        Some(match self.target? {
            Target::AtLeast(target) => self.measured / target,
            Target::AtMost(target) => target / self.measured.max(1e-9),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| what | measured | target | ratio | | how |")?;
        writeln!(out, "|---|---:|---:|---:|---|---|")?;
        for row in &self.rows {
            let target = match row.target {
                Some(Target::AtLeast(target)) => format!("≥ {}", row.shown(target)),
                Some(Target::AtMost(target)) => format!("≤ {}", row.shown(target)),
                None => String::new(),
            };
            let (ratio, verdict) = match row.ratio() {
                Some(ratio) => {
                    let shown = if ratio > 99.0 { "> 99".to_owned() } else { format!("{ratio:.2}") };
                    (shown, if ratio >= 1.0 { "met" } else { "**missed**" })
                }
                None => (String::new(), ""),
            };
            let measured = row.shown(row.measured);
            writeln!(out, "| {} | {measured} | {target} | {ratio} | {verdict} | {} |", row.what, row.note)?;
        }
        writeln!(
            out,
            "\nA ratio of 1 or more meets its target: measured / target, or target / measured where less is better."
        )?;
        for failure in &self.failures {
            writeln!(out, "\n**FAILED** {failure}")?;
        }
        Ok(())
    }
}

/// The middle of `values`; of an even number the lower one of the two in the middle.
pub(crate) fn median<T: Copy>(values: &[T], order: impl Fn(&T, &T) -> std::cmp::Ordering) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_by(order);
    sorted[(sorted.len() - 1) / 2]
}

/// 1234567 as `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_better_where_it_is() {
        let mut report = Report::default();
        report.add(Row::new("a", 50_000.0, "events/s").at_least(100_000.0));
        report.add(Row::new("b", 20.0, "ms").at_most(50.0).note("warm"));
        let text = report.to_string();
        assert!(
            text.contains("| a | 50,000 events/s | ≥ 100,000 events/s | 0.50 | **missed** |  |"),
            "{text}"
        );
        assert!(text.contains("| b | 20.0 ms | ≤ 50.0 ms | 2.50 | met | warm |"), "{text}");
        assert_eq!(median(&[3, 1, 2], Ord::cmp), 2);
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
