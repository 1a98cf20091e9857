//! Records outlive programs: the release before this one must read what this one writes, and this one what that one wrote.
//!
//! `record_shapes.txt` holds the shape of everything that is stored, one type a line: its numbered fields and their types.
//! The test compares it with the source. What the rules allow is taken over by `KENTONG_BLESS=1 cargo test -p kentong-platform
//! --test record_shapes`:
//!
//! * A field that was ever stored keeps its number and its type, and its number is never given to another.
//! * A new field is `Option<…>` or `#[cbor(default)]`, for older records do not have it. Older releases skip it.
//! * A new variant of an enum, or a new type, is read from now on, but nobody else reads it: it may be written only from the
//!   release after this one.
//!
//! What they do not allow needs a new kind of record beside the old one, or a raised `Stored::VERSION` with a reader of both;
//! then the line is changed by hand, in the same commit, with the reason in its message.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SHAPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/record_shapes.txt");

/// Members by their numbers.
type Members = BTreeMap<u32, String>;

/// Types by file and name: `struct` or `enum`, and the members.
type Shapes = BTreeMap<String, (String, Members)>;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// The source without comments and tests.
fn bare(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join(" ")
}

/// From the bracket that `text` begins with to the one that closes it, without both.
fn enclosed(text: &str) -> &str {
    let mut depth = 0;
    for (place, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[1..place];
        }
    }
    panic!("brackets do not close: {text}")
}

/// Splits at commas outside of brackets.
fn members(body: &str) -> Members {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in body.chars() {
        match letter {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    let tidy = |part: &String| part.split_whitespace().collect::<Vec<_>>().join(" ");
    parts
        .iter()
        .map(tidy)
        .filter(|part| !part.is_empty())
        .map(|part| {
            (
                number(&part),
                ["pub ", "pub(crate) ", "pub(super) "].iter().fold(part.clone(), |part, word| part.replace(word, "")),
            )
        })
        .collect()
}

fn number(member: &str) -> u32 {
    let digits = member.split("n(").nth(1).and_then(|rest| rest.split(')').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no number: {member}"))
}

/// Every type of a source that derives its encoding.
fn shapes_of(name: &str, source: &str, shapes: &mut Shapes) {
    let code = bare(source);
    for (place, _) in code.match_indices("#[derive(") {
        let derived = enclosed(&code[place + 1..]);
        if !derived.contains("Encode") {
            continue;
        }
        let item = &code[place..];
        let (kind, at) = ["struct ", "enum "]
            .iter()
            .filter_map(|kind| Some((*kind, item.find(kind)?)))
            .min_by_key(|(_, at)| *at)
            .unwrap();
        let rest = &item[at + kind.len()..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap();
        let open = rest.find(['{', '(', ';']).unwrap();
        let body = if rest[open..].starts_with(';') { "" } else { enclosed(&rest[open..]) };
        let manners = ["transparent", "index_only", "map"]
            .into_iter()
            .filter(|manner| item[..at].contains(&format!("cbor({manner})")));
        let kind = [kind.trim()].into_iter().chain(manners).collect::<Vec<_>>().join(",");
        shapes.insert(format!("{name} {}", &rest[..end]), (kind, members(body)));
    }
}

fn present() -> Shapes {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut shapes) = (Vec::new(), Shapes::new());
    sources(&root, &mut found);
    for file in found {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        shapes_of(&name, &fs::read_to_string(&file).unwrap(), &mut shapes);
    }
    shapes
}

fn text(shapes: &Shapes) -> String {
    let line = |(name, (kind, members)): (&String, &(String, Members))| {
        format!("{name} {kind}: {}\n", members.values().cloned().collect::<Vec<_>>().join(" | "))
    };
    shapes.iter().map(line).collect()
}

fn kept() -> Shapes {
    let line = |line: &str| {
        let (head, body) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
        let (name, kind) = head.rsplit_once(' ').unwrap();
        let members = body.split(" | ").filter(|part| !part.is_empty());
        (name.to_owned(), (kind.to_owned(), members.map(|part| (number(part), part.to_owned())).collect()))
    };
    fs::read_to_string(SHAPES).unwrap_or_default().lines().map(line).collect()
}

/// What breaks the rules above.
fn broken(kept: &Shapes, present: &Shapes) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, (kind, old)) in kept {
        // A type may move to another file.
        let type_name = name.rsplit(' ').next().unwrap();
        let found = present.get(name).or_else(|| {
            present.iter().find(|(other, _)| other.rsplit(' ').next() == Some(type_name)).map(|(_, shape)| shape)
        });
        let Some((_, new)) = found.filter(|(present, _)| present == kind) else {
            broken.push(format!("{name} is gone, or no {kind} any more"));
            continue;
        };
        for (number, member) in old {
            if new.get(number) != Some(member) {
                broken.push(format!("{name}, field {number}: was {member:?}, is {:?}", new.get(number)));
            }
        }
        let highest = old.keys().max().copied();
        for (number, member) in new.iter().filter(|(number, _)| !old.contains_key(number)) {
            let is_optional =
                kind.starts_with("enum") || member.contains("Option<") || member.contains("cbor(default)");
            if !is_optional || highest.is_some_and(|highest| *number < highest) {
                broken.push(format!("{name}, new field {number}: {member} must be optional and come after the others"));
            }
        }
    }
    broken
}

#[test]
fn what_is_stored_changes_by_the_rules_only() {
    let (kept, present) = (kept(), present());
    assert!(present.len() > 60, "the source was understood: {} types", present.len());
    let broken = broken(&kept, &present);
    assert!(broken.is_empty(), "see the head of this file:\n{}", broken.join("\n"));
    if std::env::var_os("KENTONG_BLESS").is_some() {
        fs::write(SHAPES, text(&present)).unwrap();
    }
    let now = text(&present);
    let kept = fs::read_to_string(SHAPES).unwrap();
    let new = now.lines().filter(|line| !kept.lines().any(|old| old == *line)).collect::<Vec<_>>().join("\n");
    assert_eq!(kept, now, "allowed, but not taken over yet (see the head of this file):\n{new}");
}

/// Each rule notices what it is for.
#[test]
fn the_rules_can_be_broken() {
    let of = |source: &str| {
        let mut shapes = Shapes::new();
        shapes_of("a.rs", source, &mut shapes);
        shapes
    };
    let old = of("#[derive(Encode)] pub struct A { #[n(0)] pub x: i32, #[n(1)] y: Vec<(u8, u8)> }");
    for (source, is_fine) in [
        ("#[derive(Encode)] struct A { #[n(0)] x: i32, #[n(1)] y: Vec<(u8, u8)>, #[n(2)] z: Option<i32> }", true),
        (
            "#[derive(Encode)] struct A { #[n(1)] y: Vec<(u8, u8)>, #[n(0)] x: i32, #[n(2)] #[cbor(default)] z: u8 }",
            true,
        ),
        ("#[derive(Encode)] struct A { #[n(0)] x: i32, #[n(1)] y: Vec<(u8, u8)>, #[n(2)] z: i32 }", false),
        ("#[derive(Encode)] struct A { #[n(0)] x: i64, #[n(1)] y: Vec<(u8, u8)> }", false),
        ("#[derive(Encode)] struct A { #[n(0)] x: i32 }", false),
        ("#[derive(Encode)] #[cbor(map)] struct A { #[n(0)] x: i32, #[n(1)] y: Vec<(u8, u8)> }", false),
        ("#[derive(Debug)] struct A { x: i32 }", false),
    ] {
        assert_eq!(broken(&old, &of(source)).is_empty(), is_fine, "{source}");
    }
}
