//! Handlers of the namespace `langpack`: the words of clients' interfaces, as [`crate::languages`] has them.

pub mod get_difference;
pub mod get_lang_pack;
pub mod get_language;
pub mod get_languages;
pub mod get_strings;

use std::sync::Arc;

use tl::{enums, types};

use crate::{Context, Language, RpcError};

/// Longest name of a pack, in bytes.
const PACK_MAX_BYTES: usize = 64;

/// `LANG_PACK_INVALID` for a name that is none. An empty name is what old clients send; theirs is everybody's pack.
fn check_pack(lang_pack: &str) -> Result<(), RpcError> {
    let fits = lang_pack.len() <= PACK_MAX_BYTES
        && lang_pack.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if fits { Ok(()) } else { Err(RpcError::LANG_PACK_INVALID) }
}

/// The language asked for, or `LANG_CODE_NOT_SUPPORTED`; regions and variants of one are that one.
fn language<'a>(cx: &'a Context<'_>, lang_pack: &str, lang_code: &str) -> Result<&'a Arc<Language>, RpcError> {
    check_pack(lang_pack)?;
    cx.api.settings().languages.find(lang_code).ok_or(RpcError::LANG_CODE_NOT_SUPPORTED)
}

/// The pack from a version on: everything, or nothing for those who have it. It bears the code that was asked for: clients
/// refuse another.
fn difference(language: &Language, lang_pack: &str, asked: &str, from_version: i32) -> enums::LangPackDifference {
    let is_known = from_version >= language.version;
    let strings = if is_known { Vec::new() } else { language.strings(lang_pack) };
    let lang_code = if asked.is_empty() { language.code.clone() } else { asked.to_owned() };
    let from_version = if is_known { from_version } else { 0 };
    types::LangPackDifference { lang_code, from_version, version: language.version, strings }.into()
}
