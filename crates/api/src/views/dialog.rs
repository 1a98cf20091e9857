//! Dialogs as their owner sees them.

use platform::mailbox::{Dialog, Numbered};
use platform::messages::{DialogPage, Draft};
use platform::{Peer, Platform, UserId};
use tl::{enums, types};

use super::entities::entities;
use super::message::messages;
use super::peer::peer;
use super::peers::Peers;
use crate::RpcError;

/// Dialogs with all that they name.
pub struct Dialogs {
    /// The dialogs.
    pub dialogs: Vec<enums::Dialog>,
    /// Their newest messages.
    pub messages: Vec<enums::Message>,
    /// Everybody named.
    pub users: Vec<enums::User>,
    /// Every group named.
    pub chats: Vec<enums::Chat>,
}

/// A page of dialogs with newest messages, drafts, settings and people.
///
/// A dialog whose newest message was deleted while the page was made is left out of it, like one deleted before.
pub async fn dialogs(platform: &Platform, viewer: UserId, page: &DialogPage) -> Result<Dialogs, RpcError> {
    let tops: Vec<_> = page.dialogs.iter().map(|dialog| dialog.top).collect();
    let tops = platform.messages(viewer, &tops).await?;
    let drafted: Vec<_> = page.dialogs.iter().filter(|dialog| dialog.has_draft).map(|dialog| dialog.peer).collect();
    let drafts: Vec<_> = drafted.iter().zip(platform.drafts(viewer, &drafted).await?).collect();
    let mut peers = Peers::default();
    let mut shown = Vec::with_capacity(page.dialogs.len());
    let with: Vec<_> = page.dialogs.iter().map(|dialog| dialog.peer).collect();
    let settings = super::notify::notify_settings_of_peers(platform, viewer, &with).await?;
    for ((item, top), notify_settings) in page.dialogs.iter().zip(&tops).zip(settings) {
        if top.is_none() && item.is_listed() {
            continue;
        }
        peers.add(item.peer);
        let draft = drafts.iter().find(|(peer, _)| **peer == item.peer).and_then(|(_, draft)| draft.as_ref());
        shown.push(dialog(item, page.pinned.contains(&item.peer), draft, notify_settings));
    }
    let newest: Vec<&Numbered> = tops.iter().flatten().collect();
    let messages = messages(platform, viewer, newest, &mut peers);
    let (users, chats) = peers.shown(platform, viewer).await?;
    Ok(Dialogs { dialogs: shown, messages, users, chats })
}

fn dialog(
    dialog: &Dialog,
    pinned: bool,
    draft: Option<&Draft>,
    notify_settings: enums::PeerNotifySettings,
) -> enums::Dialog {
    types::Dialog {
        pinned,
        unread_mark: dialog.unread_mark,
        view_forum_as_messages: false,
        peer: peer(dialog.peer),
        top_message: dialog.top.0,
        read_inbox_max_id: dialog.read_inbox_max.0,
        read_outbox_max_id: dialog.read_outbox_max.0,
        unread_count: dialog.unread,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings,
        pts: None,
        draft: draft.map(self::draft),
        folder_id: (dialog.folder != 0).then_some(dialog.folder),
        ttl_period: dialog.ttl_seconds,
    }
    .into()
}

/// A draft on the wire.
#[must_use]
pub fn draft(draft: &Draft) -> enums::DraftMessage {
    let reply_to = draft.reply_to.map(|id| {
        types::InputReplyToMessage {
            reply_to_msg_id: id.0,
            top_msg_id: None,
            reply_to_peer_id: None,
            quote_text: None,
            quote_entities: None,
            quote_offset: None,
            monoforum_peer_id: None,
            todo_item_id: None,
            poll_option: None,
        }
        .into()
    });
    types::DraftMessage {
        no_webpage: draft.no_webpage,
        invert_media: draft.invert_media,
        reply_to,
        message: draft.text.clone(),
        entities: entities(&draft.entities),
        media: None,
        date: draft.date,
        effect: None,
        suggested_post: None,
        rich_message: None,
    }
    .into()
}

/// In place of a draft that was cleared.
#[must_use]
pub fn no_draft(date: i32) -> enums::DraftMessage {
    types::DraftMessageEmpty { date: Some(date) }.into()
}

/// The bar above a conversation: what it offers is hidden once its owner closed it.
pub async fn bar(platform: &Platform, viewer: UserId, with: Peer) -> Result<enums::PeerSettings, RpcError> {
    let dialog = platform.dialog(viewer, with).await?;
    let other = with.user().unwrap_or(viewer);
    let relation = platform.relation(viewer, other).await?;
    Ok(super::user::peer_settings(viewer, other, &relation, dialog.bar_hidden))
}
