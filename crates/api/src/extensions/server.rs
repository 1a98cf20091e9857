//! `server.*`: what anybody may know of this server before they come in.

use platform::people::SignUpMode;
use platform::product::RESERVED_PREFIX;
use serde::Serialize;

use super::Nothing;
use crate::{Context, RpcError};

/// What a newcomer has to know to find the right door.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    name: String,
    version: &'static str,
    sign_up: &'static str,
    /// Whether the door gives numbers of this server's own.
    door_numbers: bool,
    /// Whether login codes really reach a phone.
    phone_codes: bool,
    /// Whether there is a road for mail.
    mail: bool,
    /// What the server's own numbers begin with.
    reserved_prefix: &'static str,
    /// With a slash at the end.
    base_url: String,
    /// How many people are here, if that is told.
    people: Option<u64>,
    /// Whether people may invite others.
    people_invite: bool,
}

/// `server.facts`.
pub(super) async fn facts(cx: &Context<'_>, _: Nothing) -> Result<Facts, RpcError> {
    let (api, platform) = (cx.api.settings(), cx.platform());
    let settings = platform.settings();
    Ok(Facts {
        name: api.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        sign_up: word_of(platform.sign_up_mode()),
        door_numbers: settings.door_numbers,
        phone_codes: settings.code_delivery.proves_possession(),
        mail: settings.mail_delivery.is_road(),
        reserved_prefix: RESERVED_PREFIX,
        base_url: api.base_url.clone(),
        people: platform.count_people().await.ok(),
        people_invite: platform.people_invite(),
    })
}

fn word_of(mode: SignUpMode) -> &'static str {
    match mode {
        SignUpMode::Open => "open",
        SignUpMode::Invite => "invite",
        SignUpMode::Approved => "approval",
        SignUpMode::Closed => "closed",
    }
}
