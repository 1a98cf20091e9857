//! What came of runs as one page of HTML: figures and curves, drawn here, with nothing fetched from anywhere.

use std::fmt::Write as _;

use super::outcome::{Moment, Outcome};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 64.0;
const BOTTOM: f64 = 24.0;
/// Names of lines that stand beside each other; the next ones stand below.
const NAMES_A_ROW: usize = 6;
const COLOURS: [&str; 6] = ["#1f6f8b", "#c8553d", "#5b8c5a", "#8a5a9e", "#b8860b", "#555555"];
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}\
h2{margin-top:2.5rem}table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.15rem .8rem .15rem 0;text-align:right}\
td:first-child,th:first-child{text-align:left}svg{display:block;margin:.75rem 0;max-width:100%}pre{background:#f4f4f2;\
padding:.75rem;overflow:auto}text{font:12px system-ui,sans-serif;fill:#444}@media(prefers-color-scheme:dark){body{\
background:#1c1c1c;color:#ddd}pre{background:#2a2a2a}text{fill:#bbb}}";

/// A line of a chart: its name and its points.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// A page about these runs, each with its title; `lead` is put before them as it is read on a terminal.
#[must_use]
pub fn page(title: &str, lead: &str, runs: &[(String, Outcome)]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{0}\
         </title><style>{STYLE}</style><h1>{0}</h1>",
        escaped(title)
    );
    if !lead.is_empty() {
        let _ = write!(page, "<pre>{}</pre>", escaped(lead));
    }
    for (name, outcome) in runs {
        section(&mut page, name, outcome);
    }
    page + "</html>\n"
}

fn section(page: &mut String, name: &str, outcome: &Outcome) {
    let _ = write!(page, "<h2>{}</h2><pre>{}</pre>", escaped(name), escaped(&outcome.text()));
    let kinds: Vec<&String> = outcome.latencies.keys().collect();
    let by_kind = |value: &dyn Fn(&super::meter::Spread) -> f64, label: &str| -> Vec<Line> {
        let line = |kind: &&String| Line {
            name: format!("{kind}{label}"),
            points: points(outcome, |moment| moment.done.get(*kind).map(value)),
        };
        kinds.iter().map(line).collect()
    };
    chart(page, "done each second", &by_kind(&|it| it.count as f64, ""));
    let mut latencies = by_kind(&|it| it.p50_ms, " p50");
    latencies.extend(by_kind(&|it| it.p99_ms, " p99"));
    chart(page, "latency, ms", &latencies);
    let one = |name: &str, value: &dyn Fn(&Moment) -> f64| {
        [Line { name: name.to_owned(), points: points(outcome, |moment| Some(value(moment))) }]
    };
    chart(page, "processor time of the server, ms each second", &one("server", &|it| it.server_cpu_ms as f64));
    chart(page, "memory of the server, MiB", &one("memory", &|it| it.memory_bytes as f64 / f64::from(1 << 20)));
    let counted: std::collections::BTreeSet<&String> =
        outcome.timeline.iter().flat_map(|moment| moment.counted.keys()).collect();
    let lines: Vec<Line> = counted
        .into_iter()
        .map(|what| Line {
            name: what.clone(),
            points: points(outcome, |moment| Some(moment.counted.get(what).copied().unwrap_or(0) as f64)),
        })
        .collect();
    chart(page, "also counted, each second", &lines);
}

fn points(outcome: &Outcome, value: impl Fn(&Moment) -> Option<f64>) -> Vec<(f64, f64)> {
    outcome.timeline.iter().filter_map(|moment| Some((moment.at as f64, value(moment)?))).collect()
}

fn chart(page: &mut String, title: &str, lines: &[Line]) {
    let all = || lines.iter().flat_map(|line| &line.points);
    let right = all().map(|(x, _)| *x).fold(1.0, f64::max);
    let top = nice(all().map(|(_, y)| *y).fold(0.0, f64::max));
    if all().next().is_none() {
        return;
    }
    let _ = write!(
        page,
        "<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role=img><title>{0}</title><text x='{LEFT}' y='12'>{0}</text>",
        escaped(title)
    );
    axes(page, right, top);
    for (index, line) in lines.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let place = |(x, y): &(f64, f64)| {
            let across = LEFT + x / right * (WIDTH - LEFT - 8.0);
            format!("{across:.1},{:.1}", HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - 34.0))
        };
        let path: Vec<String> = line.points.iter().map(place).collect();
        let _ = write!(page, "<polyline fill=none stroke='{colour}' stroke-width=1.5 points='{}'/>", path.join(" "));
        let (column, row) = (index % NAMES_A_ROW, index / NAMES_A_ROW);
        let (x, y) = (LEFT + (WIDTH - LEFT) / NAMES_A_ROW as f64 * column as f64, 26 + 12 * row);
        let _ = write!(page, "<text x='{x:.0}' y='{y}' style='fill:{colour}'>{}</text>", escaped(&line.name));
    }
    page.push_str("</svg>");
}

fn axes(page: &mut String, right: f64, top: f64) {
    let (floor, roof) = (HEIGHT - BOTTOM, 34.0 - 24.0 + 24.0);
    for part in [0.0, 0.5, 1.0] {
        let y = floor - part * (floor - roof);
        let _ = write!(page, "<line x1='{LEFT}' x2='{WIDTH}' y1='{y}' y2='{y}' stroke='#8884'/>");
        let _ = write!(page, "<text x='{}' y='{}' text-anchor=end>{}</text>", LEFT - 6.0, y + 4.0, short(top * part));
    }
    let _ = write!(
        page,
        "<text x='{LEFT}' y='{0}'>0 s</text><text x='{WIDTH}' y='{0}' text-anchor=end>{right:.0} s</text>",
        HEIGHT - 6.0
    );
}

/// The next of 1, 2, 5, 10, 20, 50 … at or above a number.
fn nice(number: f64) -> f64 {
    let magnitude = 10_f64.powf(number.max(1e-3).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * magnitude).into_iter().find(|step| *step >= number).unwrap_or(number)
}

fn short(number: f64) -> String {
    match number {
        0.0 => "0".to_owned(),
        number if number >= 10_000.0 => format!("{:.0}k", number / 1000.0),
        number if number >= 10.0 => format!("{number:.0}"),
        number => format!("{number:.2}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0.7, 3.0, 70.0, 100.0].map(nice), [1.0, 5.0, 100.0, 100.0]);
    }

    #[test]
    fn a_page_fetches_nothing_and_escapes_what_it_tells() {
        let page = page("<storm>", "a & b", &[]);
        assert!(page.contains("&lt;storm&gt;") && page.contains("a &amp; b"));
        assert!(!page.contains("http") && !page.contains("<script"));
    }
}
