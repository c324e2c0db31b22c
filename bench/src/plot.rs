//! Curves over time as SVG: panels one below the other.

use std::fmt::Write;

/// One panel: its curves share a scale that begins at 0.
#[derive(Debug)]
pub(crate) struct Panel<'a> {
    /// What is shown, with its unit.
    pub(crate) title: &'a str,
    /// Names, and points of seconds and values.
    pub(crate) lines: Vec<(&'a str, Vec<(f64, f64)>)>,
}

const WIDTH: f64 = 900.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const HEIGHT: f64 = 150.0;
const GAP: f64 = 40.0;
const COLOURS: [&str; 5] = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed"];

/// The picture, as text.
pub(crate) fn plot(title: &str, panels: &[Panel<'_>]) -> String {
    let height = panels.len() as f64 * (HEIGHT + GAP) + 60.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n"
    );
    let points = || panels.iter().flat_map(|panel| &panel.lines).flat_map(|(_, points)| points);
    let end = points().map(|(second, _)| *second).fold(1.0, f64::max);
    for (place, panel) in panels.iter().enumerate() {
        let top = 50.0 + place as f64 * (HEIGHT + GAP);
        draw(&mut svg, panel, top, end);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, panel: &Panel<'_>, top: f64, end: f64) {
    let values = panel.lines.iter().flat_map(|(_, points)| points).map(|(_, value)| *value);
    let most = round_up(values.fold(0.0, f64::max));
    let bottom = top + HEIGHT;
    let (x, y) = (
        |second: f64| LEFT + (WIDTH - LEFT - RIGHT) * second / end,
        |value: f64| bottom - HEIGHT * value.max(0.0) / most,
    );
    // Writing to a String cannot fail.
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.0}\">{}</text>", top - 6.0, panel.title);
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let at = y(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0
        );
    }
    for minute in (0..=(end / 60.0) as u32).step_by(((end / 600.0) as usize).max(1)) {
        let at = x(f64::from(minute) * 60.0);
        let _ = writeln!(
            svg,
            "<text x=\"{at:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{minute} min</text>",
            bottom + 16.0
        );
    }
    for (place, (name, points)) in panel.lines.iter().enumerate() {
        let colour = COLOURS[place % COLOURS.len()];
        let path: Vec<_> =
            points.iter().map(|(second, value)| format!("{:.1},{:.1}", x(*second), y(*value))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" fill=\"{colour}\">{name}</text>",
            path.join(" "),
            WIDTH - RIGHT - 80.0 * (panel.lines.len() - place) as f64,
            top - 6.0
        );
    }
}

/// The next round number: 1, 2, 4 or 8 with zeros.
fn round_up(value: f64) -> f64 {
    let mut round = 1.0;
    while round < value {
        round *= if format!("{round}").starts_with('8') { 1.25 } else { 2.0 };
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_within_the_picture() {
        let points = vec![(0.0, 0.0), (30.0, 9_000.0), (60.0, 12.5)];
        let svg = plot("t", &[Panel { title: "events", lines: vec![("a", points)] }]);
        let line = svg.lines().find(|line| line.starts_with("<polyline")).expect("a curve");
        let path = line.split('"').nth(1).expect("points");
        let coordinates = path.split([' ', ',']).map(|number| number.parse::<f64>().expect("a number"));
        assert!(
            coordinates.clone().count() == 6 && coordinates.into_iter().all(|at| (0.0..=WIDTH).contains(&at))
        );
        assert_eq!([3.0, 8.0, 9_000.0].map(round_up), [4.0, 8.0, 10_000.0]);
    }
}
