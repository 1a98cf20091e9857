//! A mailbox as it is read again: every dialog with its whole history, and the whole difference.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use tl::{enums, functions, types};

use crate::client::Client;
use crate::limits;
use crate::record::{Tag, read_text};
use crate::requests;

/// A message as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its number.
    pub id: i32,
    /// The fleet's words and how often they were edited.
    pub words: Option<(Tag, u32)>,
    /// Sent by the owner.
    pub out: bool,
    /// Its file.
    pub document: Option<types::Document>,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// With whom.
    pub peer: i64,
    /// Messages said to be unread.
    pub unread: i32,
    /// How far it is read.
    pub read_inbox_max: i32,
    /// The newest message.
    pub top: i32,
    /// All messages, oldest first.
    pub messages: Vec<Kept>,
    /// How many the server says there are.
    pub count: i32,
}

/// What a difference told.
#[derive(Clone, Debug, Default)]
pub struct Missed {
    /// Where it began.
    pub from: i32,
    /// Where it ended.
    pub to: i32,
    /// New messages.
    pub new_messages: Vec<i32>,
    /// The sum of everything else's `pts_count`.
    pub counted: i64,
    /// Messages that were deleted.
    pub deleted: HashSet<i32>,
    /// Slices that did not begin where the one before ended, or that went backwards.
    pub broken_slices: u64,
}

/// Everything of one person.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Conversations.
    pub dialogs: Vec<Dialog>,
    /// From the oldest pts that is kept.
    pub missed: Missed,
    /// Where `getState` says the mailbox stands.
    pub pts: i32,
}

/// Reads everything through this client.
///
/// # Errors
/// When the server refuses to tell.
pub async fn read(client: &Client) -> Result<Mailbox> {
    let missed = difference(client).await.context("the difference")?;
    let enums::updates::State::State(state) = client.insist(&functions::updates::GetState {}).await?;
    let dialogs = dialogs(client).await.context("the dialogs")?;
    Ok(Mailbox { dialogs, missed, pts: state.pts })
}

async fn dialogs(client: &Client) -> Result<Vec<Dialog>> {
    let (dialogs, users) = match client.insist(&requests::dialogs(limits::PAGE_MESSAGES)).await? {
        enums::messages::Dialogs::Dialogs(it) => (it.dialogs, it.users),
        enums::messages::Dialogs::Slice(it) => (it.dialogs, it.users),
        enums::messages::Dialogs::NotModified(_) => bail!("not modified, without a hash"),
    };
    let reading = dialogs.into_iter().filter_map(|dialog| match dialog {
        enums::Dialog::Dialog(dialog) => Some(dialog_of(client, dialog, &users)),
        enums::Dialog::Folder(_) | enums::Dialog::Community(_) => None,
    });
    try_join_all(reading).await
}

async fn dialog_of(client: &Client, dialog: types::Dialog, users: &[enums::User]) -> Result<Dialog> {
    let peer = requests::peer_id(&dialog.peer);
    let user = users.iter().find_map(|user| match user {
        enums::User::User(user) if user.id == peer => Some(user),
        _ => None,
    });
    let access_hash = user.and_then(|user| user.access_hash).context("a dialog with somebody who is not told")?;
    let input: enums::InputPeer = types::InputPeerUser { user_id: peer, access_hash }.into();
    let (messages, count) = history(client, input).await.with_context(|| format!("the history with {peer}"))?;
    Ok(Dialog {
        peer,
        unread: dialog.unread_count,
        read_inbox_max: dialog.read_inbox_max_id,
        top: dialog.top_message,
        messages,
        count,
    })
}

/// A whole conversation, oldest first, and how many messages it is said to have.
async fn history(client: &Client, peer: enums::InputPeer) -> Result<(Vec<Kept>, i32)> {
    let (mut kept, mut count): (Vec<Kept>, i32) = (Vec::new(), 0);
    for _ in 0..limits::PAGES_MAX {
        let before = kept.last().map_or(0, |last| last.id);
        let asked = requests::history(peer.clone(), before, limits::PAGE_MESSAGES);
        let (page, total) = match client.insist(&asked).await? {
            enums::messages::Messages::Messages(it) => (it.messages, None),
            enums::messages::Messages::Slice(it) => (it.messages, Some(it.count)),
            _ => bail!("a history of another kind"),
        };
        let is_first = kept.is_empty();
        let length = page.len();
        kept.extend(page.into_iter().filter_map(kept_of));
        if is_first {
            count = total.unwrap_or(i32::try_from(length)?);
        }
        if i32::try_from(length)? < limits::PAGE_MESSAGES {
            kept.reverse();
            return Ok((kept, count));
        }
    }
    bail!("a history without an end")
}

fn kept_of(message: enums::Message) -> Option<Kept> {
    match message {
        enums::Message::Message(message) => {
            let document = match message.media {
                Some(enums::MessageMedia::Document(types::MessageMediaDocument {
                    document: Some(enums::Document::Document(document)),
                    ..
                })) => Some(document),
                _ => None,
            };
            Some(Kept { id: message.id, words: read_text(&message.message), out: message.out, document })
        }
        enums::Message::Service(message) => {
            Some(Kept { id: message.id, words: None, out: message.out, document: None })
        }
        enums::Message::Empty(_) => None,
    }
}

async fn difference(client: &Client) -> Result<Missed> {
    let from = oldest(client).await?;
    let mut missed = Missed { from, to: from, ..Missed::default() };
    for _ in 0..limits::PAGES_MAX {
        match client.insist(&requests::difference(missed.to, i32::MAX)).await? {
            enums::updates::Difference::Empty(_) => return Ok(missed),
            enums::updates::Difference::Difference(it) => {
                missed.take(&it.new_messages, &it.other_updates, &it.state);
                return Ok(missed);
            }
            enums::updates::Difference::Slice(it) => {
                missed.take(&it.new_messages, &it.other_updates, &it.intermediate_state);
            }
            enums::updates::Difference::TooLong(_) => bail!("too long although it is kept"),
        }
    }
    bail!("a difference without an end")
}

/// The oldest pts from which the server still tells everything: the beginning, or found by halves.
async fn oldest(client: &Client) -> Result<i32> {
    let Some(newest) = too_long(client, limits::FIRST_PTS).await? else { return Ok(limits::FIRST_PTS) };
    let (mut forgotten, mut kept) = (limits::FIRST_PTS, newest);
    while forgotten + 1 < kept {
        let middle = forgotten + (kept - forgotten) / 2;
        match too_long(client, middle).await? {
            Some(_) => forgotten = middle,
            None => kept = middle,
        }
    }
    Ok(kept)
}

async fn too_long(client: &Client, pts: i32) -> Result<Option<i32>> {
    match client.insist(&requests::difference(pts, i32::MAX)).await? {
        enums::updates::Difference::TooLong(it) => Ok(Some(it.pts)),
        _ => Ok(None),
    }
}

impl Missed {
    fn take(&mut self, new_messages: &[enums::Message], others: &[enums::Update], state: &enums::updates::State) {
        let enums::updates::State::State(state) = state;
        let accounted = self.accounted();
        self.new_messages.extend(new_messages.iter().map(enums::Message::id));
        others.iter().for_each(|update| self.take_update(update));
        let advance = i64::from(state.pts) - i64::from(self.to);
        // A slice may cover more pts than it shows only for messages that were deleted since.
        if advance < self.accounted() - accounted || advance < 0 {
            self.broken_slices += 1;
        }
        self.to = state.pts;
    }

    fn take_update(&mut self, update: &enums::Update) {
        use enums::Update as U;
        self.counted += i64::from(match update {
            U::EditMessage(it) => it.pts_count,
            U::DeleteMessages(it) => {
                self.deleted.extend(&it.messages);
                it.pts_count
            }
            U::ReadHistoryInbox(it) => it.pts_count,
            U::ReadHistoryOutbox(it) => it.pts_count,
            U::PinnedMessages(it) => it.pts_count,
            U::ReadMessagesContents(it) => it.pts_count,
            U::FolderPeers(it) => it.pts_count,
            _ => 0,
        });
    }

    /// Whether it reaches back to the beginning.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.from == limits::FIRST_PTS
    }

    fn accounted(&self) -> i64 {
        i64::try_from(self.new_messages.len()).unwrap_or(i64::MAX).saturating_add(self.counted)
    }

    /// Pts between the beginning and the end that nothing explains: negative when something was told twice. A message that
    /// was deleted explains the one of its creation.
    #[must_use]
    pub fn unexplained(&self) -> i64 {
        let range = i64::from(self.to) - i64::from(self.from);
        let missing = range - self.accounted();
        let deleted = i64::try_from(self.deleted.len()).unwrap_or(i64::MAX);
        match missing {
            // From the beginning on, each deletion hides exactly one creation.
            missing if self.is_whole() => missing - deleted,
            missing if (0..=deleted).contains(&missing) => 0,
            missing => missing,
        }
    }
}
