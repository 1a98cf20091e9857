//! The laws of the two logs: no gap, no double, nothing that was shown is missing or another thing, and nothing stands there
//! that nobody did.

use std::collections::BTreeMap;

use platform::mailbox::{Entry, EventBody, Message};
use platform::{MsgId, Peer, Pts, UserId};

use super::Case;
use super::reading::Mailbox;
use crate::broken::{Broken, broken};
use crate::history::{Book, Mark};
use crate::request::{Answer, Request};

/// Every rule of the logs.
pub fn judge(case: &Case<'_>) -> Result<(), Broken> {
    for (user, mailbox) in &case.reading.mailboxes {
        gapless(*user, mailbox)?;
        one_list(*user, mailbox)?;
        steady(*user, mailbox)?;
        shown(*user, mailbox, case.book)?;
        answered(*user, mailbox, case.book)?;
        caused(*user, mailbox, case.book)?;
    }
    Ok(())
}

/// Every pts stands for one entry, or for a message that was deleted since.
fn gapless(user: UserId, mailbox: &Mailbox) -> Result<(), Broken> {
    const RULE: &str = "pts is gapless";
    let mut pts = mailbox.floor().0;
    let mut holes = 0;
    for entry in &mailbox.log {
        let count = match entry {
            Entry::Event(_, event) => event.pts_count,
            _ => 1,
        };
        let begin = entry.pts().0 - count;
        if begin < pts {
            return broken("a pts stands for one thing", format!("{user}: {entry:?} begins before {pts}"));
        }
        holes += begin - pts;
        pts = entry.pts().0;
    }
    holes += mailbox.cut.pts.0 - pts;
    let deleted = i32::try_from(mailbox.deleted.len()).unwrap_or(i32::MAX);
    let is_explained = if mailbox.is_trimmed() { holes <= deleted } else { holes == deleted };
    if !is_explained {
        let detail = format!("{user}: {holes} pts of nothing, {deleted} messages deleted, up to {}", mailbox.cut.pts);
        return broken(RULE, detail);
    }
    let mut seq = 0;
    for entry in &mailbox.changes {
        seq += 1;
        if !matches!(entry, Entry::Change(found, ..) if found.0 == seq) {
            return broken("the second log is gapless", format!("{user}: {entry:?} in place of {seq}"));
        }
    }
    match mailbox.cut.seq.0 == seq {
        true => Ok(()),
        false => broken("the second log is gapless", format!("{user}: {seq} entries of {}", mailbox.cut.seq)),
    }
}

/// Log, numbers and conversations name the same messages, each once and in the same order.
fn one_list(user: UserId, mailbox: &Mailbox) -> Result<(), Broken> {
    const RULE: &str = "log, numbers and conversations hold the same messages";
    let logged: Vec<MsgId> = mailbox.log.iter().filter_map(message_id).collect();
    let is_logged = |message: &Message| message.pts > mailbox.floor() || !mailbox.is_trimmed();
    let numbered = mailbox.messages.iter().filter(|(_, message)| is_logged(message));
    let numbered: Vec<MsgId> = numbered.map(|(id, _)| *id).collect();
    if logged != numbered {
        return broken(RULE, format!("{user}: logged {logged:?}, numbered {numbered:?}"));
    }
    let mut filed: BTreeMap<Peer, Vec<MsgId>> = mailbox.histories.keys().map(|peer| (*peer, Vec::new())).collect();
    for (id, message) in mailbox.messages.iter().rev() {
        filed.entry(message.peer).or_default().push(*id);
    }
    if filed != mailbox.histories {
        return broken(RULE, format!("{user}: filed {filed:?}, conversations {:?}", mailbox.histories));
    }
    match mailbox.deleted.iter().find(|id| mailbox.messages.contains_key(id)) {
        Some(id) => broken("what was deleted stays deleted", format!("{user}: message {id}")),
        None => Ok(()),
    }
}

fn message_id(entry: &Entry) -> Option<MsgId> {
    match entry {
        Entry::Message(id, _) => Some(*id),
        _ => None,
    }
}

/// Read states rise along the log and end where the dialog says.
fn steady(user: UserId, mailbox: &Mailbox) -> Result<(), Broken> {
    let mut reads: BTreeMap<(Peer, bool), MsgId> = BTreeMap::new();
    for entry in &mailbox.log {
        let Entry::Event(pts, event) = entry else { continue };
        let (place, max_id) = match &event.body {
            EventBody::ReadInbox { peer, max_id, .. } => ((*peer, true), *max_id),
            EventBody::ReadOutbox { peer, max_id } => ((*peer, false), *max_id),
            _ => continue,
        };
        let before = reads.insert(place, max_id).unwrap_or_default();
        if before > max_id {
            let detail = format!("{user}: {before}, then {max_id} at pts {pts} in {place:?}");
            return broken("read states never step back", detail);
        }
    }
    for dialog in mailbox.dialogs.values() {
        let logged = |is_inbox| reads.get(&(dialog.peer, is_inbox)).copied().unwrap_or_default();
        let (logged_in, logged_out) = (logged(true), logged(false));
        let is_behind = logged_in < dialog.read_inbox_max || logged_out < dialog.read_outbox_max;
        let is_ahead = logged_in > dialog.read_inbox_max || logged_out > dialog.read_outbox_max;
        if is_ahead || (is_behind && !mailbox.is_trimmed()) {
            let detail = format!("{user}: {dialog:?}, logged {} and {}", logged(true), logged(false));
            return broken("read states are those of the log", detail);
        }
    }
    Ok(())
}

/// What was shown at a pts is there.
fn shown(user: UserId, mailbox: &Mailbox, book: &Book) -> Result<(), Broken> {
    let by_pts: BTreeMap<Pts, &Entry> = mailbox.log.iter().map(|entry| (entry.pts(), entry)).collect();
    for ((_, pts), mark) in book.marks.range((user, Pts(0))..=(user, Pts(i32::MAX))) {
        let is_forgotten = *pts <= mailbox.floor();
        let holds = match (mark, by_pts.get(pts)) {
            (Mark::Message(id), None) if is_forgotten => {
                mailbox.messages.contains_key(id) || mailbox.deleted.contains(id)
            }
            (Mark::Event(_), None) if is_forgotten => true,
            (Mark::Message(id), Some(Entry::Message(found, _))) => id == found,
            (Mark::Message(id), None) => mailbox.deleted.contains(id),
            (Mark::Event(body), Some(Entry::Event(_, event))) => *body == event.body,
            _ => false,
        };
        if !holds {
            let detail = format!("{user}: {mark:?} was shown at pts {pts}; there is {:?}", by_pts.get(pts));
            return broken("what was shown is durable", detail);
        }
    }
    let furthest = book.heads.get(&user).into_iter().flatten().map(|(_, pts)| *pts).max().unwrap_or_default();
    if furthest > mailbox.cut.pts {
        return broken("pts never steps back", format!("{user}: {furthest} was shown, there is {}", mailbox.cut.pts));
    }
    let gone = book.messages.range((user, MsgId(0))..=(user, MsgId(i32::MAX)));
    let mut gone = gone.filter(|((_, id), _)| !mailbox.messages.contains_key(id) && !mailbox.deleted.contains(id));
    match gone.next() {
        Some(((_, id), peer)) => broken("no message is lost", format!("{user}: message {id} with {peer:?} was shown")),
        None => Ok(()),
    }
}

/// What was answered with a pts is in the log at that pts.
fn answered(user: UserId, mailbox: &Mailbox, book: &Book) -> Result<(), Broken> {
    let by_pts: BTreeMap<Pts, &Entry> = mailbox.log.iter().map(|entry| (entry.pts(), entry)).collect();
    for deed in book.deeds.iter().filter(|deed| deed.user == Some(user)) {
        let Some(Answer::Affected(affected)) = deed.answer() else { continue };
        if affected.pts_count == 0 || affected.pts <= mailbox.floor() {
            continue;
        }
        let found = match by_pts.get(&affected.pts) {
            Some(Entry::Event(_, event)) => Some(event),
            _ => None,
        };
        let holds = found.is_some_and(|event| match (&deed.request, &event.body) {
            (Request::Delete { ids, .. }, EventBody::Deleted { ids: gone, .. }) => {
                event.pts_count == affected.pts_count && gone.iter().all(|id| ids.contains(id))
            }
            (Request::Clear { .. }, EventBody::Deleted { .. }) => true,
            (Request::Read { peer, .. }, EventBody::ReadInbox { peer: read, .. }) => peer == read,
            (Request::UnpinAll { peer }, EventBody::Pinned { peer: at, pinned: false, .. }) => peer == at,
            _ => false,
        });
        if !holds {
            let detail = format!("{user}: {:?} was answered with {affected:?}; there is {found:?}", deed.request);
            return broken("what was answered is in the log", detail);
        }
    }
    Ok(())
}

/// Every event was asked for by somebody; no deed was done twice.
fn caused(user: UserId, mailbox: &Mailbox, book: &Book) -> Result<(), Broken> {
    const RULE: &str = "nothing happens that nobody did";
    let deeds = || book.deeds.iter().filter(|deed| deed.user == Some(user) && deed.may_count());
    for peer in mailbox.dialogs.keys() {
        let events = mailbox.log.iter().filter(|entry| {
            matches!(entry, Entry::Event(_, event)
                if matches!(&event.body, EventBody::ReadInbox { peer: at, .. } if at == peer))
        });
        let asked = deeds().filter(|deed| matches!(&deed.request, Request::Read { peer: at, .. } if at == peer));
        let (events, asked) = (events.count(), asked.count());
        if events > asked {
            return broken(RULE, format!("{user}: {peer:?} was read {events} times, asked for {asked} times"));
        }
    }
    for (id, count) in edits(mailbox) {
        let own = deeds().filter(|deed| matches!(&deed.request, Request::Edit { id: at, .. } if *at == id)).count();
        let is_out = mailbox.messages.get(&id).is_some_and(|message| message.is_out());
        if is_out && count > own {
            return broken(RULE, format!("{user}: message {id} was edited {count} times, asked for {own} times"));
        }
    }
    Ok(())
}

fn edits(mailbox: &Mailbox) -> BTreeMap<MsgId, usize> {
    let mut edits = BTreeMap::new();
    for entry in &mailbox.log {
        if let Entry::Event(_, event) = entry
            && let EventBody::Edited { id } = event.body
        {
            *edits.entry(id).or_default() += 1;
        }
    }
    edits
}
