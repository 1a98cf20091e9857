//! Handlers of the namespace `langpack`: the words of clients' interfaces.
//!
//! Clients bring their own English words; the pack here has the few that they look up before they trust a pack. No
//! other language is offered: nothing is made up.

pub mod get_difference;
pub mod get_lang_pack;
pub mod get_language;
pub mod get_languages;
pub mod get_strings;
mod pack;
