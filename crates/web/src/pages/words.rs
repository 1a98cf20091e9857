//! The words of the pages, one file a language, and which language a browser means.

use std::sync::LazyLock;

use minijinja::Value;
use minijinja::value::Serde;
use serde_json::Value as Json;

/// Languages a browser may name that are looked at.
const WISHES_MAX: usize = 16;

/// A language with its words.
pub(super) struct Language {
    /// As browsers and `lang` name it.
    pub(super) code: &'static str,
    words: Json,
    /// The same for the templates.
    pub(super) value: Value,
}

/// Every language; the first is for whoever asks for none of them.
static LANGUAGES: LazyLock<[Language; 2]> = LazyLock::new(|| {
    [
        Language::read("en", include_str!("../../words/en.json")),
        Language::read("id", include_str!("../../words/id.json")),
    ]
});

impl Language {
    fn read(code: &'static str, text: &str) -> Self {
        let words: Json = serde_json::from_str(text).expect("a test reads every file of words");
        Self { code, value: Value::from(Serde(&words)), words }
    }

    /// The language that fits this `Accept-Language` best.
    pub(super) fn of(accept: &str) -> &'static Self {
        let mut wishes: Vec<(f32, &str)> = accept.split(',').take(WISHES_MAX).filter_map(wish).collect();
        // Stable: of equal ones the first counts.
        wishes.sort_by(|one, other| other.0.total_cmp(&one.0));
        let known = |code: &str| LANGUAGES.iter().find(|language| language.code.eq_ignore_ascii_case(code));
        wishes.iter().find_map(|(_, code)| known(code)).unwrap_or(&LANGUAGES[0])
    }

    /// A sentence.
    pub(super) fn text(&self, key: &str) -> &str {
        self.words.get(key).and_then(Json::as_str).unwrap_or_default()
    }

    /// A sentence within groups of them.
    pub(super) fn within(&self, path: &[&str]) -> &str {
        path.iter().try_fold(&self.words, |words, key| words.get(key)).and_then(Json::as_str).unwrap_or_default()
    }

    /// A group of sentences as JSON, for scripts.
    pub(super) fn json(&self, key: &str) -> String {
        self.words.get(key).map(Json::to_string).unwrap_or_default()
    }

    /// A sentence with its gaps filled.
    pub(super) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        fill(self.text(key), value)
    }

    /// A number as people of this language write it.
    pub(super) fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push_str(self.text("thousands"));
            }
            text.push(digit);
        }
        text
    }
}

/// Fills `{name}` gaps in one pass: a value that looks like a gap stays as it is.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&value(name).unwrap_or_default());
        rest = behind;
    }
    filled + rest
}

/// One wish of the header: how much, and the language without its country.
fn wish(part: &str) -> Option<(f32, &str)> {
    let (range, parameters) = part.trim().split_once(';').unwrap_or((part.trim(), ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(weight) => weight.trim().parse().ok().filter(|weight: &f32| (0.0..=1.0).contains(weight))?,
        None => 1.0,
    };
    let code = range.trim().split('-').next().filter(|code| !code.is_empty())?;
    (weight > 0.0).then_some((weight, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_language_they_ask_for_most() {
        for (accept, code) in [
            ("", "en"),
            ("id", "id"),
            ("id-ID,id;q=0.9,en;q=0.8", "id"),
            ("de-DE,de;q=0.9,id;q=0.5,en;q=0.4", "id"),
            ("en-GB;q=0.9, id;q=0.1", "en"),
            ("id;q=0", "en"),
            ("id;q=7", "en"),
            (";;,=,x;q", "en"),
            ("*", "en"),
        ] {
            assert_eq!(Language::of(accept).code, code, "{accept}");
        }
    }

    fn keys(words: &Json) -> Vec<String> {
        let Json::Object(object) = words else { return Vec::new() };
        object.iter().flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat()).collect()
    }

    fn gaps(words: &Json) -> Vec<Vec<String>> {
        match words {
            Json::Object(object) => object.values().flat_map(gaps).collect(),
            Json::String(text) => {
                let mut found: Vec<String> =
                    text.split('{').skip(1).map(|part| part.split('}').next().unwrap().to_owned()).collect();
                found.sort();
                vec![found]
            }
            _ => panic!("words are text"),
        }
    }

    #[test]
    fn every_language_says_the_same_things() {
        let [first, others @ ..] = &*LANGUAGES;
        for other in others {
            assert_eq!(keys(&other.words), keys(&first.words), "{}", other.code);
            assert_eq!(gaps(&other.words), gaps(&first.words), "{}", other.code);
        }
    }

    #[test]
    fn gaps_are_filled_once() {
        let value = |name: &str| (name == "name").then(|| "{count} {name}".to_owned());
        assert_eq!(fill("<{name}> {other}{", value), "<{count} {name}> {");
    }

    #[test]
    fn numbers_are_grouped() {
        let english = Language::of("en");
        assert_eq!([7, 999, 1_000, 1_234_567].map(|number| english.number(number)), ["7", "999", "1,000", "1,234,567"]);
        assert_eq!(Language::of("id").number(12_345), "12.345");
    }
}
