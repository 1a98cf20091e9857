//! `docs/losses.md`: the committed list of losses with their reasons.
//!
//! What is lost, how and up to which layer is seen by the run; the reasons are people's. `KENTONG_BLESS=1` writes the page
//! anew and keeps its reasons; a new loss gets the reason of the rule behind it (`crates/tl/schema/rules.tsv`).

use std::collections::BTreeMap;
use std::fmt::Write;

use tl::schema::{HOME_LAYER, Kind, TYPES, named};

use crate::losses::{Loss, Losses};

const PAGE: &str = "../../docs/losses.md";
const RULES: &str = "../tl/schema/rules.tsv";
/// Shorter is no reason, in letters.
const REASON_MIN: usize = 10;
const HEAD: &str = "# What older clients are not told

Every difference between what the server means (layer 230) and what a client of an older layer reads: written by
`KENTONG_BLESS=1 cargo test -p kentong-api --test golden` from samples of every constructor the server can emit, at every layer from 150 on;
the test fails when this page and what it saw differ. *Up to* is the last layer that is told so. *Left out* of a constructor is that an
object cannot be told and goes with whatever requires it; of a field, that the object goes without it. The reasons stand here and in
`crates/tl/schema/rules.tsv`. A client of layer 232 is told everything; it finds the fields that are newer than layer 230 absent.

| what | up to | how | why |
|---|---:|---|---|
";

/// Fails when the page and what was seen differ.
pub fn agree(losses: &Losses) {
    let text = std::fs::read_to_string(PAGE).unwrap_or_default();
    let kept: BTreeMap<Loss, (i32, String)> = text.lines().filter_map(row).collect();
    if std::env::var_os("KENTONG_BLESS").is_some() {
        std::fs::write(PAGE, write(losses, &kept)).expect("docs can be written");
        return;
    }
    let mut differences = String::new();
    for (loss, last) in &losses.0 {
        match kept.get(loss) {
            None => writeln!(differences, "not listed: {loss:?} up to {last}"),
            Some((listed, _)) if listed != last => {
                writeln!(differences, "{loss:?}: listed up to {listed}, seen up to {last}")
            }
            Some((_, reason)) if reason.len() < REASON_MIN => writeln!(differences, "{loss:?}: no reason"),
            Some(_) => Ok(()),
        }
        .expect("a string grows");
    }
    for loss in kept.keys().filter(|loss| !losses.0.contains_key(loss)) {
        writeln!(differences, "listed and not seen: {loss:?}").expect("a string grows");
    }
    assert!(differences.is_empty(), "docs/losses.md and the tables differ:\n{differences}");
}

fn row(line: &str) -> Option<(Loss, (i32, String))> {
    let mut cells = line.strip_prefix("| `")?.trim_end_matches('|').split(" | ").map(str::trim);
    let (subject, last, how, why) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some(((subject.trim_end_matches('`').to_owned(), how.to_owned()), (last.parse().ok()?, why.to_owned())))
}

fn write(losses: &Losses, kept: &BTreeMap<Loss, (i32, String)>) -> String {
    let rules = std::fs::read_to_string(RULES).expect("the rules");
    let mut text = HEAD.to_owned();
    for (loss, last) in &losses.0 {
        let why = kept.get(loss).map(|(_, why)| why.clone()).filter(|why| !why.is_empty());
        let why = why.unwrap_or_else(|| reason(&rules, &loss.0, *last));
        writeln!(text, "| `{}` | {last} | {} | {why} |", loss.0, loss.1).expect("a string grows");
    }
    text
}

/// The reason of the rule about a field, a constructor or its type; else that the field came later.
fn reason(rules: &str, subject: &str, last: i32) -> String {
    let (name, field) = match subject.rsplit_once('.').filter(|(name, _)| named(HOME_LAYER, name).is_some()) {
        Some((name, field)) => (name, Some(field)),
        None => (subject, None),
    };
    let mut subjects = vec![subject.to_owned()];
    if field.is_none()
        && let Some(Kind::Boxed(index)) = named(HOME_LAYER, name).map(|it| it.result)
    {
        subjects.push(format!("type:{}", TYPES[usize::from(index)].name));
    }
    let found = subjects.iter().find_map(|subject| rule(rules, subject, last));
    found.unwrap_or_else(|| match field {
        Some(_) => "older layers have no such field; it may be absent".to_owned(),
        None => String::new(),
    })
}

fn rule(rules: &str, subject: &str, last: i32) -> Option<String> {
    rules.lines().find_map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [direction, about, until, _, _, reason] = columns[..] else { return None };
        let fits = direction == "down" && about == subject && until.parse::<i32>().is_ok_and(|until| until >= last);
        fits.then(|| reason.to_owned())
    })
}
