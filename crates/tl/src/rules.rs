//! The rules that `schema/rules.tsv` names: one difference between layers, one function.
//!
//! A rule is given the object (or the field) as it is at one layer and writes what stands for it at the other.

pub(crate) mod buttons;
pub(crate) mod chats;
pub(crate) mod colors;
pub(crate) mod config;
pub(crate) mod gifts;
pub(crate) mod media;
pub(crate) mod numbers;
pub(crate) mod peers;
pub(crate) mod replies;
pub(crate) mod results;
pub(crate) mod stories;
pub(crate) mod texts;
pub(crate) mod themes;
pub(crate) mod updates;
