//! `messages.getFullChat`: everything that a viewer may know of a basic group.

use tl::functions::messages::GetFullChat;
use tl::{RemoteCall, enums, types};

use crate::views::chat::{invite, named, participants};
use crate::views::media::photo;
use crate::views::notify::notify_settings;
use crate::views::peers::Peers;
use crate::{Context, RpcError};
use platform::Peer;
use platform::people::settings::NotifyScope;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: GetFullChat) -> Result<<GetFullChat as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let platform = cx.platform();
    let group = platform.known_chat(user, request.chat_id).await?;
    let with = Peer::Chat(group.id);
    let dialog = platform.dialog(user, with).await?;
    let scope = [NotifyScope::Peer(with)];
    let notify = platform.notify_settings(user, &scope).await?.pop().unwrap_or_default();
    let exported_invite = match group.is_admin(user) {
        true => Some(invite(&cx.api.settings().base_url, &platform.lasting_invite(user, group.id).await?)),
        false => None,
    };
    let mut peers = Peers::default();
    peers.add_chat(group.id);
    if group.has(user) {
        named(&group).for_each(|member| peers.add_user(member));
    }
    let full_chat = types::ChatFull {
        can_set_username: false,
        has_scheduled: false,
        translations_disabled: platform.is_translation_off(user, with).await?,
        has_welcome_messages: false,
        id: group.id,
        about: group.about.clone(),
        participants: participants(user, &group),
        chat_photo: group.photo.as_ref().map(|shown| photo(platform, user, shown)),
        notify_settings: notify_settings(&notify),
        exported_invite,
        bot_info: None,
        pinned_msg_id: dialog.pinned_messages.last().map(|id| id.0),
        folder_id: Some(dialog.folder).filter(|folder| *folder != 0),
        call: None,
        ttl_period: dialog.ttl_seconds.filter(|seconds| *seconds > 0),
        groupcall_default_join_as: None,
        theme_emoticon: None,
        requests_pending: None,
        recent_requesters: None,
        available_reactions: Some(enums::ChatReactions::None),
        reactions_limit: None,
    };
    let (users, chats) = peers.shown(platform, user).await?;
    Ok(types::messages::ChatFull { full_chat: full_chat.into(), chats, users }.into())
}
