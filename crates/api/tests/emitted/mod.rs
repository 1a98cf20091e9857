//! Which constructors the server can emit, read from its own source: every `types::X` and `enums::T::V` of the crates that
//! make answers, and what the empty answers are made of; as far as results and updates can hold them.
//!
//! Reading a request names constructors, too: the list is rather too long than too short. What is emitted without being
//! named would be missing; the tests that read answers (`table.rs`, `talk.rs`) look for that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use api::Status;
use tl::sample;
use tl::schema::{self, DEFINITIONS, Definition, HOME_LAYER, Kind, TYPES};
use tl::walk::{Place, Visitor, WalkError, Walker};

/// The crates that make answers, from the folder of this one.
const SOURCES: [&str; 2] = ["src", "../gateway/src"];

/// Types whose values come back as the client sent them.
const ECHOED: [&str; 1] = ["MessagesFilter"];

/// Types that are named where requests are read, and told to nobody: drafts are kept without media.
const READ_ONLY: [&str; 2] = ["InputFile", "InputMedia"];

/// The constructors the server can emit, by their numbers.
pub fn emitted() -> BTreeMap<u32, &'static Definition> {
    let named = named_in_source();
    let mut all: BTreeMap<u32, _> = schema::constructors().filter(|it| named.contains(&it.id)).map(entry).collect();
    all.extend(schema::constructors().filter(|it| ECHOED.map(schema::boxed).contains(&Some(it.result))).map(entry));
    for (bytes, kind) in empty_answers() {
        all.extend(constructors_in(kind, &bytes).into_iter().filter_map(schema::find).map(entry));
    }
    all.retain(|_, definition| !READ_ONLY.map(schema::boxed).contains(&Some(definition.result)));
    reachable(all)
}

/// The names of constructors in an answer of the home layer that the server was not known to emit.
#[allow(dead_code, reason = "the corpus asks for the list only")]
pub fn unlisted(kind: Kind, bytes: &[u8]) -> Vec<&'static str> {
    static EMITTED: LazyLock<BTreeMap<u32, &'static Definition>> = LazyLock::new(emitted);
    let seen = constructors_in(kind, bytes).into_iter().filter(|id| !EMITTED.contains_key(id));
    seen.filter_map(schema::find).map(|definition| definition.name).collect()
}

fn entry(definition: &'static Definition) -> (u32, &'static Definition) {
    (definition.id, definition)
}

/// The numbers of all constructors in a value of the home layer.
pub fn constructors_in(kind: Kind, bytes: &[u8]) -> BTreeSet<u32> {
    struct Seen(BTreeSet<u32>);
    impl Visitor for Seen {
        fn enter(&mut self, definition: &'static Definition, _at: usize) -> Result<(), WalkError> {
            self.0.insert(definition.id);
            Ok(())
        }
    }
    let mut walker = Walker::new(bytes, Seen(BTreeSet::new()));
    walker.value(Place { definition: None, field: None }, kind, 0).expect("a value of the home layer");
    walker.visitor.0
}

fn empty_answers() -> Vec<(Vec<u8>, Kind)> {
    let empty = |name: &str| schema::named(HOME_LAYER, name).filter(|it| it.function && it.result != Kind::Query);
    let names = api::methods().filter(|(_, status)| *status == Status::Empty).filter_map(|(name, _)| empty(name));
    names.filter_map(|function| sample::empty(function.result).map(|bytes| (bytes, function.result))).collect()
}

/// Leaves out what no result or update can hold.
fn reachable(all: BTreeMap<u32, &'static Definition>) -> BTreeMap<u32, &'static Definition> {
    let answered: BTreeSet<&str> = answered().collect();
    let results = schema::functions().filter(|function| answered.contains(function.name)).map(|it| it.result);
    let mut open: Vec<u16> = results.chain(schema::boxed("Updates")).filter_map(boxed).collect();
    let mut types = BTreeSet::new();
    let mut reached = BTreeMap::new();
    while let Some(index) = open.pop() {
        if !types.insert(index) {
            continue;
        }
        let constructors = TYPES[usize::from(index)].constructors.iter();
        for definition in constructors.map(|index| &DEFINITIONS[usize::from(*index)]) {
            if all.contains_key(&definition.id) {
                reached.insert(definition.id, definition);
                open.extend(definition.fields.iter().filter_map(|field| boxed(field.kind)));
            }
        }
    }
    reached
}

fn answered() -> impl Iterator<Item = &'static str> {
    api::methods().filter(|(_, status)| *status != Status::Refused).map(|(name, _)| name)
}

fn boxed(kind: Kind) -> Option<u16> {
    match kind {
        Kind::Boxed(index) => Some(index),
        Kind::Vector(element) | Kind::BareVector(element) => boxed(*element),
        _ => None,
    }
}

fn named_in_source() -> BTreeSet<u32> {
    let (types, variants) = rust_names();
    let mut named = BTreeSet::new();
    for text in SOURCES.iter().flat_map(|folder| rust_files(Path::new(folder))) {
        let paths = paths(&text);
        let aliases: BTreeMap<&str, &str> = text.split(';').filter_map(alias).collect();
        for pair in paths.windows(2) {
            let owner = aliases.get(pair[0]).copied().unwrap_or(pair[0]);
            named.extend(variants.get(&(owner.to_owned(), pair[1].to_owned())).into_iter().flatten());
        }
        assert!(!text.contains("types::{") && !text.contains("enums::{"), "whole paths, so that the corpus sees them");
        let after_types =
            paths.iter().enumerate().filter(|(_, word)| **word == "types").map(|(at, _)| &paths[at + 1..]);
        let bare = paths.iter().filter(|word| is_compound(word)).map(|word| (*word).to_owned());
        let names = bare.chain(after_types.map(path_name));
        named.extend(names.filter_map(|name| types.get(&name)).flatten());
    }
    named
}

/// `MessageEntityUrl`, without `types::` where a macro adds it; `Page` or `Chat` alone may be anything.
fn is_compound(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && word.matches(|letter: char| letter.is_ascii_uppercase()).count() > 1
}

/// `auth::SentCode` -> `auth.SentCode`.
fn path_name(words: &[&str]) -> String {
    let namespace = words.iter().take_while(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()));
    let count = namespace.count().min(1);
    words.iter().take(count + 1).copied().collect::<Vec<_>>().join(".")
}

/// `use enums::MessageEntity as E`: the alias and what it stands for.
fn alias(statement: &str) -> Option<(&str, &str)> {
    let (path, alias) = statement.rsplit_once(" as ")?;
    path.contains("use ").then(|| (alias.trim(), path.rsplit("::").next().unwrap_or(path)))
}

/// The names of a source text in their order, without what lies between.
fn paths(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty()).collect()
}

fn rust_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut texts = Vec::new();
    for path in entries.map(|entry| entry.expect("a readable folder").path()) {
        if path.is_dir() {
            texts.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("a source file"));
        }
    }
    texts
}

type ByName = BTreeMap<String, Vec<u32>>;
type ByVariant = BTreeMap<(String, String), Vec<u32>>;

/// The constructors of the home layer by the names of their Rust types, and by type and variant.
fn rust_names() -> (ByName, ByVariant) {
    let (mut types, mut variants) = (ByName::new(), ByVariant::new());
    for definition in schema::constructors() {
        let Some(index) = boxed(definition.result) else { continue };
        let (name, owner) = (rust_name(definition.name), rust_name(TYPES[usize::from(index)].name));
        variants.entry((owner.clone(), variant(&name, &owner))).or_default().push(definition.id);
        let namespace = definition.name.split_once('.').map_or(String::new(), |(space, _)| format!("{space}."));
        types.entry(namespace + &name).or_default().push(definition.id);
    }
    (types, variants)
}

/// `messageActionSetMessagesTTL` -> `MessageActionSetMessagesTtl`.
fn rust_name(name: &str) -> String {
    let name = name.rsplit('.').next().unwrap_or(name);
    let mut previous_upper = false;
    let letters = name.char_indices().map(|(at, letter)| {
        let upper = letter.is_ascii_uppercase();
        let made = if at == 0 {
            letter.to_ascii_uppercase()
        } else if previous_upper {
            letter.to_ascii_lowercase()
        } else {
            letter
        };
        previous_upper = upper || at == 0;
        made
    });
    letters.collect()
}

/// The constructor's name without that of its type, or its last word if nothing is left.
fn variant(name: &str, owner: &str) -> String {
    match name.strip_prefix(owner).unwrap_or(name) {
        "Self" => format!("{}Self", last_word(name.trim_end_matches("Self"))),
        rest if rest.chars().all(char::is_numeric) => last_word(name).to_owned(),
        rest => rest.to_owned(),
    }
}

fn last_word(name: &str) -> &str {
    &name[name.rfind(|letter: char| letter.is_ascii_uppercase()).unwrap_or(0)..]
}
