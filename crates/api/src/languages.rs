//! The words of clients' interfaces, by language: those that came with this program, and those the operator added as files.
//!
//! A file has comments that say what the language is (`# name: Indonesian`) and rows of a key and its words, parted by a tab.
//! A key is either one of ours (`data/languages/keys.tsv`), which stands for what each family of clients calls the same
//! thing, or a client's own. `key#one`, `key#other` and so on are its forms for counts, in which `{n}` is the count. Clients
//! bring English words of their own for everything else: nothing is made up.

mod file;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use tl::{enums, types};

pub use file::LanguageError;

use crate::data::rows;
use crate::limits::LANGUAGES_MAX;

/// The language every client falls back to.
pub const ENGLISH: &str = "en";

/// The languages on offer.
#[derive(Clone, Debug, Default)]
pub struct Languages {
    by_code: BTreeMap<String, Arc<Language>>,
}

/// A language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Language {
    /// Its code, for instance `id`.
    pub code: String,
    /// Its English name.
    pub name: String,
    /// What it calls itself.
    pub native_name: String,
    /// The language whose rules for counts it follows.
    pub plural_code: String,
    /// The language whose words stand in for missing ones.
    pub base: Option<String>,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// Came with this program.
    pub official: bool,
    /// Goes up when a word changes.
    pub version: i32,
    words: BTreeMap<String, Words>,
}

/// The words of one key: plain ones, or a form for each kind of count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words {
    /// Zero, one, two, few, many, other; plain words are the last.
    forms: [Option<String>; 6],
    is_counted: bool,
}

/// A family of clients: they call the same thing by the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Family {
    Android,
    Apple,
    Desktop,
    Web,
    /// None that we know: it may ask by any key.
    Other,
}

impl Family {
    const NAMED: [Self; 4] = [Self::Android, Self::Apple, Self::Desktop, Self::Web];

    fn of_pack(lang_pack: &str) -> Self {
        match lang_pack {
            "android" | "android_x" | "unigram" => Self::Android,
            "ios" | "macos" => Self::Apple,
            "tdesktop" => Self::Desktop,
            "weba" | "webk" | "webogram" => Self::Web,
            _ => Self::Other,
        }
    }

    /// How its words say where a count stands.
    fn count(self) -> &'static str {
        match self {
            Self::Apple => "%@",
            Self::Desktop => "{count}",
            Self::Android | Self::Web | Self::Other => "%1$d",
        }
    }
}

/// What our keys stand for: the keys of each family, in the order of [`Family::NAMED`].
static KEYS: LazyLock<BTreeMap<&str, [Vec<&str>; 4]>> = LazyLock::new(|| {
    let keys = |cell: Option<&&'static str>| {
        cell.into_iter().flat_map(|cell| cell.split(',')).filter(|key| *key != "-").collect()
    };
    let row = |columns: Vec<&'static str>| {
        let name = *columns.first()?;
        Some((name, [1, 2, 3, 4].map(|index| keys(columns.get(index)))))
    };
    rows(include_str!("../data/languages/keys.tsv")).filter_map(row).collect()
});

/// For which of ours a key of a family stands.
static NAMES: LazyLock<HashMap<(Family, &str), &str>> = LazyLock::new(|| {
    let all = KEYS.iter().flat_map(|(name, keys)| {
        let families = Family::NAMED.into_iter().zip(keys);
        families.flat_map(move |(family, keys)| keys.iter().map(move |key| ((family, *key), *name)))
    });
    all.collect()
});

static BUILT_IN: LazyLock<Languages> = LazyLock::new(|| {
    let mut languages = Languages::default();
    for (code, text) in
        [(ENGLISH, include_str!("../data/languages/en.tsv")), ("id", include_str!("../data/languages/id.tsv"))]
    {
        languages.add(code, text, 1).expect("what came with this program is sound: a test reads it");
    }
    for language in languages.by_code.values_mut() {
        Arc::make_mut(language).official = true;
    }
    languages
});

impl Languages {
    /// Those that came with this program.
    #[must_use]
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// Adds a language, or words to one that is there. `version` counts where the file gives none; a changed file has to
    /// have a greater one.
    ///
    /// # Errors
    /// [`LanguageError`] with the line; then nothing is added.
    pub fn add(&mut self, code: &str, text: &str, version: i32) -> Result<(), LanguageError> {
        if !file::is_code(code) {
            return Err(LanguageError { line: 0, what: "the file's name is no language code" });
        }
        if self.by_code.len() >= LANGUAGES_MAX && !self.by_code.contains_key(code) {
            return Err(LanguageError { line: 0, what: "there are too many languages" });
        }
        let present = self.by_code.get(code).map(|language| Language::clone(language));
        let language = file::read(code, text, version, present)?;
        self.by_code.insert(code.to_owned(), Arc::new(language));
        Ok(())
    }

    /// All of them, English first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Language>> {
        let english = self.by_code.get(ENGLISH);
        english.into_iter().chain(self.by_code.values().filter(|language| language.code != ENGLISH))
    }

    /// The language with this code, or the one that a region or variant of it belongs to; English for none.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Arc<Language>> {
        let code = if code.is_empty() { ENGLISH } else { code };
        let code = code.to_ascii_lowercase().replace('_', "-");
        let main = code.split('-').next().unwrap_or_default();
        self.by_code.get(&code).or_else(|| self.by_code.get(main))
    }
}

impl Language {
    /// As lists of languages show it.
    #[must_use]
    pub fn view(&self, lang_pack: &str) -> enums::LangPackLanguage {
        let count = i32::try_from(self.strings(lang_pack).len()).unwrap_or(i32::MAX);
        types::LangPackLanguage {
            official: self.official,
            rtl: self.rtl,
            beta: false,
            name: self.name.clone(),
            native_name: self.native_name.clone(),
            lang_code: self.code.clone(),
            base_lang_code: self.base.clone(),
            plural_code: self.plural_code.clone(),
            strings_count: count,
            translated_count: count,
            translations_url: String::new(),
        }
        .into()
    }

    /// All words under the keys of this pack's clients.
    #[must_use]
    pub fn strings(&self, lang_pack: &str) -> Vec<enums::LangPackString> {
        let family = Family::of_pack(lang_pack);
        let mut strings = Vec::new();
        for (name, words) in &self.words {
            match KEYS.get(name.as_str()) {
                Some(keys) => strings.extend(of_family(keys, family).map(|(family, key)| words.view(key, family))),
                None => strings.push(words.view(name, family)),
            }
        }
        strings
    }

    /// The words under these keys, as far as there are any; keys of other packs count, too.
    #[must_use]
    pub fn find(&self, lang_pack: &str, wanted: &[String]) -> Vec<enums::LangPackString> {
        let own = Family::of_pack(lang_pack);
        let families = || std::iter::once(own).chain(Family::NAMED);
        let find = |key: &String| {
            let ours = families().find_map(|family| Some((family, *NAMES.get(&(family, key.as_str()))?)));
            let (family, name) = ours.unwrap_or((own, key.as_str()));
            self.words.get(name).map(|words| words.view(key, family))
        };
        wanted.iter().filter_map(find).collect()
    }
}

/// The keys of a family, each with whose it is; all of them for one we do not know.
fn of_family<'a>(keys: &'a [Vec<&str>; 4], family: Family) -> impl Iterator<Item = (Family, &'a str)> {
    let mut seen = Vec::new();
    let wanted = move |of: &Family| family == Family::Other || family == *of;
    let all = Family::NAMED.into_iter().zip(keys).filter(move |(of, _)| wanted(of));
    all.flat_map(|(of, keys)| keys.iter().map(move |key| (of, *key))).filter(move |(_, key)| {
        let is_new = !seen.contains(key);
        seen.push(*key);
        is_new
    })
}

impl Words {
    fn view(&self, key: &str, family: Family) -> enums::LangPackString {
        let key = key.to_owned();
        let told = |form: &Option<String>| form.as_ref().map(|words| words.replace("{n}", family.count()));
        let [zero_value, one_value, two_value, few_value, many_value, other] = self.forms.each_ref().map(told);
        let value = other.unwrap_or_default();
        if !self.is_counted {
            return types::LangPackString { key, value }.into();
        }
        types::LangPackStringPluralized {
            key,
            zero_value,
            one_value,
            two_value,
            few_value,
            many_value,
            other_value: value,
        }
        .into()
    }
}

#[cfg(test)]
mod tests;
