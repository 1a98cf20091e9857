//! Empty results with a shape of their own: as many elements as were asked for, a language echoed, an envelope.

use tl::{Cursor, Deserializable, Serializable, enums, functions, types};

use super::Make;
use crate::Context;

/// The shape of a method's empty result, if it has one of its own.
pub(super) fn find(name: &str) -> Option<Make> {
    Some(match name {
        "messages.getFactCheck" => fact_checks,
        "phone.getCallConfig" => call_config,
        "payments.getStarsStatus" => {
            |_, query| Some(no_stars(request::<functions::payments::GetStarsStatus>(query)?.ton))
        }
        "payments.getStarsSubscriptions" => |_, _| Some(no_stars(false)),
        "payments.getStarsTransactions" => {
            |_, query| Some(no_stars(request::<functions::payments::GetStarsTransactions>(query)?.ton))
        }
        "stories.getAllStories" => all_stories,
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

fn fact_checks(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let asked: functions::messages::GetFactCheck = request(query)?;
    let none = || types::FactCheck { need_check: false, country: None, text: None, hash: 0 };
    Some(asked.msg_id.iter().map(|_| enums::FactCheck::from(none())).collect::<Vec<_>>().to_bytes())
}

/// Calls are not offered: an empty object of settings.
fn call_config(_cx: &Context<'_>, _query: &[u8]) -> Option<Vec<u8>> {
    Some(enums::DataJson::from(types::DataJson { data: "{}".to_owned() }).to_bytes())
}

/// Nobody has any, of the kind that was asked for: TDLib takes the other kind for an error.
fn no_stars(ton: bool) -> Vec<u8> {
    let none: enums::StarsAmount = match ton {
        true => types::StarsTonAmount { amount: 0 }.into(),
        false => types::StarsAmount { amount: 0, nanos: 0 }.into(),
    };
    let status = types::payments::StarsStatus {
        balance: none,
        subscriptions: None,
        subscriptions_next_offset: None,
        subscriptions_missing_balance: None,
        history: None,
        next_offset: None,
        chats: Vec::new(),
        users: Vec::new(),
    };
    enums::payments::StarsStatus::from(status).to_bytes()
}

/// No stories, and a state all the same: TDLib takes an empty one for an error.
fn all_stories(_cx: &Context<'_>, _query: &[u8]) -> Option<Vec<u8>> {
    let none = types::stories::AllStories {
        has_more: false,
        count: 0,
        state: "0".to_owned(),
        peer_stories: Vec::new(),
        chats: Vec::new(),
        users: Vec::new(),
        stealth_mode: types::StoriesStealthMode { active_until_date: None, cooldown_until_date: None }.into(),
    };
    Some(enums::stories::AllStories::from(none).to_bytes())
}

fn peer_max_ids(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let asked: functions::stories::GetPeerMaxIds = request(query)?;
    let none = || enums::RecentStory::from(types::RecentStory { live: false, max_id: None });
    Some(asked.id.iter().map(|_| none()).collect::<Vec<_>>().to_bytes())
}

fn request<R: Deserializable>(query: &[u8]) -> Option<R> {
    R::deserialize(&mut Cursor::from_slice(query.get(4..)?)).ok()
}
