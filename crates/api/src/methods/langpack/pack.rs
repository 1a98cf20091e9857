//! The English pack.

use std::sync::LazyLock;

use tl::{enums, types};

use crate::RpcError;
use crate::data::rows;

/// The pack's only language.
pub(super) const LANG_CODE: &str = "en";
/// Goes up when a word changes.
pub(super) const VERSION: i32 = 1;
/// Longest name of a pack or a language, in bytes.
const NAME_MAX_BYTES: usize = 64;

/// Keys and words.
pub(super) static WORDS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let pair = |columns: Vec<&'static str>| Some((*columns.first()?, *columns.get(1)?));
    rows(include_str!("../../../data/langpack_en.tsv")).filter_map(pair).collect()
});

/// The pack from a version on: everything, or nothing for those who have it.
pub(super) fn difference(from_version: i32) -> enums::LangPackDifference {
    let strings =
        if from_version >= VERSION { Vec::new() } else { WORDS.iter().map(|(key, value)| word(key, value)).collect() };
    types::LangPackDifference { lang_code: LANG_CODE.to_owned(), from_version, version: VERSION, strings }.into()
}

pub(super) fn word(key: &str, value: &str) -> enums::LangPackString {
    types::LangPackString { key: key.to_owned(), value: value.to_owned() }.into()
}

/// The language itself, as lists of languages show it.
pub(super) fn english() -> enums::LangPackLanguage {
    let count = i32::try_from(WORDS.len()).unwrap_or(i32::MAX);
    types::LangPackLanguage {
        official: true,
        rtl: false,
        beta: false,
        name: "English".to_owned(),
        native_name: "English".to_owned(),
        lang_code: LANG_CODE.to_owned(),
        base_lang_code: None,
        plural_code: LANG_CODE.to_owned(),
        strings_count: count,
        translated_count: count,
        translations_url: String::new(),
    }
    .into()
}

/// `LANG_PACK_INVALID` for a name that is none. An empty name is what old clients send; theirs is everybody's pack.
pub(super) fn check_pack(lang_pack: &str) -> Result<(), RpcError> {
    let fits = lang_pack.len() <= NAME_MAX_BYTES
        && lang_pack.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if fits { Ok(()) } else { Err(RpcError::LANG_PACK_INVALID) }
}

/// `LANG_CODE_NOT_SUPPORTED` for every language but English; regions and variants of it are English.
pub(super) fn check_language(lang_code: &str) -> Result<(), RpcError> {
    let language = lang_code.split(['-', '_']).next().unwrap_or_default();
    let english = language.eq_ignore_ascii_case(LANG_CODE) || lang_code.is_empty();
    if english { Ok(()) } else { Err(RpcError::LANG_CODE_NOT_SUPPORTED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_english_and_says_so_of_the_rest() {
        assert_eq!(check_language("en-GB"), Ok(()));
        assert_eq!(check_language("id"), Err(RpcError::LANG_CODE_NOT_SUPPORTED));
        assert_eq!(check_pack("android_x"), Ok(()));
        assert_eq!(check_pack("no pack"), Err(RpcError::LANG_PACK_INVALID));
        assert!(WORDS.len() > 10);
    }
}
