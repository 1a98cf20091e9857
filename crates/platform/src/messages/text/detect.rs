//! Finds what a server marks by itself: links, mail addresses, mentions, hashtags, cashtags, bot commands, phone numbers.
//!
//! One walk over the characters; at each place where something can begin, the matcher of that kind says how far it goes.

use crate::limits::mailbox::MESSAGE_ENTITIES_MAX;
use crate::mailbox::{Entity, EntityKind};

use super::domains::is_top_level;

const MENTION_MIN_CHARS: usize = 3;
const MENTION_MAX_CHARS: usize = 32;
const HASHTAG_MAX_CHARS: usize = 256;
const COMMAND_MAX_CHARS: usize = 64;
const CASHTAG_MAX_CHARS: usize = 8;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A match: how many characters, and what they are.
type Found = (usize, EntityKind);

/// Everything found, in order, without overlaps.
pub(super) fn find(text: &str) -> Vec<Entity> {
    let mut characters: Vec<char> = Vec::with_capacity(text.len());
    characters.extend(text.chars());
    let mut found = Vec::new();
    let (mut at, mut unit) = (0, 0);
    while at < characters.len() && found.len() < MESSAGE_ENTITIES_MAX {
        let (length, kind) = match match_at(&characters, at) {
            Some((length, kind)) => (length, Some(kind)),
            None => (1, None),
        };
        let units: usize = characters[at..at + length].iter().map(|character| character.len_utf16()).sum();
        if let Some(kind) = kind {
            found.push(Entity { offset: as_i32(unit), length: as_i32(units), kind });
        }
        at += length;
        unit += units;
    }
    found
}

fn as_i32(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn match_at(text: &[char], at: usize) -> Option<Found> {
    let before = at.checked_sub(1).map(|before| text[before]);
    if before.is_some_and(is_word) {
        return None;
    }
    match text[at] {
        '@' => mention(text, at),
        '#' => hashtag(text, at),
        '$' => cashtag(text, at),
        '/' => command(text, at, before),
        '+' => phone(text, at),
        first if first.is_alphanumeric() => link(text, at, before),
        _ => None,
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn run(text: &[char], from: usize, accepts: impl Fn(char) -> bool) -> usize {
    text[from..].iter().take_while(|character| accepts(**character)).count()
}

fn is_ascii_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn mention(text: &[char], at: usize) -> Option<Found> {
    let length = run(text, at + 1, is_ascii_word);
    let starts_well = text.get(at + 1).is_some_and(char::is_ascii_alphabetic);
    let ends_well = !text.get(at + 1 + length).copied().is_some_and(is_word);
    let fits = (MENTION_MIN_CHARS..=MENTION_MAX_CHARS).contains(&length);
    (starts_well && ends_well && fits).then_some((length + 1, EntityKind::Mention))
}

fn hashtag(text: &[char], at: usize) -> Option<Found> {
    let accepts = |character: char| is_word(character) || matches!(character, '\u{200c}' | '\u{00b7}');
    let length = run(text, at + 1, accepts);
    let has_letter = text[at + 1..at + 1 + length].iter().any(|character| !character.is_numeric());
    let ends_well = text.get(at + 1 + length) != Some(&'#');
    (has_letter && ends_well && length <= HASHTAG_MAX_CHARS).then_some((length + 1, EntityKind::Hashtag))
}

fn cashtag(text: &[char], at: usize) -> Option<Found> {
    let length = run(text, at + 1, |character| character.is_ascii_uppercase());
    let ends_well = !text.get(at + 1 + length).copied().is_some_and(is_word);
    let fits = (1..=CASHTAG_MAX_CHARS).contains(&length);
    (fits && ends_well).then_some((length + 1, EntityKind::Cashtag))
}

fn command(text: &[char], at: usize, before: Option<char>) -> Option<Found> {
    if before.is_some_and(|before| matches!(before, '/' | '<' | '@' | '.' | ':')) {
        return None;
    }
    let length = run(text, at + 1, is_ascii_word);
    if !(1..=COMMAND_MAX_CHARS).contains(&length) {
        return None;
    }
    let mut end = at + 1 + length;
    if text.get(end) == Some(&'@')
        && let Some((bot, _)) = mention(text, end)
    {
        end += bot;
    }
    let ends_well = !text.get(end).is_some_and(|next| is_word(*next) || matches!(next, '/' | '>'));
    ends_well.then_some((end - at, EntityKind::BotCommand))
}

fn phone(text: &[char], at: usize) -> Option<Found> {
    let accepts = |character: char| character.is_ascii_digit() || matches!(character, ' ' | '-' | '(' | ')');
    let length = run(text, at + 1, accepts);
    let body = &text[at + 1..at + 1 + length];
    let trimmed = body.iter().rposition(char::is_ascii_digit)? + 1;
    let digits = body[..trimmed].iter().filter(|character| character.is_ascii_digit()).count();
    let ends_well = !text.get(at + 1 + trimmed).copied().is_some_and(is_word);
    (PHONE_DIGITS.contains(&digits) && ends_well).then_some((trimmed + 1, EntityKind::Phone))
}

/// A mail address, or a host name with an optional scheme before and port and path after it.
fn link(text: &[char], at: usize, before: Option<char>) -> Option<Found> {
    if before.is_some_and(|before| matches!(before, '@' | '.' | '-' | '/')) {
        return None;
    }
    if let Some(length) = mail(text, at) {
        return Some((length, EntityKind::Email));
    }
    let scheme = scheme(text, at);
    let host = host(text, at + scheme, scheme > 0)?;
    let end = at + scheme + host;
    if text.get(end) == Some(&'@') {
        return None;
    }
    let end = end + port(text, end);
    Some((end + path(text, end) - at, EntityKind::Url))
}

fn scheme(text: &[char], at: usize) -> usize {
    if !matches!(text[at], 'h' | 'H' | 'f' | 'F' | 't' | 'T') {
        return 0;
    }
    ["https://", "http://", "ftp://", "tonsite://", "tg://"]
        .into_iter()
        .find(|scheme| {
            let head = text[at..].iter().take(scheme.len());
            head.map(char::to_ascii_lowercase).eq(scheme.chars())
        })
        .map_or(0, str::len)
}

fn is_host(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '.' | '_')
}

fn host(text: &[char], at: usize, has_scheme: bool) -> Option<usize> {
    let mut length = run(text, at, is_host);
    while length > 0 && !text[at + length - 1].is_alphanumeric() {
        length -= 1;
    }
    // Most words have no dot: they are no hosts, and nothing is made of them to find that out.
    if !has_scheme && !text[at..at + length].contains(&'.') {
        return None;
    }
    let name: String = text[at..at + length].iter().collect::<String>().to_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let well_formed = labels.iter().all(|label| !label.is_empty() && label.len() <= 63 * 4);
    let known = match labels.as_slice() {
        [_] => has_scheme,
        [.., last] => is_top_level(last) || (has_scheme && !last.is_empty()) || is_address(&labels),
        [] => false,
    };
    (length > 0 && well_formed && known).then_some(length)
}

fn is_address(labels: &[&str]) -> bool {
    labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok())
}

fn port(text: &[char], at: usize) -> usize {
    if text.get(at) != Some(&':') {
        return 0;
    }
    let digits = run(text, at + 1, |character| character.is_ascii_digit());
    if (1..=5).contains(&digits) { digits + 1 } else { 0 }
}

fn path(text: &[char], at: usize) -> usize {
    if !text.get(at).is_some_and(|first| matches!(first, '/' | '?' | '#')) {
        return 0;
    }
    let accepts =
        |character: char| !character.is_whitespace() && !matches!(character, '<' | '>' | '"' | '«' | '»' | '`');
    let mut length = run(text, at, accepts);
    while length > 0 && is_trailing(&text[at..at + length]) {
        length -= 1;
    }
    length
}

/// Punctuation ends a sentence, not a link; a closing bracket belongs to the link that opened it.
fn is_trailing(path: &[char]) -> bool {
    match path.last() {
        Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…') => true,
        Some(')') => count(path, ')') > count(path, '('),
        Some(']') => count(path, ']') > count(path, '['),
        Some('}') => count(path, '}') > count(path, '{'),
        _ => false,
    }
}

fn count(path: &[char], wanted: char) -> usize {
    path.iter().filter(|character| **character == wanted).count()
}

fn mail(text: &[char], at: usize) -> Option<usize> {
    let accepts =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '+' | '%');
    let local = run(text, at, accepts);
    if local == 0 || local > 64 || text.get(at + local) != Some(&'@') || text[at + local - 1] == '.' {
        return None;
    }
    let domain = host(text, at + local + 1, false)?;
    Some(local + 1 + domain)
}
