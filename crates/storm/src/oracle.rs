//! The judge: what people were told against what their mailboxes hold.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use futures::future::try_join_all;

use crate::account::Account;
use crate::client::Client;
use crate::mailbox::{self, Dialog, Kept, Mailbox};
use crate::record::{Fate, Sent, Tag, Told};
use crate::requests;
use crate::verdict::Verdict;

/// One person: what they were told and what is kept.
struct Case<'a> {
    account: &'a Account,
    told: Told,
    mailbox: Mailbox,
    order: Order,
}

/// On what both sides of a conversation agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// On the whole of it.
    #[default]
    Shared,
    /// On the order of what each of them wrote: where deeds travel by letter, the two may interleave otherwise.
    OfEach,
}

/// Reads all accounts again through fresh sessions and compares. Nothing may be under way.
///
/// # Errors
/// When an account cannot be read.
pub async fn judge(accounts: impl Iterator<Item = &Account>, order: Order) -> Result<Verdict> {
    compare_all(accounts.map(|account| (account, account.fresh(), account.record.told())), order).await
}

/// The same of people who were told so much, through these clients.
///
/// # Errors
/// When an account cannot be read.
pub async fn compare_all<'a>(
    people: impl Iterator<Item = (&'a Account, Client, Told)>,
    order: Order,
) -> Result<Verdict> {
    let reading = people.map(|(account, client, told)| async move {
        let mailbox = mailbox::read(&client).await?;
        let mut verdict = Verdict::default();
        check_files(&client, &told, &mailbox, &mut verdict).await?;
        anyhow::Ok((Case { account, told, mailbox, order }, verdict))
    });
    let (mut cases, mut verdict) = (Vec::new(), Verdict::default());
    for (case, files) in try_join_all(reading).await? {
        cases.push(case);
        verdict.add(files);
    }
    let by_user: HashMap<i64, &Case<'_>> = cases.iter().map(|case| (case.account.user_id, case)).collect();
    let fates = fates(&cases);
    for case in &cases {
        verdict.acks += case.told.acks;
        case.judge_own(&fates, &mut verdict);
        case.judge_pushed(&fates, &mut verdict);
        case.judge_numbers(&mut verdict);
        case.judge_pts(&mut verdict);
        case.judge_counters(&mut verdict);
        case.judge_partners(&by_user, &fates, &mut verdict);
    }
    Ok(verdict)
}

fn fates(cases: &[Case<'_>]) -> HashMap<Tag, Fate> {
    cases.iter().flat_map(|case| case.told.fates.iter().map(|(tag, fate)| (*tag, *fate))).collect()
}

impl Case<'_> {
    fn name(&self) -> String {
        format!("person {}", self.account.number)
    }

    fn dialog(&self, peer: i64) -> Option<&Dialog> {
        self.mailbox.dialogs.iter().find(|dialog| dialog.peer == peer)
    }

    fn kept(&self) -> HashMap<i32, &Kept> {
        self.mailbox.dialogs.iter().flat_map(|dialog| dialog.messages.iter().map(|kept| (kept.id, kept))).collect()
    }

    /// Acknowledged sends, edits, deletions and reads are there.
    fn judge_own(&self, fates: &HashMap<Tag, Fate>, verdict: &mut Verdict) {
        let kept = self.kept();
        for sent in &self.told.sent {
            let fate = fates.get(&sent.tag).copied().unwrap_or_default();
            if let Some(what) = wrong_with(sent, fate, kept.get(&sent.id).copied()) {
                verdict.lost += 1;
                verdict.tell(format!("{}: message {} ({:?}) {what}", self.name(), sent.id, sent.tag));
            }
        }
        for (peer, upto) in &self.told.read {
            let read = self.dialog(*peer).map_or(0, |dialog| dialog.read_inbox_max);
            if read < *upto {
                verdict.lost += 1;
                verdict.tell(format!("{}: read up to {upto} with {peer}, but {read} is kept", self.name()));
            }
        }
        verdict.reordered += self.told.contradictions;
        if self.told.contradictions > 0 {
            verdict.tell(format!("{}: one send was given two numbers", self.name()));
        }
    }

    /// What was shown to somebody was durable.
    fn judge_pushed(&self, fates: &HashMap<Tag, Fate>, verdict: &mut Verdict) {
        let kept = self.kept();
        for seen in &self.told.seen {
            let is_there = kept.get(&seen.id).is_some_and(|kept| kept.words.is_some_and(|(tag, _)| tag == seen.tag));
            if !is_there && !fates.get(&seen.tag).is_some_and(|fate| fate.deletion_asked) {
                verdict.lost += 1;
                verdict.tell(format!(
                    "{}: message {} ({:?}) was pushed and is not there",
                    self.name(),
                    seen.id,
                    seen.tag
                ));
            }
        }
    }

    /// Numbers and pts of acknowledged messages rise together and belong to one message each; within a conversation they
    /// rise in the order of sending, unless the server asked for a send to come later.
    fn judge_numbers(&self, verdict: &mut Verdict) {
        let mut sent: Vec<&Sent> = self.told.sent.iter().collect();
        sent.sort_by_key(|sent| (sent.id, sent.pts));
        let by_number = disorder(&sent, |one, next| one.id < next.id && one.pts < next.pts);
        sent.retain(|sent| !self.told.refused.contains(&sent.tag.place));
        sent.sort_by_key(|sent| sent.tag.place);
        let by_place = disorder(&sent, |one, next| one.id < next.id);
        if by_number + by_place > 0 {
            verdict.reordered += by_number + by_place;
            verdict.tell(format!(
                "{}: {by_number} numbers out of order, {by_place} messages out of the sender's order",
                self.name()
            ));
        }
    }

    fn judge_pts(&self, verdict: &mut Verdict) {
        let missed = &self.mailbox.missed;
        let unexplained = missed.unexplained().unsigned_abs();
        let behind = u64::from(missed.to != self.mailbox.pts);
        let beyond = self.told.sent.iter().map(|sent| sent.pts).chain(self.told.seen.iter().map(|seen| seen.pts));
        let beyond = beyond.filter(|pts| *pts > self.mailbox.pts).count() as u64;
        let gaps = unexplained + behind + beyond + missed.broken_slices;
        if gaps > 0 {
            verdict.gaps += gaps;
            verdict.tell(format!(
                "{}: pts {}..{} (state {}): {} unexplained, {beyond} acknowledged beyond, {} broken slices",
                self.name(),
                missed.from,
                missed.to,
                self.mailbox.pts,
                missed.unexplained(),
                missed.broken_slices
            ));
        }
    }

    /// Counts that are kept equal counts made anew, and the difference tells of every message that is there.
    fn judge_counters(&self, verdict: &mut Verdict) {
        let told: HashSet<i32> = self.mailbox.missed.new_messages.iter().copied().collect();
        for dialog in &self.mailbox.dialogs {
            let unread = dialog.messages.iter().filter(|kept| !kept.out && kept.id > dialog.read_inbox_max).count();
            let untold = dialog.messages.iter().filter(|kept| !told.contains(&kept.id)).count();
            let untold = if self.mailbox.missed.is_whole() { untold } else { 0 };
            let top = dialog.messages.last().map_or(0, |last| last.id);
            let counted = (dialog.unread as usize, dialog.count as usize, dialog.top, 0);
            let recounted = (unread, dialog.messages.len(), top, untold);
            if counted != recounted {
                verdict.counters += 1;
                verdict.tell(format!(
                    "{}: with {} (unread, messages, newest, untold) is {counted:?}, recounted {recounted:?}",
                    self.name(),
                    dialog.peer
                ));
            }
        }
    }

    /// Nothing is there twice, and both sides of a conversation hold the same in the same order.
    fn judge_partners(&self, others: &HashMap<i64, &Self>, fates: &HashMap<Tag, Fate>, verdict: &mut Verdict) {
        for dialog in &self.mailbox.dialogs {
            let own = tags(dialog);
            let doubled = own.len() - own.iter().collect::<HashSet<_>>().len();
            if doubled > 0 {
                verdict.duplicated += doubled as u64;
                verdict.tell(format!("{}: {doubled} messages with {} are there twice", self.name(), dialog.peer));
            }
            let Some(other) = others.get(&dialog.peer).filter(|other| other.account.number > self.account.number)
            else {
                continue;
            };
            let theirs = other.dialog(self.account.user_id).map(tags).unwrap_or_default();
            self.compare(other, &own, &theirs, verdict);
        }
        self.judge_delivery(others, fates, verdict);
    }

    fn compare(&self, other: &Self, own: &[Tag], theirs: &[Tag], verdict: &mut Verdict) {
        if own == theirs {
            return;
        }
        let (mine, others): (HashSet<_>, HashSet<_>) = (own.iter().collect(), theirs.iter().collect());
        let one_sided = mine.symmetric_difference(&others).count() as u64;
        let common = |list: &[Tag]| -> Vec<Tag> {
            list.iter().filter(|tag| mine.contains(tag) && others.contains(tag)).copied().collect()
        };
        let moved = self.order.moved(&common(own), &common(theirs));
        if one_sided + moved == 0 {
            return;
        }
        verdict.lost += one_sided;
        verdict.reordered += moved;
        verdict.tell(format!(
            "{} and {}: {one_sided} messages on one side only, {moved} in another order",
            self.name(),
            other.name()
        ));
    }

    /// What was acknowledged to the sender is with the receiver.
    fn judge_delivery(&self, others: &HashMap<i64, &Self>, fates: &HashMap<Tag, Fate>, verdict: &mut Verdict) {
        let mut kept: HashMap<i64, HashSet<Tag>> = HashMap::new();
        for sent in &self.told.sent {
            let Some(other) = others.get(&sent.peer) else { continue };
            let there = kept.entry(sent.peer).or_insert_with(|| {
                other.dialog(self.account.user_id).map(|dialog| tags(dialog).into_iter().collect()).unwrap_or_default()
            });
            let may_be_gone = fates.get(&sent.tag).is_some_and(|fate| fate.deletion_asked);
            if !may_be_gone && !there.contains(&sent.tag) {
                verdict.lost += 1;
                verdict.tell(format!(
                    "{}: {:?} was acknowledged and never reached {}",
                    self.name(),
                    sent.tag,
                    other.name()
                ));
            }
        }
    }
}

impl Order {
    /// How many messages stand at another place on the other side.
    fn moved(self, own: &[Tag], theirs: &[Tag]) -> u64 {
        let differ = |own: &[Tag], theirs: &[Tag]| own.iter().zip(theirs).filter(|(one, other)| one != other).count();
        let of =
            |list: &[Tag], sender: u32| list.iter().filter(|tag| tag.sender == sender).copied().collect::<Vec<_>>();
        let senders: HashSet<u32> = own.iter().map(|tag| tag.sender).collect();
        let moved = match self {
            Self::Shared => differ(own, theirs),
            Self::OfEach => senders.into_iter().map(|sender| differ(&of(own, sender), &of(theirs, sender))).sum(),
        };
        moved as u64
    }
}

fn tags(dialog: &Dialog) -> Vec<Tag> {
    dialog.messages.iter().filter_map(|kept| kept.words.map(|(tag, _)| tag)).collect()
}

/// Neighbours that are not in order.
fn disorder(sent: &[&Sent], in_order: impl Fn(&Sent, &Sent) -> bool) -> u64 {
    sent.windows(2).filter(|pair| !in_order(pair[0], pair[1])).count() as u64
}

/// What is wrong with an acknowledged message, if anything.
fn wrong_with(sent: &Sent, fate: Fate, kept: Option<&Kept>) -> Option<&'static str> {
    match kept.map(|kept| kept.words) {
        None if fate.deletion_asked => None,
        None => Some("is lost"),
        Some(_) if fate.is_deleted => Some("was deleted and is there again"),
        Some(Some((tag, _))) if tag != sent.tag => Some("has become another message"),
        Some(Some((_, version))) if version < fate.version => Some("has lost an edit"),
        Some(None) => Some("has lost its words"),
        Some(_) => None,
    }
}

/// Files that were sent are whole.
async fn check_files(client: &Client, told: &Told, mailbox: &Mailbox, verdict: &mut Verdict) -> Result<()> {
    let kept = mailbox.dialogs.iter().flat_map(|dialog| &dialog.messages);
    let documents = kept.filter_map(|kept| Some((kept.words?.0, kept.document.as_ref()?)));
    for (tag, document) in documents {
        let Some(expected) = told.files.get(&tag) else { continue };
        let asked = requests::file(document, 0, 1024 * 1024);
        let found = match client.insist(&asked).await? {
            tl::enums::upload::File::File(file) => file.bytes,
            tl::enums::upload::File::CdnRedirect(_) => Vec::new(),
        };
        let expected = expected.bytes();
        if found != expected {
            verdict.lost += 1;
            verdict.tell(format!("the file of {tag:?} is {} bytes of {}", found.len(), expected.len()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: Tag = Tag { sender: 1, place: 1 };
    const SENT: Sent = Sent { tag: TAG, peer: 5, id: 7, pts: 9 };

    fn kept(tag: Tag, version: u32) -> Kept {
        Kept { id: 7, words: Some((tag, version)), out: true, document: None }
    }

    #[test]
    fn an_acknowledged_message_is_there_with_its_last_edit_or_was_deleted() {
        let edited = Fate { version: 2, ..Fate::default() };
        let asked = Fate { deletion_asked: true, ..Fate::default() };
        let deleted = Fate { is_deleted: true, ..asked };
        assert_eq!(wrong_with(&SENT, Fate::default(), Some(&kept(TAG, 0))), None);
        assert_eq!(wrong_with(&SENT, edited, Some(&kept(TAG, 3))), None, "an edit that was not acknowledged");
        assert_eq!(wrong_with(&SENT, asked, None), None);
        assert_eq!(wrong_with(&SENT, asked, Some(&kept(TAG, 0))), None);
        assert_eq!(wrong_with(&SENT, Fate::default(), None), Some("is lost"));
        assert_eq!(wrong_with(&SENT, edited, Some(&kept(TAG, 1))), Some("has lost an edit"));
        assert_eq!(wrong_with(&SENT, deleted, Some(&kept(TAG, 0))), Some("was deleted and is there again"));
        let other = kept(Tag { place: 2, ..TAG }, 0);
        assert_eq!(wrong_with(&SENT, Fate::default(), Some(&other)), Some("has become another message"));
    }

    #[test]
    fn both_sides_agree_on_the_order() {
        let tag = |sender, place| Tag { sender, place };
        let own = [tag(1, 1), tag(2, 1), tag(1, 2)];
        let interleaved = [tag(2, 1), tag(1, 1), tag(1, 2)];
        let turned = [tag(1, 2), tag(2, 1), tag(1, 1)];
        assert_eq!((Order::Shared.moved(&own, &own), Order::OfEach.moved(&own, &own)), (0, 0));
        assert_eq!((Order::Shared.moved(&own, &interleaved), Order::OfEach.moved(&own, &interleaved)), (2, 0));
        assert_eq!((Order::Shared.moved(&own, &turned), Order::OfEach.moved(&own, &turned)), (2, 2));
    }

    #[test]
    fn numbers_out_of_order_are_counted() {
        let at = |id, pts| Sent { id, pts, ..SENT };
        let (one, two, three) = (at(1, 1), at(2, 3), at(3, 2));
        let in_order = |one: &Sent, next: &Sent| one.id < next.id && one.pts < next.pts;
        assert_eq!(disorder(&[&one, &two], in_order), 0);
        assert_eq!(disorder(&[&one, &two, &three], in_order), 1);
        assert_eq!(disorder(&[&one, &one], in_order), 1, "one number for two messages");
    }
}
