//! Empty results with a shape of their own: as many elements as were asked for, a language echoed, an envelope.

use tl::{Cursor, Deserializable, Serializable, enums, functions, types};

use super::Make;
use crate::Context;

/// The shape of a method's empty result, if it has one of its own.
pub(super) fn find(name: &str) -> Option<Make> {
    Some(match name {
        "messages.getEmojiKeywords" | "messages.getEmojiKeywordsDifference" => emoji_keywords,
        "messages.getFactCheck" => fact_checks,
        "phone.getCallConfig" => call_config,
        "stories.getPeerMaxIDs" => peer_max_ids,
        _ => return None,
    })
}

/// `boolTrue`.
pub(super) fn yes(_cx: &Context<'_>, _query: &[u8]) -> Option<Vec<u8>> {
    Some(true.to_bytes())
}

/// `updates` without a word in it.
pub(super) fn no_updates(cx: &Context<'_>, _query: &[u8]) -> Option<Vec<u8>> {
    let date = cx.platform().now();
    let empty = types::Updates { updates: Vec::new(), users: Vec::new(), chats: Vec::new(), date, seq: 0 };
    Some(enums::Updates::Updates(empty).to_bytes())
}

fn emoji_keywords(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let lang_code = String::deserialize(&mut Cursor::from_slice(query.get(4..)?)).ok()?;
    let none = types::EmojiKeywordsDifference { lang_code, from_version: 0, version: 1, keywords: Vec::new() };
    Some(enums::EmojiKeywordsDifference::Difference(none).to_bytes())
}

fn fact_checks(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let asked: functions::messages::GetFactCheck = request(query)?;
    let none = || types::FactCheck { need_check: false, country: None, text: None, hash: 0 };
    Some(asked.msg_id.iter().map(|_| enums::FactCheck::from(none())).collect::<Vec<_>>().to_bytes())
}

/// Calls are not offered: an empty object of settings.
fn call_config(_cx: &Context<'_>, _query: &[u8]) -> Option<Vec<u8>> {
    Some(enums::DataJson::from(types::DataJson { data: "{}".to_owned() }).to_bytes())
}

fn peer_max_ids(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let asked: functions::stories::GetPeerMaxIds = request(query)?;
    let none = || enums::RecentStory::from(types::RecentStory { live: false, max_id: None });
    Some(asked.id.iter().map(|_| none()).collect::<Vec<_>>().to_bytes())
}

fn request<R: Deserializable>(query: &[u8]) -> Option<R> {
    R::deserialize(&mut Cursor::from_slice(query.get(4..)?)).ok()
}
