//! A fresh reading of every mailbox by every way there is: the log from its beginning, the messages by number, the
//! conversations by history, the dialogs, the drafts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use platform::mailbox::{Cut, Dialog, Difference, DifferenceLimits, Entry, EventBody, Message, Window};
use platform::media::{MediumId, Variant};
use platform::{MsgId, Peer, Platform, PlatformError, Pts, UserId};

use super::unreadable;
use crate::broken::Broken;
use crate::limits::{FILE_MAX_BYTES, HISTORY_MAX};

/// One mailbox.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its state.
    pub cut: Cut,
    /// New messages and events, oldest first.
    pub log: Vec<Entry>,
    /// The second log, oldest first.
    pub changes: Vec<Entry>,
    /// By number.
    pub messages: BTreeMap<MsgId, Arc<Message>>,
    /// Conversations, newest first.
    pub histories: BTreeMap<Peer, Vec<MsgId>>,
    /// Dialogs, listed or not.
    pub dialogs: BTreeMap<Peer, Dialog>,
    /// The list of dialogs, from the top.
    pub list: Vec<Peer>,
    /// Words of drafts.
    pub drafts: BTreeMap<Peer, String>,
    /// Numbers of messages that were deleted, or may have been where the log does not reach back to.
    pub deleted: BTreeSet<MsgId>,
    /// What the files hold that messages show.
    pub files: BTreeMap<MsgId, (MediumId, String)>,
}

impl PartialEq for Mailbox {
    /// Dates of states differ from look to look.
    fn eq(&self, other: &Self) -> bool {
        self.numbers() == other.numbers()
            && self.log == other.log
            && self.changes == other.changes
            && self.messages == other.messages
            && self.histories == other.histories
            && self.dialogs == other.dialogs
            && self.list == other.list
            && self.drafts == other.drafts
            && self.files == other.files
    }
}

impl Mailbox {
    /// The first pts that the log may explain.
    #[must_use]
    pub fn floor(&self) -> Pts {
        self.cut.log_floor.max(Pts(1))
    }

    /// Whether the log has forgotten its beginning.
    #[must_use]
    pub fn is_trimmed(&self) -> bool {
        self.floor() > Pts(1)
    }

    fn numbers(&self) -> (Pts, i32, i32, MsgId) {
        (self.cut.pts, self.cut.unread, self.cut.seq.0, self.cut.msg_id)
    }

    /// Where two readings differ.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> String {
        let parts = [
            ("numbers", format!("{:?}", self.numbers()), format!("{:?}", other.numbers())),
            ("dialogs", format!("{:?}", self.dialogs), format!("{:?}", other.dialogs)),
            ("list", format!("{:?}", self.list), format!("{:?}", other.list)),
            ("histories", format!("{:?}", self.histories), format!("{:?}", other.histories)),
            ("drafts", format!("{:?}", self.drafts), format!("{:?}", other.drafts)),
            ("changes", format!("{:?}", self.changes), format!("{:?}", other.changes)),
            ("messages", format!("{:?}", self.messages), format!("{:?}", other.messages)),
            ("log", format!("{:?}", self.log), format!("{:?}", other.log)),
            ("files", format!("{:?}", self.files), format!("{:?}", other.files)),
        ];
        let differs = parts.into_iter().find(|(_, one, other)| one != other);
        differs.map(|(name, one, other)| format!("{name}: {one} and {other}")).unwrap_or_default()
    }
}

/// Every mailbox.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// By owner.
    pub mailboxes: BTreeMap<UserId, Mailbox>,
}

impl Reading {
    /// A message of somebody's mailbox.
    #[must_use]
    pub fn message(&self, user: UserId, id: MsgId) -> Option<&Arc<Message>> {
        self.mailboxes.get(&user)?.messages.get(&id)
    }

    /// Whether a message was there and was deleted.
    #[must_use]
    pub fn was_deleted(&self, user: UserId, id: MsgId) -> bool {
        self.mailboxes.get(&user).is_some_and(|mailbox| mailbox.deleted.contains(&id))
    }
}

/// Reads the mailboxes of these people; others may have written to them who are gone.
///
/// # Errors
/// [`Broken`] when something cannot be read.
pub async fn read(platform: &Platform, users: &[UserId], gone: &BTreeSet<UserId>) -> Result<Reading, Broken> {
    let mut peers: Vec<Peer> = users.iter().chain(gone).map(|user| Peer::User(*user)).collect();
    peers.push(Peer::User(platform::SERVICE_USER_ID));
    let mut reading = Reading::default();
    for user in users {
        let mailbox = mailbox(platform, *user, &peers).await.map_err(|error| unreadable(*user, &error))?;
        reading.mailboxes.insert(*user, mailbox);
    }
    Ok(reading)
}

async fn mailbox(platform: &Platform, user: UserId, peers: &[Peer]) -> Result<Mailbox, PlatformError> {
    let (log, changes, cut) = logs(platform, user).await?;
    let ids: Vec<MsgId> = (1..=cut.msg_id.0.saturating_add(2)).map(MsgId).collect();
    let mut messages = BTreeMap::new();
    for some in ids.chunks(100) {
        let found = platform.messages(user, some).await?;
        messages.extend(found.into_iter().flatten().map(|found| (found.id, found.message)));
    }
    let files = files(platform, &messages).await?;
    let mut histories = BTreeMap::new();
    for peer in peers {
        let ids = history(platform, user, *peer).await?;
        histories.insert(*peer, ids);
    }
    let dialogs = platform.dialogs_with(user, peers).await?.dialogs;
    let list = platform.dialogs(user, None, false, platform::messages::DialogOffset::default(), 100).await?.dialogs;
    let mut drafts: BTreeMap<Peer, String> = BTreeMap::new();
    for (peer, draft) in peers.iter().zip(platform.drafts(user, peers).await?) {
        drafts.extend(draft.map(|draft| (*peer, draft.text)));
    }
    let mut deleted = deleted(&log);
    if cut.log_floor > Pts(1) {
        deleted.extend((1..=cut.msg_id.0).map(MsgId).filter(|id| !messages.contains_key(id)));
    }
    Ok(Mailbox {
        deleted,
        files,
        cut,
        log,
        changes,
        messages,
        histories,
        dialogs: dialogs.into_iter().map(|dialog| (dialog.peer, dialog)).collect(),
        list: list.into_iter().map(|dialog| dialog.peer).collect(),
        drafts,
    })
}

async fn files(
    platform: &Platform,
    messages: &BTreeMap<MsgId, Arc<Message>>,
) -> Result<BTreeMap<MsgId, (MediumId, String)>, PlatformError> {
    let mut files = BTreeMap::new();
    for (id, message) in messages {
        let Some(medium) = message.medium() else { continue };
        let bytes = platform.medium_bytes(medium, Variant::Original, FILE_MAX_BYTES).await?;
        files.insert(*id, (medium, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(files)
}

async fn logs(platform: &Platform, user: UserId) -> Result<(Vec<Entry>, Vec<Entry>, Cut), PlatformError> {
    let (mut log, mut changes) = (Vec::new(), Vec::new());
    let mut pts = platform.cut(user).await?.log_floor.max(Pts(1));
    let limits = DifferenceLimits { slice: Some(100), total: None };
    loop {
        let (entries, cut, is_last) = match platform.difference(user, pts, 0, limits).await? {
            Difference::Empty(cut) => (Vec::new(), cut, true),
            Difference::Full(entries, cut) => (entries, cut, true),
            Difference::Slice(entries, cut) => (entries, cut, false),
            Difference::TooLong(pts) => {
                let detail = format!("of {user} says too long at {pts}");
                return Err(PlatformError::Damaged { what: "log", detail });
            }
        };
        for entry in entries {
            if matches!(entry, Entry::Change(..)) { changes.push(entry) } else { log.push(entry) }
        }
        pts = cut.pts;
        if is_last {
            return Ok((log, changes, cut));
        }
    }
}

async fn history(platform: &Platform, user: UserId, peer: Peer) -> Result<Vec<MsgId>, PlatformError> {
    let mut ids: Vec<MsgId> = Vec::new();
    while ids.len() < HISTORY_MAX {
        let offset_id = ids.last().map_or(0, |last| last.0);
        let page = platform.history(user, peer, Window { offset_id, ..Window::newest(100) }).await?;
        if page.messages.is_empty() {
            break;
        }
        ids.extend(page.messages.iter().map(|found| found.id));
    }
    Ok(ids)
}

fn deleted(log: &[Entry]) -> BTreeSet<MsgId> {
    let events = log.iter().filter_map(|entry| match entry {
        Entry::Event(_, event) => Some(&event.body),
        _ => None,
    });
    let ids = events.filter_map(|body| match body {
        EventBody::Deleted { ids, .. } => Some(ids),
        _ => None,
    });
    ids.flatten().copied().collect()
}
