//! What the list of dialogs says equals a recount; what one side read the other was told, and no more; drafts are the last
//! ones written.

use std::collections::BTreeSet;

use platform::mailbox::{Dialog, Flags};
use platform::{MsgId, Peer, UserId};

use super::Case;
use super::reading::Mailbox;
use crate::broken::{Broken, broken};
use crate::history::{Deed, Outcome};
use crate::request::Request;

/// Every rule of dialogs.
pub fn judge(case: &Case<'_>) -> Result<(), Broken> {
    for (user, mailbox) in &case.reading.mailboxes {
        for dialog in mailbox.dialogs.values() {
            recount(*user, mailbox, dialog)?;
            told(case, *user, mailbox, dialog)?;
            draft(case, *user, mailbox, dialog)?;
            read_before(case, *user, dialog)?;
        }
        let unread: i32 = mailbox.dialogs.values().map(|dialog| dialog.unread).sum();
        if unread != mailbox.cut.unread {
            return broken(
                "counters equal a recount",
                format!("{user}: {} unread in all, {unread}", mailbox.cut.unread),
            );
        }
        let listed: BTreeSet<Peer> = mailbox.list.iter().copied().collect();
        let alive = mailbox.histories.iter().filter(|(_, ids)| !ids.is_empty()).map(|(peer, _)| *peer);
        if listed != alive.collect() || listed.len() != mailbox.list.len() {
            return broken("the list shows every conversation once", format!("{user}: {:?}", mailbox.list));
        }
    }
    Ok(())
}

fn recount(user: UserId, mailbox: &Mailbox, dialog: &Dialog) -> Result<(), Broken> {
    let ids = mailbox.histories.get(&dialog.peer).cloned().unwrap_or_default();
    let found = || ids.iter().filter_map(|id| Some((*id, mailbox.messages.get(id)?)));
    let unread = found().filter(|(id, message)| !message.is_out() && *id > dialog.read_inbox_max).count();
    let mut pinned: Vec<MsgId> =
        found().filter(|(_, message)| message.flags.has(Flags::PINNED)).map(|(id, _)| id).collect();
    pinned.reverse();
    let (top, top_date) = found().next().map(|(id, message)| (id, message.date)).unwrap_or_default();
    let says = (dialog.unread, dialog.count, dialog.top, dialog.top_date, &dialog.pinned_messages);
    let counted = (unread as i32, ids.len() as i32, top, top_date, &pinned);
    if says == counted {
        return Ok(());
    }
    let detail =
        format!("{user} with {:?}: unread, count, top, date, pinned {says:?}, counted {counted:?}", dialog.peer);
    broken("counters equal a recount", detail)
}

/// The author knows how far their words were read, and of nothing that was not.
fn told(case: &Case<'_>, user: UserId, mailbox: &Mailbox, dialog: &Dialog) -> Result<(), Broken> {
    let Some(author) = dialog.peer.user().filter(|author| *author != user) else { return Ok(()) };
    let Some(theirs) = case.reading.mailboxes.get(&author) else { return Ok(()) };
    let Some(there) = theirs.dialogs.get(&Peer::User(user)) else { return Ok(()) };
    for (id, message) in mailbox.messages.iter().filter(|(_, message)| message.peer == dialog.peer) {
        let Some(sibling) = message.sibling.filter(|_| !message.is_out()) else { continue };
        let is_read = *id <= dialog.read_inbox_max;
        let is_told = sibling.id <= there.read_outbox_max;
        if is_read != is_told {
            let detail = format!(
                "{user} read up to {}, {author} was told up to {}: message {id} there {}",
                dialog.read_inbox_max, there.read_outbox_max, sibling.id
            );
            return broken("authors are told what was read", detail);
        }
    }
    Ok(())
}

/// A draft is the last one written: none that another, acknowledged one came after.
fn draft(case: &Case<'_>, user: UserId, mailbox: &Mailbox, dialog: &Dialog) -> Result<(), Broken> {
    let found = mailbox.drafts.get(&dialog.peer).map(String::as_str).unwrap_or_default();
    if dialog.has_draft == found.is_empty() {
        return broken("a dialog knows of its draft", format!("{user}: {dialog:?}, draft {found:?}"));
    }
    let writes: Vec<(&Deed, &str)> = case
        .book
        .deeds
        .iter()
        .filter(|deed| deed.user == Some(user) && deed.may_count())
        .filter_map(|deed| match &deed.request {
            Request::SaveDraft { peer, text } if *peer == dialog.peer => Some((deed, text.as_str())),
            Request::Send { to, clear_draft: true, .. } if *to == dialog.peer => Some((deed, "")),
            _ => None,
        })
        .collect();
    let is_last = |deed: &Deed| !writes.iter().any(|(other, _)| is_sure(other) && other.begun > deed.ended);
    let is_possible = writes.iter().any(|(deed, text)| *text == found && is_last(deed));
    let is_untouched = found.is_empty() && !writes.iter().any(|(deed, _)| is_sure(deed));
    if is_possible || is_untouched {
        return Ok(());
    }
    broken("a draft is the last one written", format!("{user} with {:?}: {found:?}", dialog.peer))
}

/// Whether a write surely happened; a repeated send clears nothing any more.
fn is_sure(deed: &Deed) -> bool {
    matches!(deed.outcome, Outcome::Answered(_)) && matches!(deed.request, Request::SaveDraft { .. })
}

/// No dialog is less read than it was shown.
fn read_before(case: &Case<'_>, user: UserId, dialog: &Dialog) -> Result<(), Broken> {
    let shown = case.book.reads.get(&(user, dialog.peer)).into_iter().flatten();
    let mut further =
        shown.filter(|(_, inbox, outbox)| *inbox > dialog.read_inbox_max || *outbox > dialog.read_outbox_max);
    match further.next() {
        Some((_, inbox, outbox)) => {
            let detail = format!("{user}: {inbox}/{outbox} was shown, there is {dialog:?}");
            broken("read states never step back", detail)
        }
        None => Ok(()),
    }
}
