//! Log entries of a mailbox as updates for its owner: the same for results, pushes and differences.
//!
//! An entry says what happened; what is shown is the present state of it (the edited message, the draft), read once for
//! all entries. An edit of a message that is gone since is shown as its deletion, so that pts still advances by one.

use std::collections::HashMap;

use platform::mailbox::{Action, Change, Entry, Event, EventBody, Message, Numbered};
use platform::messages::Draft;
use platform::{MsgId, Peer, Platform, Pts, UserId};
use tl::{enums, types};

use super::message::message;
use super::peer::peer;
use super::peers::Peers;
use super::{change, chat, dialog};
use crate::RpcError;

/// Entries made into updates.
#[derive(Default)]
pub struct Rendered {
    /// New messages, when they were wanted apart.
    pub new_messages: Vec<enums::Message>,
    /// Everything else.
    pub updates: Vec<enums::Update>,
    /// Everybody named.
    pub peers: Peers,
}

/// What entries refer to, as it is now.
pub(super) struct Present {
    edited: HashMap<MsgId, Numbered>,
    drafts: HashMap<Peer, Draft>,
}

/// Renders entries; with `apart` new messages are kept apart, as differences want them.
pub async fn render(platform: &Platform, viewer: UserId, entries: &[Entry], apart: bool) -> Result<Rendered, RpcError> {
    let present = present(platform, viewer, entries).await?;
    let mut rendered = Rendered::default();
    for (at, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Message(id, stored) => {
                let numbered = Numbered { id: *id, message: stored.clone() };
                let shown = message(platform, viewer, &numbered, &mut rendered.peers);
                let members = members_update(platform, viewer, stored, &mut rendered.peers).await?;
                rendered.updates.extend(members);
                if apart {
                    rendered.new_messages.push(shown);
                } else {
                    rendered.updates.push(new_message(shown, stored.pts));
                }
            }
            Entry::Event(pts, event) => {
                rendered.updates.push(event_update((platform, viewer), *pts, event, &present, &mut rendered.peers));
            }
            Entry::Change(_, date, record) => {
                if !is_repeated(&entries[at + 1..], &record.change) {
                    let drafts = &present.drafts;
                    let shown = change::updates(platform, viewer, &record.change, *date, drafts, &mut rendered.peers);
                    rendered.updates.extend(shown.await?);
                }
            }
        }
    }
    Ok(rendered)
}

/// What a message of a group says of its members, for those who are in it: before the message, so that the group is whole
/// when it is read.
async fn members_update(
    platform: &Platform,
    viewer: UserId,
    message: &Message,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    let (Peer::Chat(id), Some(action)) = (message.peer, &message.action) else { return Ok(None) };
    let user = match action {
        Action::ChatCreate(..) => None,
        Action::ChatAdd(users) => users.first().copied(),
        Action::ChatDelete(user) => Some(*user),
        Action::ChatJoinedByLink(_) => message.from.user(),
        _ => return Ok(None),
    };
    let Some(group) = platform.chat(id).await?.filter(|group| group.has(viewer)) else { return Ok(None) };
    let chat_id = id;
    let Some(user) = user.filter(|user| *user != viewer) else {
        chat::named(&group).for_each(|user| peers.add_user(user));
        return Ok(Some(types::UpdateChatParticipants { participants: chat::participants(viewer, &group) }.into()));
    };
    let (user_id, version) = (user.0, group.version);
    Ok(Some(match group.member(user) {
        Some(member) => {
            peers.add_user(member.inviter);
            let (inviter_id, date) = (member.inviter.0, member.date);
            types::UpdateChatParticipantAdd { chat_id, user_id, inviter_id, date, version }.into()
        }
        None => types::UpdateChatParticipantDelete { chat_id, user_id, version }.into(),
    }))
}

/// Of several equal changes only the last is shown: each shows the present state.
fn is_repeated(later: &[Entry], change: &Change) -> bool {
    later.iter().any(|entry| matches!(entry, Entry::Change(_, _, record) if record.change == *change))
}

/// Entries as one container with all it names.
pub async fn container(
    platform: &Platform,
    viewer: UserId,
    entries: &[Entry],
    date: i32,
) -> Result<enums::Updates, RpcError> {
    let rendered = render(platform, viewer, entries, false).await?;
    contain(platform, viewer, rendered.updates, rendered.peers, date).await
}

/// Updates as one container. Its seq is 0: order is kept by pts, and changes without pts are idempotent.
pub async fn contain(
    platform: &Platform,
    viewer: UserId,
    updates: Vec<enums::Update>,
    peers: Peers,
    date: i32,
) -> Result<enums::Updates, RpcError> {
    let (users, chats) = peers.shown(platform, viewer).await?;
    Ok(types::Updates { updates, users, chats, date, seq: 0 }.into())
}

async fn present(platform: &Platform, viewer: UserId, entries: &[Entry]) -> Result<Present, RpcError> {
    let mut edited = Vec::new();
    let mut drafted = Vec::new();
    for entry in entries {
        match entry {
            Entry::Event(_, event) => {
                if let EventBody::Edited { id } = event.body {
                    edited.push(id);
                }
            }
            Entry::Change(_, _, record) => {
                if let Change::Draft { peer, present: true } = record.change {
                    drafted.push(peer);
                }
            }
            Entry::Message(..) => {}
        }
    }
    let messages = if edited.is_empty() { Vec::new() } else { platform.messages(viewer, &edited).await? };
    let drafts = if drafted.is_empty() { Vec::new() } else { platform.drafts(viewer, &drafted).await? };
    Ok(Present {
        edited: messages.into_iter().flatten().map(|found| (found.id, found)).collect(),
        drafts: drafted.into_iter().zip(drafts).filter_map(|(peer, draft)| Some((peer, draft?))).collect(),
    })
}

/// A new message as an update.
#[must_use]
pub fn new_message(message: enums::Message, pts: Pts) -> enums::Update {
    types::UpdateNewMessage { message, pts: pts.0, pts_count: 1 }.into()
}

fn ids(list: &[MsgId]) -> Vec<i32> {
    list.iter().map(|id| id.0).collect()
}

fn event_update(
    (platform, viewer): (&Platform, UserId),
    Pts(pts): Pts,
    event: &Event,
    present: &Present,
    peers: &mut Peers,
) -> enums::Update {
    let pts_count = event.pts_count;
    match &event.body {
        EventBody::Edited { id } => match present.edited.get(id) {
            Some(found) => {
                let message = message(platform, viewer, found, peers);
                types::UpdateEditMessage { message, pts, pts_count }.into()
            }
            None => types::UpdateDeleteMessages { messages: vec![id.0], pts, pts_count }.into(),
        },
        EventBody::Deleted { ids: gone, .. } => {
            types::UpdateDeleteMessages { messages: ids(gone), pts, pts_count }.into()
        }
        EventBody::ReadInbox { peer: with, max_id, unread } => {
            peers.add(*with);
            types::UpdateReadHistoryInbox {
                folder_id: None,
                peer: peer(*with),
                top_msg_id: None,
                max_id: max_id.0,
                still_unread_count: *unread,
                pts,
                pts_count,
            }
            .into()
        }
        EventBody::ReadOutbox { peer: with, max_id } => {
            peers.add(*with);
            types::UpdateReadHistoryOutbox { peer: peer(*with), max_id: max_id.0, pts, pts_count }.into()
        }
        EventBody::Pinned { peer: with, ids: messages, pinned } => {
            peers.add(*with);
            let messages = ids(messages);
            types::UpdatePinnedMessages { pinned: *pinned, peer: peer(*with), messages, pts, pts_count }.into()
        }
        EventBody::ReadContents { ids: messages } => {
            let messages = ids(messages);
            types::UpdateReadMessagesContents { messages, pts, pts_count, date: Some(event.date) }.into()
        }
        EventBody::Folder { peers: moved, folder } => {
            moved.iter().for_each(|peer| peers.add(*peer));
            let folder_peer = |with: &Peer| types::FolderPeer { peer: peer(*with), folder_id: *folder }.into();
            types::UpdateFolderPeers { folder_peers: moved.iter().map(folder_peer).collect(), pts, pts_count }.into()
        }
    }
}

/// A draft as an update; `None` for one that was cleared.
#[must_use]
pub fn draft_update(with: Peer, draft: Option<&Draft>, date: i32) -> enums::Update {
    types::UpdateDraftMessage {
        peer: peer(with),
        top_msg_id: None,
        saved_peer_id: None,
        draft: draft.map_or_else(|| dialog::no_draft(date), dialog::draft),
    }
    .into()
}
