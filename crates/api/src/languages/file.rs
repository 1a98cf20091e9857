//! Reading a file of words.

use std::collections::BTreeMap;

use super::{Language, Words};
use crate::limits::{LANGUAGE_KEY_MAX_BYTES, LANGUAGE_MAX_BYTES, LANGUAGE_WORD_MAX_BYTES, LANGUAGE_WORDS_MAX};

/// Why a file of words cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LanguageError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// The forms for counts, in the order of [`Words`].
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// Longest language code, in bytes.
const CODE_MAX_BYTES: usize = 32;

/// Whether it looks like a language code: `id`, `pt-br`.
pub(super) fn is_code(code: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=CODE_MAX_BYTES).contains(&code.len()) && code.bytes().all(is_letter)
}

/// The language of a file, over what was there of it before.
pub(super) fn read(code: &str, text: &str, version: i32, present: Option<Language>) -> Result<Language, LanguageError> {
    let wrong = |line: usize, what: &'static str| LanguageError { line, what };
    if text.len() > LANGUAGE_MAX_BYTES {
        return Err(wrong(0, "the file is too large"));
    }
    let before = present.as_ref().map_or(0, |language| language.version);
    let mut language = present.unwrap_or_else(|| blank(code));
    let mut added = version;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        let read = match line.strip_prefix('#') {
            Some(comment) => read_comment(&mut language, comment, &mut added),
            None if line.trim().is_empty() => Ok(()),
            None => read_row(&mut language.words, line),
        };
        read.map_err(|what| wrong(index + 1, what))?;
    }
    if language.words.len() > LANGUAGE_WORDS_MAX {
        return Err(wrong(0, "there are too many words"));
    }
    let whole = |words: &Words| words.forms[FORMS.len() - 1].is_some();
    if !language.words.values().all(whole) {
        return Err(wrong(0, "a key with forms for counts lacks #other"));
    }
    language.version = before.saturating_add(added);
    Ok(language)
}

fn blank(code: &str) -> Language {
    let name = code.to_owned();
    let plural_code = code.split('-').next().unwrap_or_default().to_owned();
    Language { code: name.clone(), name: name.clone(), native_name: name, plural_code, ..Language::default() }
}

/// `# name: Indonesian`; other comments are for people.
fn read_comment(language: &mut Language, comment: &str, version: &mut i32) -> Result<(), &'static str> {
    let Some((what, value)) = comment.split_once(':') else { return Ok(()) };
    let value = value.trim();
    if value.len() > LANGUAGE_KEY_MAX_BYTES {
        return Err("the comment is too long");
    }
    match what.trim() {
        "name" => value.clone_into(&mut language.name),
        "native" => value.clone_into(&mut language.native_name),
        "plural" => value.clone_into(&mut language.plural_code),
        "base" => language.base = is_code(value).then(|| value.to_owned()),
        "direction" => language.rtl = value == "rtl",
        "version" => {
            *version = value.parse().ok().filter(|number| *number > 0).ok_or("the version is no number above 0")?;
        }
        _ => {}
    }
    Ok(())
}

fn read_row(words: &mut BTreeMap<String, Words>, line: &str) -> Result<(), &'static str> {
    let (key, text) = line.split_once('\t').ok_or("a row is a key, a tab and its words")?;
    let (key, form) = key.rsplit_once('#').map_or((key, None), |(key, form)| (key, Some(form)));
    if key.is_empty() || key.len() > LANGUAGE_KEY_MAX_BYTES || text.len() > LANGUAGE_WORD_MAX_BYTES {
        return Err("the key is empty, or key or words are too long");
    }
    let place = match form {
        Some(form) => FORMS.iter().position(|known| *known == form).ok_or("no such form for counts")?,
        None => FORMS.len() - 1,
    };
    let text = text.replace("\\n", "\n");
    let entry = words.entry(key.to_owned()).or_default();
    if entry.is_counted != form.is_some() {
        *entry = Words { is_counted: form.is_some(), ..Words::default() };
    }
    entry.forms[place] = Some(text);
    Ok(())
}
