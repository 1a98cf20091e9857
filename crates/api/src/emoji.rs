//! Words for which clients suggest emoji, by language. Read once; what they mean is the client's to show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tl::{enums, types};

use crate::data::rows;

/// Goes up when a word changes.
pub(crate) const VERSION: i32 = 1;

static KEYWORDS: LazyLock<[(&str, Vec<enums::EmojiKeyword>); 2]> = LazyLock::new(|| {
    [("en", read(include_str!("../data/emoji/en.tsv"))), ("id", read(include_str!("../data/emoji/id.tsv")))]
});

/// The file has a row an emoji; the answer an entry a word.
fn read(text: &'static str) -> Vec<enums::EmojiKeyword> {
    let mut by_word: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows(text) {
        let [emoji, words] = row.as_slice() else { continue };
        for word in words.split(',') {
            by_word.entry(word).or_default().push((*emoji).to_owned());
        }
    }
    let keyword =
        |(word, emoticons): (&str, Vec<String>)| types::EmojiKeyword { keyword: word.to_owned(), emoticons }.into();
    by_word.into_iter().map(keyword).collect()
}

/// The words of a language, its regions and variants; `None` for one without.
pub(crate) fn keywords(lang_code: &str) -> Option<&'static [enums::EmojiKeyword]> {
    let main = lang_code.split(['-', '_']).next().unwrap_or_default();
    let found = KEYWORDS.iter().find(|(code, _)| main.eq_ignore_ascii_case(code));
    found.map(|(_, keywords)| keywords.as_slice())
}

/// The words of a language since a version: all of them, or none for those who have them.
pub(crate) fn difference(lang_code: String, from_version: i32) -> enums::EmojiKeywordsDifference {
    let keywords = keywords(&lang_code).filter(|_| from_version < VERSION).unwrap_or_default().to_vec();
    types::EmojiKeywordsDifference { lang_code, from_version, version: VERSION, keywords }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_find_their_emoji_in_both_languages() {
        let found = |code: &str, word: &str| {
            let all = keywords(code).unwrap().iter();
            let mut of_word = all.filter_map(|one| match one {
                enums::EmojiKeyword::Keyword(one) if one.keyword == word => Some(one),
                _ => None,
            });
            of_word.next().map(|one| one.emoticons.clone()).unwrap_or_default()
        };
        assert!(found("en-GB", "heart").contains(&"❤️".to_owned()));
        assert!(found("id", "selamat").contains(&"🎉".to_owned()));
        assert!(found("id", "heart").is_empty() && keywords("tlh").is_none());
        assert!(keywords("en").unwrap().len() > 200);
    }
}
