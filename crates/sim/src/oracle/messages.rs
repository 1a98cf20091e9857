//! What becomes of messages: acknowledged ones are there once in both mailboxes and in the same order, edits show, what was
//! deleted is gone, and nobody finds words that nobody wrote.

use std::collections::{BTreeMap, BTreeSet};

use platform::mailbox::{Action, Entry, EventBody, Message};
use platform::{Delivery, MsgId, Peer, Pts, Refusal, SERVICE_USER_ID, UserId};

use super::Case;
use crate::broken::{Broken, broken};
use crate::files;
use crate::history::{Deed, Outcome};
use crate::request::{Answer, Request};

type Place = (UserId, MsgId);

/// Every rule of messages.
pub fn judge(case: &Case<'_>) -> Result<(), Broken> {
    let copies = Copies::of(case)?;
    sends(case)?;
    texts(case)?;
    repeats(case)?;
    both_sides(case, &copies)?;
    shut_out(case)?;
    contents(case, &copies)?;
    pins(case, &copies)?;
    orders(case, &copies)?;
    deletions(case, &copies)
}

/// Which message is the other copy of which, from all that is there and all that was shown.
struct Copies {
    of: BTreeMap<Place, Place>,
}

impl Copies {
    fn of(case: &Case<'_>) -> Result<Self, Broken> {
        let mut of = BTreeMap::new();
        let shown = case.book.siblings.iter().map(|(place, sibling)| (*place, (sibling.owner, sibling.id)));
        let present = case.reading.mailboxes.iter().flat_map(|(user, mailbox)| {
            let siblings = mailbox.messages.iter().map(|(id, message)| (*id, message.sibling));
            let known = siblings.filter_map(|(id, sibling)| Some((id, sibling.filter(|other| other.id.0 > 0)?)));
            known.map(|(id, sibling)| ((*user, id), (sibling.owner, sibling.id)))
        });
        for (one, other) in shown.chain(present) {
            for (place, copy) in [(one, other), (other, one)] {
                if let Some(before) = of.insert(place, copy).filter(|before| *before != copy) {
                    let detail = format!("{place:?} has {before:?} and {copy:?}");
                    return broken("a message has one copy on the other side", detail);
                }
            }
        }
        Ok(Self { of })
    }

    fn other(&self, place: Place) -> Option<Place> {
        self.of.get(&place).copied()
    }
}

/// The numbers and words a request asked to send.
fn asked(deed: &Deed) -> Vec<(i64, Option<String>, Peer)> {
    match &deed.request {
        Request::Send { to, text, random_id, .. } => vec![(*random_id, Some(text.clone()), *to)],
        Request::SendFiles { to, random_ids } => {
            random_ids.iter().map(|random_id| (*random_id, Some(format!("m{random_id}")), *to)).collect()
        }
        Request::Forward { to, random_ids, .. } => random_ids.iter().map(|id| (*id, None, *to)).collect(),
        _ => Vec::new(),
    }
}

/// When a send was asked for first and when it was first acknowledged, and as what.
#[derive(Clone, Copy)]
struct Birth {
    begun: u64,
    acknowledged: Option<(u64, MsgId)>,
    may_count: bool,
}

/// Whether a trimmed log has forgotten that this message was sent.
fn is_forgotten(case: &Case<'_>, user: UserId, id: MsgId) -> bool {
    case.book.is_trimmed && case.reading.was_deleted(user, id)
}

fn births(case: &Case<'_>) -> Result<BTreeMap<(UserId, i64), Birth>, Broken> {
    let mut births: BTreeMap<(UserId, i64), Birth> = BTreeMap::new();
    for deed in &case.book.deeds {
        let Some(user) = deed.user else { continue };
        for (random_id, ..) in asked(deed) {
            let fresh = Birth { begun: deed.begun, acknowledged: None, may_count: false };
            let birth = births.entry((user, random_id)).or_insert(fresh);
            birth.may_count |= deed.may_count();
            let Some(Answer::Sent(sent)) = deed.answer() else { continue };
            let Some(found) = sent.iter().find(|sent| sent.random_id == random_id) else { continue };
            let id = found.message.id;
            match birth.acknowledged {
                Some((_, before)) if before != id && !is_forgotten(case, user, before) => {
                    let detail = format!("{user}: {random_id} is message {before} and message {id}");
                    return broken("a repeated send is the same message", detail);
                }
                Some((ended, _)) if ended < deed.ended => {}
                _ => birth.acknowledged = Some((deed.ended, id)),
            }
        }
    }
    Ok(births)
}

/// Acknowledged messages are there once, as they were sent and in the order in which they were; no others are.
fn sends(case: &Case<'_>) -> Result<(), Broken> {
    let births = births(case)?;
    for ((user, random_id), birth) in &births {
        let Some((_, id)) = birth.acknowledged.filter(|_| !case.book.gone.contains(user)) else { continue };
        match case.reading.message(*user, id) {
            Some(message) if message.random_id == Some(*random_id) => {}
            Some(message) => {
                let detail = format!("{user}: {id} was {random_id} and is {:?}", message.random_id);
                return broken("a number stands for one message", detail);
            }
            None if case.reading.was_deleted(*user, id) => {}
            None => return broken("no message is lost", format!("{user}: {random_id} was acknowledged as {id}")),
        }
    }
    in_order(&births)?;
    for (user, mailbox) in &case.reading.mailboxes {
        let mut seen: BTreeMap<i64, MsgId> = BTreeMap::new();
        for (id, message) in &mailbox.messages {
            let Some(random_id) = message.random_id else { continue };
            if let Some(before) = seen.insert(random_id, *id) {
                return broken("no message is doubled", format!("{user}: {random_id} is {before} and {id}"));
            }
            if !births.get(&(*user, random_id)).is_some_and(|birth| birth.may_count) {
                return broken("nothing happens that nobody did", format!("{user}: {id} {:?}", message.text));
            }
        }
    }
    Ok(())
}

/// What was acknowledged before the next was begun comes before it.
fn in_order(births: &BTreeMap<(UserId, i64), Birth>) -> Result<(), Broken> {
    let known = births.iter().filter_map(|((user, number), birth)| Some((*user, *number, birth, birth.acknowledged?)));
    let known: Vec<_> = known.collect();
    for (user, number, _, (ended, id)) in &known {
        let later = known.iter().find(|(who, _, birth, (_, later))| who == user && birth.begun > *ended && later < id);
        if let Some((_, other, _, (_, later))) = later {
            let detail = format!("{user}: {other} was sent after {number} and is {later}, before {id}");
            return broken("messages keep the order in which they were sent", detail);
        }
    }
    Ok(())
}

/// A send that was acknowledged is acknowledged again, whatever changed since, unless its message is gone.
fn repeats(case: &Case<'_>) -> Result<(), Broken> {
    let births = births(case)?;
    for deed in &case.book.deeds {
        let (Some(user), Outcome::Refused(refusal)) = (deed.user, &deed.outcome) else { continue };
        if case.book.gone.contains(&user) {
            continue;
        }
        let wanted: Vec<i64> = asked(deed).into_iter().map(|(random_id, ..)| random_id).collect();
        let is_after = |random_id: &i64| {
            let acknowledged = births.get(&(user, *random_id)).and_then(|birth| birth.acknowledged);
            acknowledged.filter(|(ended, _)| *ended < deed.begun)
        };
        let earlier: Option<Vec<(u64, MsgId)>> = wanted.iter().map(is_after).collect();
        let Some(earlier) = earlier.filter(|earlier| !earlier.is_empty()) else { continue };
        let is_gone = earlier.iter().all(|(_, id)| case.reading.was_deleted(user, *id));
        if !is_gone && !matches!(refusal, Refusal::AuthKeyUnregistered) {
            let detail = format!("{user}: {wanted:?} were sent as {earlier:?}; a repeat was refused: {refusal:?}");
            return broken("a repeated send is answered as the first", detail);
        }
    }
    Ok(())
}

/// The words of a message are those of its last edit, or those it was sent with.
fn texts(case: &Case<'_>) -> Result<(), Broken> {
    const RULE: &str = "an acknowledged edit shows";
    for (user, mailbox) in &case.reading.mailboxes {
        let last = last_edits(&mailbox.log);
        for (id, message) in mailbox.messages.iter().filter(|(_, message)| message.is_out()) {
            let possible = match last.get(id) {
                Some(pts) => edited(case, *user, *id, *pts),
                // The log has forgotten which edit was the last.
                None if message.edit_date.is_some() && mailbox.is_trimmed() => continue,
                None => sent_as(case, *user, message),
            };
            if possible.is_some_and(|possible| !possible.contains(&message.text)) {
                let detail = format!("{user}: message {id} says {:?}; last edit {:?}", message.text, last.get(id));
                return broken(RULE, detail);
            }
        }
    }
    Ok(())
}

fn last_edits(log: &[Entry]) -> BTreeMap<MsgId, Pts> {
    let events = log.iter().filter_map(|entry| match entry {
        Entry::Event(pts, event) => Some((*pts, &event.body)),
        _ => None,
    });
    let edits = events.filter_map(|(pts, body)| match body {
        EventBody::Edited { id } => Some((*id, pts)),
        _ => None,
    });
    edits.collect()
}

/// The words of the edit at this pts: of the one acknowledged with it, or of those that nobody knows of.
fn edited(case: &Case<'_>, user: UserId, id: MsgId, at: Pts) -> Option<BTreeSet<String>> {
    let mut unknown = BTreeSet::new();
    for deed in case.book.deeds.iter().filter(|deed| deed.user == Some(user) && deed.may_count()) {
        let Request::Edit { id: which, text, .. } = &deed.request else { continue };
        if *which != id {
            continue;
        }
        match deed.answer() {
            Some(Answer::Edited(entry, _)) if entry.pts() == at => return Some(BTreeSet::from([text.clone()])),
            Some(_) => {}
            None => drop(unknown.insert(text.clone())),
        }
    }
    Some(unknown)
}

fn sent_as(case: &Case<'_>, user: UserId, message: &Message) -> Option<BTreeSet<String>> {
    let random_id = message.random_id?;
    let deeds = case.book.deeds.iter().filter(|deed| deed.user == Some(user));
    let texts: BTreeSet<String> =
        deeds.flat_map(asked).filter(|(number, ..)| *number == random_id).filter_map(|(_, text, _)| text).collect();
    (!texts.is_empty()).then_some(texts)
}

/// Whether a message lives in its author's mailbox alone.
fn is_one_sided(user: UserId, message: &Message) -> bool {
    let other = message.peer.user();
    message.peer == Peer::User(user)
        || other == Some(SERVICE_USER_ID)
        || matches!(message.action, Some(Action::HistoryClear | Action::ContactSignUp | Action::Custom(_)))
}

/// Both copies tell the same; one without the other was deleted there.
fn both_sides(case: &Case<'_>, copies: &Copies) -> Result<(), Broken> {
    for (user, mailbox) in &case.reading.mailboxes {
        for (id, message) in &mailbox.messages {
            if is_one_sided(*user, message) {
                continue;
            }
            let Some(other) = message.peer.user().filter(|other| !case.book.gone.contains(other)) else { continue };
            if message.is_out() && message.sibling.is_none() && message.action.is_none() {
                let span = span(case, *user, message);
                if shutting(case, other, *user, span) == Shutting::Never {
                    let detail = format!("{user}: message {id} {:?} was kept from {other}", message.text);
                    return broken("every message reaches the other side", detail);
                }
                continue;
            }
            let Some(copy) = copies.other((*user, *id)) else {
                if is_unexplained(case, message, other) {
                    let detail = format!("{user}: message {id} {:?} never came to {other}", message.text);
                    return broken("every message reaches the other side", detail);
                }
                continue;
            };
            match case.reading.message(copy.0, copy.1) {
                Some(found) => same(copies, (*user, *id), message, copy, found)?,
                None if case.reading.was_deleted(copy.0, copy.1) => {}
                None => {
                    let detail = format!("{user}: message {id} {:?} has no copy {copy:?}", message.text);
                    return broken("every message reaches the other side", detail);
                }
            }
        }
    }
    Ok(())
}

/// Whether somebody had shut another out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shutting {
    Never,
    Perhaps,
    Always,
}

/// From when to when a message may have been written.
fn span(case: &Case<'_>, user: UserId, message: &Message) -> (u64, u64) {
    let same = |deed: &&Deed| {
        deed.user == Some(user) && asked(deed).iter().any(|(random_id, ..)| message.random_id == Some(*random_id))
    };
    let deeds = || case.book.deeds.iter().filter(same);
    let begun = deeds().map(|deed| deed.begun).min().unwrap_or(0);
    let answered = deeds().filter(|deed| deed.answer().is_some()).map(|deed| deed.ended).min();
    (begun, answered.unwrap_or(u64::MAX))
}

/// Whether `by` had shut `other` out at the time.
fn shutting(case: &Case<'_>, by: UserId, other: UserId, (begun, ended): (u64, u64)) -> Shutting {
    let deeds = |wanted: bool| {
        case.book.deeds.iter().filter(move |deed| {
            let is_it = matches!(&deed.request, Request::Block { peer, blocked } if *peer == Peer::User(other) && *blocked == wanted);
            deed.user == Some(by) && deed.may_count() && is_it
        })
    };
    let sure = |deed: &&Deed| deed.answer().is_some();
    let is_kept = |block: &Deed| !deeds(false).any(|unblock| unblock.ended >= block.begun && unblock.begun <= ended);
    if deeds(true).filter(sure).any(|block| block.ended < begun && is_kept(block)) {
        return Shutting::Always;
    }
    let may_hold = |block: &Deed| {
        block.begun <= ended
            && !deeds(false).filter(sure).any(|unblock| unblock.begun > block.ended && unblock.ended < begun)
    };
    if deeds(true).any(may_hold) { Shutting::Perhaps } else { Shutting::Never }
}

/// What was written by somebody who had been shut out has no copy.
fn shut_out(case: &Case<'_>) -> Result<(), Broken> {
    for (user, mailbox) in &case.reading.mailboxes {
        for (id, message) in &mailbox.messages {
            let Some(other) = message.peer.user().filter(|other| other != user) else { continue };
            if !message.is_out() || message.sibling.is_none() || message.random_id.is_none() {
                continue;
            }
            if shutting(case, other, *user, span(case, *user, message)) == Shutting::Always {
                let detail = format!("{user}: message {id} {:?} went to {other}", message.text);
                return broken("who is shut out reaches nobody", detail);
            }
        }
    }
    Ok(())
}

/// What was pinned for both was pinned on the other side, too.
fn pins(case: &Case<'_>, copies: &Copies) -> Result<(), Broken> {
    for deed in &case.book.deeds {
        let (Some(user), Request::Pin { id, pinning, .. }) = (deed.user, &deed.request) else { continue };
        let is_done = matches!(deed.answer(), Some(Answer::Entries(entries)) if !entries.is_empty());
        if !is_done || pinning.unpin || pinning.one_side {
            continue;
        }
        let Some((owner, copy)) = copies.other((user, *id)) else { continue };
        let Some(mailbox) = case.reading.mailboxes.get(&owner).filter(|mailbox| !mailbox.is_trimmed()) else {
            continue;
        };
        let is_pin = |entry: &Entry| {
            matches!(entry, Entry::Event(_, event)
                if matches!(&event.body, EventBody::Pinned { ids, pinned: true, .. } if ids.contains(&copy)))
        };
        if mailbox.messages.contains_key(&copy) && !mailbox.log.iter().any(is_pin) {
            let detail = format!("{user}: message {id} was pinned, its copy {copy} of {owner} was not");
            return broken("a pin for both is on both sides", detail);
        }
    }
    Ok(())
}

/// A file is what was sent, in every copy.
fn contents(case: &Case<'_>, copies: &Copies) -> Result<(), Broken> {
    const RULE: &str = "a file is what was sent";
    for (user, mailbox) in &case.reading.mailboxes {
        for (id, (medium, content)) in &mailbox.files {
            let number = files::number(content);
            let was_asked = case.book.deeds.iter().any(|deed| {
                matches!(&deed.request, Request::SendFiles { random_ids, .. } if random_ids.iter().any(|one| Some(*one) == number))
            });
            let message = case.reading.message(*user, *id);
            let own = message.filter(|message| message.forward.is_none()).and_then(|message| message.random_id);
            if !was_asked || own.is_some_and(|own| Some(own) != number) {
                return broken(RULE, format!("{user}: message {id}, sent as {own:?}, has {content:?}"));
            }
            let copy = copies
                .other((*user, *id))
                .and_then(|(owner, copy)| case.reading.mailboxes.get(&owner)?.files.get(&copy));
            if copy.is_some_and(|copy| copy.0 != *medium) {
                return broken(RULE, format!("{user}: message {id} has {medium:?}, its copy {copy:?}"));
            }
        }
    }
    Ok(())
}

/// A message whose copy nobody ever saw: it may have been deleted there unseen, else it never came.
fn is_unexplained(case: &Case<'_>, message: &Message, other: UserId) -> bool {
    if message.action.is_some() {
        return false;
    }
    let Some(mailbox) = case.reading.mailboxes.get(&other) else { return true };
    !mailbox.deleted.iter().any(|id| !case.book.siblings.contains_key(&(other, *id)))
}

fn same(copies: &Copies, one: Place, message: &Message, other: Place, copy: &Message) -> Result<(), Broken> {
    const RULE: &str = "both copies tell the same";
    let detail = || format!("{one:?} {message:?} and {other:?} {copy:?}");
    let is_same = message.text == copy.text
        && message.entities == copy.entities
        && message.edit_date == copy.edit_date
        && message.date == copy.date
        && message.forward == copy.forward
        && message.from == copy.from
        && message.media == copy.media
        && message.is_out() != copy.is_out();
    let replies = |found: &Message| found.reply.as_ref().and_then(|reply| reply.id);
    let (own, others) =
        if message.is_out() { ((one, message), (other, copy)) } else { ((other, copy), (one, message)) };
    let is_reply_same = match (replies(own.1), replies(others.1)) {
        (Some(own_id), Some(other_id)) => {
            copies.other((own.0.0, own_id)).is_none_or(|found| found == (others.0.0, other_id))
        }
        (None, Some(_)) => false,
        (_, None) => true,
    };
    if is_same && is_reply_same { Ok(()) } else { broken(RULE, detail()) }
}

/// A conversation has the same order on both sides: the whole of it, or what each wrote where deeds travel by letter.
fn orders(case: &Case<'_>, copies: &Copies) -> Result<(), Broken> {
    for (user, mailbox) in &case.reading.mailboxes {
        for (peer, ids) in &mailbox.histories {
            let Some(other) = peer.user().filter(|other| other != user) else { continue };
            let both = ids.iter().rev().filter_map(|id| {
                let (owner, copy) = copies.other((*user, *id))?;
                let message = case.reading.message(*user, *id)?;
                (owner == other && case.reading.message(owner, copy).is_some()).then_some((message.is_out(), *id, copy))
            });
            let both: Vec<(bool, MsgId, MsgId)> = both.collect();
            let parts: Vec<Vec<_>> = match case.delivery {
                Delivery::Folded => vec![both],
                _ => [true, false].map(|out| both.iter().filter(|one| one.0 == out).copied().collect()).into(),
            };
            for part in parts {
                if let Some(pair) = part.windows(2).find(|pair| pair[0].2 >= pair[1].2) {
                    let detail = format!("{user} with {peer:?}: {:?} and {:?} (here, there)", pair[0], pair[1]);
                    return broken("a conversation has the same order on both sides", detail);
                }
            }
        }
    }
    Ok(())
}

/// Acknowledged deletions are done on every side they were for, and nothing else is gone.
fn deletions(case: &Case<'_>, copies: &Copies) -> Result<(), Broken> {
    let deeds = case.book.deeds.iter().filter_map(|deed| Some((deed.user?, deed)));
    for (user, deed) in deeds {
        let (Request::Delete { ids, revoke }, Some(Answer::Affected(affected))) = (&deed.request, deed.answer()) else {
            continue;
        };
        let own = ids.iter().map(|id| (user, *id));
        // Whoever has no copy any more cannot take back the other's.
        let took = *revoke && affected.pts_count > 0;
        let gone = if took { deleted_at(case, user, affected.pts) } else { Vec::new() };
        let others = gone.iter().filter_map(|id| copies.other((user, *id)));
        let mut kept = own.chain(others).filter(|place| case.reading.message(place.0, place.1).is_some());
        if let Some(place) = kept.next() {
            return broken("what was deleted stays deleted", format!("{place:?} after {:?} by {user}", deed.request));
        }
    }
    for (user, mailbox) in &case.reading.mailboxes {
        if let Some(id) = mailbox.deleted.iter().find(|id| !may_be_gone(case, copies, (*user, **id))) {
            return broken("nothing happens that nobody did", format!("{user}: message {id} was deleted by nobody"));
        }
    }
    Ok(())
}

/// What the deletion at this pts took.
fn deleted_at(case: &Case<'_>, user: UserId, at: Pts) -> Vec<MsgId> {
    let log = case.reading.mailboxes.get(&user).into_iter().flat_map(|mailbox| &mailbox.log);
    let mut found = log.filter_map(|entry| match entry {
        Entry::Event(pts, event) if *pts == at => match &event.body {
            EventBody::Deleted { ids, .. } => Some(ids.clone()),
            _ => None,
        },
        _ => None,
    });
    found.next().unwrap_or_default()
}

fn may_be_gone(case: &Case<'_>, copies: &Copies, place: Place) -> bool {
    let copy = copies.other(place);
    let peer = case.book.messages.get(&place);
    let own = case.book.deeds.iter().filter(|deed| deed.may_count());
    own.filter_map(|deed| Some((deed.user?, &deed.request))).any(|(user, request)| match request {
        Request::Delete { ids, revoke } => {
            let is_own = user == place.0 && ids.contains(&place.1);
            let is_copy = *revoke && copy.is_none_or(|copy| user == copy.0 && ids.contains(&copy.1));
            is_own || (is_copy && user != place.0)
        }
        Request::Clear { peer: cleared, revoke, .. } => {
            let is_own = user == place.0 && peer.is_none_or(|peer| peer == cleared);
            is_own || (*revoke && *cleared == Peer::User(place.0) && peer.is_none_or(|peer| *peer == Peer::User(user)))
        }
        _ => false,
    })
}
