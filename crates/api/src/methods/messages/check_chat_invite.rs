//! `messages.checkChatInvite`: what a link leads to, before one follows it.

use tl::functions::messages::CheckChatInvite;
use tl::{RemoteCall, types};

use crate::views::chat::{chat, code_of};
use crate::views::media::photo;
use crate::views::user::users;
use crate::{Context, RpcError};
use platform::limits::chats::INVITE_SHOWN_MEMBERS;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: CheckChatInvite,
) -> Result<<CheckChatInvite as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.hash.is_empty() {
        return Err(RpcError::new(400, "INVITE_HASH_EMPTY"));
    }
    let looked = cx.platform().look_at_invite(user, code_of(&request.hash)).await?;
    if looked.is_member {
        return Ok(types::ChatInviteAlready { chat: chat(cx.platform(), user, &looked.chat) }.into());
    }
    let shown: Vec<_> = looked.chat.members.iter().map(|member| member.user).take(INVITE_SHOWN_MEMBERS).collect();
    let no_photo = || types::PhotoEmpty { id: 0 }.into();
    Ok(types::ChatInvite {
        channel: false,
        broadcast: false,
        public: false,
        megagroup: false,
        request_needed: false,
        verified: false,
        scam: false,
        fake: false,
        can_refulfill_subscription: false,
        title: looked.chat.title.clone(),
        about: Some(looked.chat.about.clone()).filter(|about| !about.is_empty()),
        photo: looked.chat.photo.as_ref().map_or_else(no_photo, |shown| photo(cx.platform(), user, shown)),
        participants_count: i32::try_from(looked.chat.members.len()).unwrap_or(i32::MAX),
        participants: Some(users(cx.platform(), user, &shown).await?),
        color: 0,
        subscription_pricing: None,
        subscription_form_id: None,
        bot_verification: None,
    }
    .into())
}
