//! What clients ask for, what they hear, and how the platform is asked: what `api` and `gateway` do in the server, without
//! their bytes.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use platform::mailbox::{Cursor, Cut, Dialog, Difference, DifferenceLimits, Entry, Flags, HistoryPage, Numbered};
use platform::mailbox::{RingEntry, Window};
use platform::messages::{Affected, Deletion, DialogOffset, Draft, ForwardRequest, Outgoing, Pinning, ReplyTo, Sent};
use platform::people::codes::SentCode;
use platform::people::sign_in::SignedIn;
use platform::{Actor, AuthKeyId, AuthKeyKind, AuthKeyState, MsgId, NewAuthKey, Peer, Platform, PlatformError, Pts};
use platform::{Refusal, StoredKey, UserId};
use zeroize::Zeroizing;

use crate::files;

/// Where everybody calls from.
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What is asked.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the platform's own names")]
pub enum Request {
    Send { to: Peer, text: String, random_id: i64, reply: Option<MsgId>, clear_draft: bool },
    Forward { from: Peer, to: Peer, ids: Vec<MsgId>, random_ids: Vec<i64> },
    Edit { peer: Peer, id: MsgId, text: String },
    Delete { ids: Vec<MsgId>, revoke: bool },
    Clear { peer: Peer, revoke: bool, just_clear: bool },
    Read { peer: Peer, upto: MsgId },
    Pin { peer: Peer, id: MsgId, pinning: Pinning },
    UnpinAll { peer: Peer },
    SaveDraft { peer: Peer, text: String },
    PinDialog { peer: Peer, pinned: bool },
    Mark { peer: Peer, unread: bool },
    Archive { peer: Peer, folder: i32 },
    SendFiles { to: Peer, random_ids: Vec<i64> },
    Block { peer: Peer, blocked: bool },
    Whole { peers: Vec<Peer> },
    Leave,
    Difference { pts: Pts, date: i32, slice: i32 },
    Since { cursor: Cursor },
    Look { ids: Vec<MsgId> },
    History { peer: Peer, limit: i32 },
    Dialogs,
    StoreKey,
    SendCode { phone: String },
    ResendCode { phone: String, hash: String },
    SignIn { phone: String, hash: String, code: String },
    SignUp { phone: String, hash: String, name: String },
    SignOut,
}

impl Request {
    /// Whether it changes anything.
    #[must_use]
    pub fn is_deed(&self) -> bool {
        use Request as R;
        !matches!(
            self,
            R::Difference { .. } | R::Since { .. } | R::Look { .. } | R::History { .. } | R::Whole { .. } | R::Dialogs
        )
    }

    /// Whether all of it is one batch, so that a failure means that nothing of it was written.
    #[must_use]
    pub fn is_one_batch(&self) -> bool {
        use Request as R;
        !matches!(
            self,
            R::Clear { .. }
                | R::SendFiles { .. }
                | R::Block { .. }
                | R::Leave
                | R::StoreKey
                | R::SendCode { .. }
                | R::ResendCode { .. }
                | R::SignIn { .. }
                | R::SignUp { .. }
                | R::SignOut
        )
    }
}

/// What is heard.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the platform's own names")]
pub enum Answer {
    Sent(Vec<Sent>),
    Edited(Entry, Numbered),
    Affected(Affected),
    Entries(Vec<Entry>),
    Done,
    Difference(Difference),
    Since(Option<Vec<RingEntry>>, Cut),
    Messages(Vec<Option<Numbered>>),
    History(HistoryPage),
    Dialogs(Vec<Dialog>),
    Whole(Whole),
    Code(SentCode),
    SignedIn(SignedIn),
    SignedUp(UserId),
}

/// A mailbox as a device reads it that has to start anew: the state first, then what is there.
#[derive(Clone, Debug)]
pub struct Whole {
    /// What was there at least.
    pub cut: Cut,
    /// Conversations.
    pub dialogs: Vec<Dialog>,
    /// Everything in them.
    pub messages: Vec<Numbered>,
}

impl Display for Answer {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(sent) => {
                formatter.write_str("sent")?;
                sent.iter().try_for_each(|sent| write_message(formatter, &sent.message))
            }
            Self::Edited(entry, message) => {
                formatter.write_str("edited")?;
                write_entry(formatter, entry)?;
                write_message(formatter, message)
            }
            Self::Affected(affected) => write!(formatter, "pts {} count {}", affected.pts, affected.pts_count),
            Self::Entries(entries) => entries.iter().try_for_each(|entry| write_entry(formatter, entry)),
            Self::Difference(difference) => write_difference(formatter, difference),
            Self::Since(entries, cut) => {
                write!(formatter, "to {} {}:", cut.pts, cut.seq)?;
                entries.iter().flatten().try_for_each(|item| write_entry(formatter, &item.entry))
            }
            Self::Messages(found) => found.iter().flatten().try_for_each(|found| write_message(formatter, found)),
            Self::History(page) => page.messages.iter().try_for_each(|found| write_message(formatter, found)),
            Self::Dialogs(dialogs) => dialogs.iter().try_for_each(|dialog| {
                let Dialog { peer, top, read_inbox_max, read_outbox_max, unread, count, .. } = dialog;
                write!(formatter, " {peer:?} {top} {read_inbox_max} {read_outbox_max} {unread} {count}")
            }),
            Self::Whole(whole) => {
                write!(formatter, "all up to {} {}:", whole.cut.pts, whole.cut.seq)?;
                whole.messages.iter().try_for_each(|found| write_message(formatter, found))
            }
            other => write!(formatter, "{other:?}"),
        }
    }
}

fn write_difference(formatter: &mut Formatter<'_>, difference: &Difference) -> fmt::Result {
    let (name, entries, cut): (_, &[Entry], _) = match difference {
        Difference::Empty(cut) => ("empty", &[], cut),
        Difference::Full(entries, cut) => ("full", entries, cut),
        Difference::Slice(entries, cut) => ("slice", entries, cut),
        Difference::TooLong(pts) => return write!(formatter, "too long {pts}"),
    };
    write!(formatter, "{name} to {} {} unread {}:", cut.pts, cut.seq, cut.unread)?;
    entries.iter().try_for_each(|entry| write_entry(formatter, entry))
}

fn write_entry(formatter: &mut Formatter<'_>, entry: &Entry) -> fmt::Result {
    match entry {
        Entry::Message(id, message) => write!(formatter, " {id}@{}={}", message.pts, message.text),
        Entry::Event(pts, event) => write!(formatter, " @{pts}+{} {:?}", event.pts_count, event.body),
        Entry::Change(seq, _, record) => write!(formatter, " ~{seq}@{} {:?}", record.pts_at, record.change),
    }
}

fn write_message(formatter: &mut Formatter<'_>, found: &Numbered) -> fmt::Result {
    write!(formatter, " {}@{}={}", found.id, found.message.pts, found.message.text)
}

/// Asks the platform in the name of the device with this key; `known` hears who is signed in there before anything is done.
///
/// # Errors
/// The platform's.
pub async fn perform(
    platform: &Platform,
    key: AuthKeyId,
    request: &Request,
    known: impl FnOnce(UserId),
) -> Result<Answer, PlatformError> {
    if let Request::StoreKey = request {
        return store_key(platform, key).await;
    }
    let Some(state) = platform.auth_key(key).await? else { return Err(Refusal::AuthKeyUnregistered.into()) };
    if let Some(outcome) = at_the_door(platform, &state, request).await {
        return outcome;
    }
    let Some(user) = state.user_id() else { return Err(Refusal::AuthKeyUnregistered.into()) };
    known(user);
    let actor = Actor { user, device: Some(key) };
    if request.is_deed() { deed(platform, actor, request).await } else { look(platform, user, request).await }
}

async fn store_key(platform: &Platform, id: AuthKeyId) -> Result<Answer, PlatformError> {
    let key = Zeroizing::new([id.0 as u8; 256]);
    let new = NewAuthKey { id, key, kind: AuthKeyKind::Permanent, dialled_dc: Some(2) };
    match platform.store_auth_key(new).await? {
        // A repeated try meets the key of the first.
        StoredKey::Stored(_) | StoredKey::Collides => Ok(Answer::Done),
    }
}

async fn at_the_door(
    platform: &Platform,
    key: &Arc<AuthKeyState>,
    request: &Request,
) -> Option<Result<Answer, PlatformError>> {
    Some(match request {
        Request::SendCode { phone } => platform.send_code(phone, key.id, HOME).await.map(Answer::Code),
        Request::ResendCode { phone, hash } => platform.resend_code(phone, hash, HOME).await.map(Answer::Code),
        Request::SignIn { phone, hash, code } => {
            platform.sign_in(key, phone, hash, code, HOME).await.map(Answer::SignedIn)
        }
        Request::SignUp { phone, hash, name } => {
            platform.sign_up(key, phone, hash, (name, ""), HOME).await.map(Answer::SignedUp)
        }
        Request::SignOut => platform.sign_out(key).await.map(|()| Answer::Done),
        _ => return None,
    })
}

async fn deed(platform: &Platform, actor: Actor, request: &Request) -> Result<Answer, PlatformError> {
    match request.clone() {
        Request::Send { to, text, random_id, reply, clear_draft } => {
            let reply = reply.map(|id| ReplyTo { id, ..ReplyTo::default() });
            let (entities, flags) = (Vec::new(), Flags::default());
            let outgoing = Outgoing { peer: to, text, entities, random_id, reply, flags, media: None, clear_draft };
            Ok(Answer::Sent(vec![platform.send_message(actor, outgoing).await?]))
        }
        Request::Forward { from, to, ids, random_ids } => {
            let request = ForwardRequest { ids, random_ids, ..ForwardRequest::default() };
            Ok(Answer::Sent(platform.forward_messages(actor, from, to, request).await?))
        }
        Request::Edit { peer, id, text } => {
            let (entry, message) = platform.edit_message(actor, peer, id, &text, &[]).await?;
            Ok(Answer::Edited(entry, message))
        }
        Request::Delete { ids, revoke } => Ok(Answer::Affected(platform.delete_messages(actor, &ids, revoke).await?)),
        Request::Clear { peer, revoke, just_clear } => {
            let deletion = Deletion { revoke, just_clear, ..Deletion::default() };
            Ok(Answer::Affected(platform.delete_history(actor, peer, deletion).await?))
        }
        Request::Read { peer, upto } => Ok(Answer::Affected(platform.read_history(actor, peer, upto).await?)),
        Request::Pin { peer, id, pinning } => {
            Ok(Answer::Entries(platform.pin_message(actor, peer, id, pinning).await?))
        }
        Request::UnpinAll { peer } => Ok(Answer::Affected(platform.unpin_all(actor, peer).await?)),
        Request::SendFiles { to, random_ids } => Ok(Answer::Sent(files::send(platform, actor, to, &random_ids).await?)),
        other => list_deed(platform, actor, other).await.map(|()| Answer::Done),
    }
}

async fn list_deed(platform: &Platform, actor: Actor, request: Request) -> Result<(), PlatformError> {
    match request {
        Request::SaveDraft { peer, text } => platform.save_draft(actor, peer, Draft { text, ..Draft::default() }).await,
        Request::PinDialog { peer, pinned } => platform.pin_dialog(actor, peer, pinned).await,
        Request::Block { peer, blocked } => {
            let other = peer.user().unwrap_or(actor.user);
            if blocked {
                platform.block(actor.user, other, actor.device).await
            } else {
                platform.unblock(actor.user, other, actor.device).await
            }
        }
        Request::Leave => platform.delete_account(actor.user).await,
        Request::Mark { peer, unread } => platform.mark_unread(actor, peer, unread).await,
        Request::Archive { peer, folder } => platform.move_dialogs(actor, &[(peer, folder)]).await.map(drop),
        _ => Ok(()),
    }
}

async fn look(platform: &Platform, user: UserId, request: &Request) -> Result<Answer, PlatformError> {
    Ok(match request {
        Request::Difference { pts, date, slice } => {
            let limits = DifferenceLimits { slice: Some(*slice), total: None };
            Answer::Difference(platform.difference(user, *pts, *date, limits).await?)
        }
        Request::Since { cursor } => {
            let (entries, cut) = platform.entries_since(user, *cursor).await?;
            Answer::Since(entries, cut)
        }
        Request::Whole { peers } => Answer::Whole(whole(platform, user, peers).await?),
        Request::Look { ids } => Answer::Messages(platform.messages(user, ids).await?),
        Request::History { peer, limit } => {
            Answer::History(platform.history(user, *peer, Window::newest(*limit)).await?)
        }
        _ => Answer::Dialogs(platform.dialogs(user, None, false, DialogOffset::default(), 100).await?.dialogs),
    })
}

async fn whole(platform: &Platform, user: UserId, peers: &[Peer]) -> Result<Whole, PlatformError> {
    let cut = platform.cut(user).await?;
    let ids: Vec<MsgId> = (1..=cut.msg_id.0).map(MsgId).collect();
    let mut messages = Vec::new();
    for some in ids.chunks(100) {
        messages.extend(platform.messages(user, some).await?.into_iter().flatten());
    }
    // Whoever deleted their account is in no directory, but in conversations.
    let peers: BTreeSet<Peer> = messages.iter().map(|found| found.message.peer).chain(peers.iter().copied()).collect();
    let dialogs = platform.dialogs_with(user, &peers.into_iter().collect::<Vec<_>>()).await?.dialogs;
    Ok(Whole { cut, dialogs, messages })
}
