//! What is made from the sections: the example file and the page for people.

use std::fmt::Write as _;

use super::document::Section;
use super::{Access, Embedded, Log, Mail, Media, Network, Postgres, Protocol, Server, Tls, Top};
use platform::product::BINARY;

/// One key with its default as TOML, its environment variable and its text.
pub(super) struct Entry {
    /// Empty for what stands before all sections.
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) default: toml::Value,
    doc: &'static [&'static str],
}

impl Entry {
    /// The variable that overrides this key.
    pub(super) fn variable(&self) -> String {
        let words = [BINARY, self.section, self.key];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_").to_uppercase()
    }
}

struct Part {
    name: &'static str,
    about: &'static [&'static str],
    entries: Vec<Entry>,
}

fn part<S: Section>(name: &'static str) -> Part {
    let defaults = toml::Table::try_from(S::default()).expect("sections hold nothing that TOML cannot say");
    let entry = |field: &super::document::Field| Entry {
        section: name,
        key: field.name,
        default: defaults.get(field.name).cloned().expect("every field is serialised"),
        doc: field.doc,
    };
    Part { name, about: S::ABOUT, entries: S::FIELDS.iter().map(entry).collect() }
}

fn parts() -> Vec<Part> {
    vec![
        part::<Top>(""),
        part::<Server>("server"),
        part::<Tls>("tls"),
        part::<Network>("network"),
        part::<Access>("access"),
        part::<Embedded>("embedded"),
        part::<Postgres>("postgres"),
        part::<Media>("media"),
        part::<Mail>("mail"),
        part::<Protocol>("protocol"),
        part::<Log>("log"),
    ]
}

/// Every key of every section.
pub(super) fn entries() -> Vec<Entry> {
    parts().into_iter().flat_map(|part| part.entries).collect()
}

/// A configuration file with every key at its default, commented out.
pub fn example() -> String {
    let mut text = format!(
        "# Every key with its default. Precedence: flags, then the environment ({}_SECTION_KEY, lists with commas),\n\
         # then this file. `{BINARY} config check` reads it without starting anything.\n",
        BINARY.to_uppercase()
    );
    for part in parts() {
        let _ = writeln!(text);
        if !part.name.is_empty() {
            comment(&mut text, part.about);
            let _ = writeln!(text, "[{}]", part.name);
        }
        for entry in &part.entries {
            comment(&mut text, entry.doc);
            let _ = writeln!(text, "#{} = {}", entry.key, entry.default);
        }
    }
    text
}

fn comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        let _ = writeln!(text, "#{line}");
    }
}

/// `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = format!(
        "# Configuration\n\nGenerated from `crates/{BINARY}/src/config/mod.rs` by `{BINARY} config example --markdown`; a test \
         compares. Flags win over\nthe environment, the environment over the file given with `--config`. Without any, \
         everything has a default that works.\n"
    );
    for part in parts() {
        if !part.name.is_empty() {
            let _ = writeln!(text, "\n## [{}]\n\n{}", part.name, prose(part.about));
        }
        let _ = writeln!(text, "\n| key | default | environment | meaning |\n|---|---|---|---|");
        for entry in &part.entries {
            let (key, default, variable, meaning) = (entry.key, &entry.default, entry.variable(), prose(entry.doc));
            let _ = writeln!(text, "| `{key}` | `{default}` | `{variable}` | {meaning} |");
        }
    }
    text
}

fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
