//! The inventory as a dashboard of Grafana: one panel a metric, one row a crate, nothing drawn that is not described.
//!
//! Counters are drawn as rates, histograms as their median and their slowest hundredth. It asks for a Prometheus source at
//! import and for nothing else.

use std::fmt::Write as _;

use crate::{Description, INVENTORY};

/// Panels beside each other.
const PANELS_A_ROW: usize = 3;
/// The width of the grid.
const GRID_WIDTH: usize = 24;
/// The height of a panel.
const PANEL_HEIGHT: usize = 8;

/// The dashboard as JSON, ready to be imported.
#[must_use]
pub fn dashboard() -> String {
    let mut panels = Vec::new();
    let (mut top, mut column, mut section) = (0, 0, "");
    for metric in INVENTORY {
        let description = metric.description();
        let of = section_of(description.name);
        if of != section {
            top += if column > 0 { PANEL_HEIGHT } else { 0 };
            panels.push(row(panels.len() + 1, of, top));
            (section, column) = (of, 0);
            top += 1;
        }
        panels.push(panel(panels.len() + 1, &description, column, top));
        column += 1;
        if column == PANELS_A_ROW {
            (column, top) = (0, top + PANEL_HEIGHT);
        }
    }
    format!(
        "{{\n\"__inputs\": [{{\"name\": \"DS\", \"label\": \"Prometheus\", \"type\": \"datasource\", \"pluginId\": \"prometheus\"}}],\n\
         \"title\": \"Kentong\", \"uid\": \"kentong\", \"schemaVersion\": 39, \"refresh\": \"5s\", \"editable\": true,\n\
         \"time\": {{\"from\": \"now-30m\", \"to\": \"now\"}},\n\"panels\": [\n{}\n]\n}}\n",
        panels.join(",\n")
    )
}

/// The crate in a name, as in `kentong_gateway_pumps`; the process's own have none.
fn section_of(name: &'static str) -> &'static str {
    const SECTIONS: [&str; 8] = ["process", "mtproto", "store", "bus", "platform", "pictures", "api", "gateway"];
    let part = name.split('_').nth(1).unwrap_or_default();
    let known = SECTIONS.into_iter().find(|section| *section == part);
    known.unwrap_or(if part == "tls" { "gateway" } else { "process" })
}

fn row(id: usize, title: &str, top: usize) -> String {
    format!(
        "{{\"id\": {id}, \"type\": \"row\", \"title\": \"{title}\", \"collapsed\": false, \"panels\": [], {}}}",
        place(0, top, GRID_WIDTH, 1)
    )
}

fn panel(id: usize, description: &Description, column: usize, top: usize) -> String {
    let width = GRID_WIDTH / PANELS_A_ROW;
    let targets: Vec<String> = queries(description)
        .into_iter()
        .zip('A'..)
        .map(|((query, legend), letter)| {
            let (query, legend) = (quoted(&query), quoted(&legend));
            format!("{{\"refId\": \"{letter}\", \"expr\": {query}, \"legendFormat\": {legend}}}")
        })
        .collect();
    format!(
        "{{\"id\": {id}, \"type\": \"timeseries\", \"title\": {}, \"description\": {}, \
         \"datasource\": {{\"type\": \"prometheus\", \"uid\": \"${{DS}}\"}}, {}, \
         \"fieldConfig\": {{\"defaults\": {{\"unit\": \"{}\", \"min\": 0}}, \"overrides\": []}}, \"targets\": [{}]}}",
        quoted(description.name),
        quoted(description.help),
        place(column * width, top, width, PANEL_HEIGHT),
        unit_of(description),
        targets.join(", ")
    )
}

fn place(x: usize, y: usize, width: usize, height: usize) -> String {
    format!("\"gridPos\": {{\"x\": {x}, \"y\": {y}, \"w\": {width}, \"h\": {height}}}")
}

/// What is drawn of a metric, with what each line is called.
fn queries(description: &Description) -> Vec<(String, String)> {
    let Description { name, kind, label, .. } = description;
    match (*kind, label) {
        ("counter", Some(label)) => {
            vec![(format!("sum by ({label}) (rate({name}[1m]))"), format!("{{{{{label}}}}}"))]
        }
        ("counter", None) => vec![(format!("sum(rate({name}[1m]))"), "a second".to_owned())],
        ("histogram", _) => [("0.5", "median"), ("0.99", "slowest hundredth")]
            .map(|(share, legend)| {
                (format!("histogram_quantile({share}, sum by (le) (rate({name}_bucket[1m])))"), legend.to_owned())
            })
            .to_vec(),
        _ => vec![(format!("sum({name})"), "now".to_owned())],
    }
}

/// Grafana's word for the unit that a name ends in.
fn unit_of(description: &Description) -> &'static str {
    let name = description.name;
    match description.kind {
        "counter" if name.contains("_bytes_") => "Bps",
        "counter" => "ops",
        _ if name.ends_with("_timestamp_seconds") => "dateTimeAsIso",
        _ if name.ends_with("_seconds") => "s",
        _ if name.ends_with("_bytes") => "bytes",
        _ => "short",
    }
}

/// A text of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            control if control.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04x}", control as u32);
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
