//! One mailbox: its log counted through, its projections added up once more.
//!
//! New messages take one id and one pts each, events take pts only, and a deleted message leaves a hole in both sequences
//! that a later event names. So between two messages that are there, as many ids as pts are missing, once the events
//! between them are taken off; and every missing id is in an event. Before the floor of the log, where events are trimmed,
//! only the order can be told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use store::{Key, Record};

use super::letters::LetterBook;
use super::media::MediaBook;
use super::{Finding, Trouble};
use crate::codec::{Stored, decode, encode};
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::{RESTORED_IDS_JUMP, RESTORED_PTS_JUMP};
use crate::mailbox::keys as suffixes;
use crate::mailbox::{
    ChangeRecord, Dialog, Entry, Event, EventBody, Head, LetterMark, Message, Place, Sibling, State, change_entry,
    decode_run, runs_of,
};
use crate::people::person::{AccountState, Profile};
use crate::{MsgId, Peer, PlatformError, Pts, UserId};

/// Findings about the gaps of one mailbox; of the others the number is told.
const GAPS_MAX: usize = 20;

/// What a message is to the counters.
struct Counted {
    id: MsgId,
    author: Option<Sibling>,
    pts: Pts,
    peer: Peer,
    date: i32,
    is_out: bool,
}

/// What was read of one mailbox.
pub(super) struct Mailbox {
    pub(super) user: UserId,
    head: Option<Head>,
    state: State,
    messages: Vec<Counted>,
    /// Pts after each event, and by how much it advanced.
    events: Vec<(Pts, i32)>,
    deleted: HashSet<MsgId>,
    /// What the indexes of conversations have, and under which numbers their records stand.
    index: HashSet<(Peer, MsgId)>,
    runs: BTreeMap<Peer, Vec<MsgId>>,
    /// The last number that each index has so far, and the conversations of those that do not follow the one before.
    last_listed: HashMap<Peer, MsgId>,
    unordered: Vec<Peer>,
    seqs: Vec<i32>,
    /// What comes after the checkpoint.
    tail: Vec<Entry>,
    /// The highest letter of each sender that an entry says was read.
    letters: HashMap<UserId, i64>,
    is_account_deleted: bool,
    findings: Vec<Finding>,
}

impl Mailbox {
    pub(super) fn new(user: UserId) -> Self {
        Self {
            user,
            head: None,
            state: State::default(),
            messages: Vec::new(),
            events: Vec::new(),
            deleted: HashSet::new(),
            index: HashSet::new(),
            runs: BTreeMap::new(),
            last_listed: HashMap::new(),
            unordered: Vec::new(),
            seqs: Vec::new(),
            tail: Vec::new(),
            letters: HashMap::new(),
            is_account_deleted: false,
            findings: Vec::new(),
        }
    }

    /// The head sorts before everything that is judged by it.
    fn checkpoint(&mut self) -> &Head {
        self.head.get_or_insert_with(Head::first)
    }

    pub(super) fn take(&mut self, suffix: &[u8], record: &Record, media: &mut MediaBook) {
        let number = suffixes::last_number(suffix).unwrap_or_default();
        match suffix.first() {
            Some(&user_suffix::HEAD) => self.head = self.decode(suffix, record),
            Some(&user_suffix::DIALOG) => {
                if let Some(dialog) = self.decode::<Dialog>(suffix, record) {
                    self.state.dialogs.insert(dialog.peer, dialog);
                }
            }
            Some(&user_suffix::MESSAGE) => {
                if let Some(message) = self.decode(suffix, record) {
                    self.message(MsgId(number), message, media);
                }
            }
            Some(&user_suffix::MESSAGE_INDEX) => self.run(suffix, record),
            Some(&user_suffix::EVENT) => {
                if let Some(event) = self.decode(suffix, record) {
                    self.event(Pts(number), event);
                }
            }
            Some(&user_suffix::CHANGE) => {
                if let Some(change) = self.decode::<ChangeRecord>(suffix, record) {
                    self.change(suffix, change);
                }
            }
            Some(&user_suffix::PROFILE) => {
                let profile: Option<Profile> = self.decode(suffix, record);
                self.is_account_deleted = profile.is_some_and(|profile| profile.state == AccountState::Deleted);
            }
            _ => {}
        }
    }

    fn decode<T: Stored>(&mut self, suffix: &[u8], record: &Record) -> Option<T> {
        decode(&record.value).inspect_err(|error| self.damaged(suffix, error)).ok()
    }

    fn damaged(&mut self, suffix: &[u8], error: &PlatformError) {
        let text = format!("a record of {}, under {suffix:02x?}: {error}", self.user);
        self.findings.push(Finding { trouble: Trouble::Record, text, repair: Vec::new() });
    }

    fn run(&mut self, suffix: &[u8], record: &Record) {
        match (suffix.get(1..).and_then(Peer::from_key), decode_run(suffix, &record.value)) {
            (Some(peer), Ok(run)) => {
                for place in run.places {
                    self.index.insert((peer, place.id));
                    let before = self.last_listed.insert(peer, place.id);
                    self.unordered.extend(before.filter(|before| *before >= place.id).map(|_| peer));
                }
                self.runs.entry(peer).or_default().push(run.first);
            }
            (_, Err(error)) => self.damaged(suffix, &error),
            (None, Ok(_)) => {}
        }
    }

    fn message(&mut self, id: MsgId, message: Message, media: &mut MediaBook) {
        if let Some(medium) = message.medium() {
            media.show(medium, self.user);
        }
        let (pts, peer, date, is_out) = (message.pts, message.peer, message.date, message.is_out());
        let author = Place::of(id, &message).author;
        self.messages.push(Counted { id, author, pts, peer, date, is_out });
        message.letter_mark().into_iter().for_each(|mark| self.read_letter(mark));
        if id > self.checkpoint().msg_id {
            self.tail.push(Entry::Message(id, Arc::new(message)));
        }
    }

    fn event(&mut self, pts: Pts, event: Event) {
        if let EventBody::Deleted { ids, .. } = &event.body {
            self.deleted.extend(ids);
        }
        self.events.push((pts, event.pts_count));
        event.letter.into_iter().for_each(|mark| self.read_letter(mark));
        if pts > self.checkpoint().pts {
            self.tail.push(Entry::Event(pts, Arc::new(event)));
        }
    }

    fn read_letter(&mut self, mark: LetterMark) {
        let highest = self.letters.entry(mark.from).or_default();
        *highest = mark.number.max(*highest);
    }

    fn change(&mut self, suffix: &[u8], change: ChangeRecord) {
        let entry = change_entry(suffix, change);
        if let Entry::Change(seq, _, _) = &entry {
            self.seqs.push(seq.0);
            if seq.0 > self.checkpoint().seq.0 {
                self.tail.push(entry);
            }
        }
    }

    /// What is wrong; which letters were read goes into the book.
    pub(super) fn judge(mut self, letters: &mut LetterBook) -> Vec<Finding> {
        // What is left of a deleted account is on its way out.
        if self.is_account_deleted {
            letters.delete(self.user);
        } else {
            self.replay();
            self.letters_read().for_each(|mark| letters.read(self.user, mark));
            let gaps = self.gaps();
            let counters = if gaps.is_empty() { self.counters() } else { Vec::new() };
            let projections = if gaps.is_empty() { self.projections() } else { self.floor_repair() };
            self.findings.extend(gaps.into_iter().chain(counters));
            self.findings.extend(self.index_findings(projections));
        }
        self.findings
    }

    /// The last letter of each sender that was read.
    fn letters_read(&self) -> impl Iterator<Item = LetterMark> {
        let of_dialog = |dialog: &Dialog| match dialog.peer {
            Peer::User(from) => dialog.letter.map(|number| LetterMark { from, number }),
            _ => None,
        };
        let of_entry = |(from, number): (&UserId, &i64)| LetterMark { from: *from, number: *number };
        self.state.dialogs.values().filter_map(of_dialog).chain(self.letters.iter().map(of_entry))
    }

    /// Brings the state to the end of the logs.
    fn replay(&mut self) {
        let mut head = self.checkpoint().clone();
        // As a mailbox is read that was last written down before there were runs.
        head.placed.take_if(|placed| placed.0 == 0 && !self.index.is_empty());
        let last_with_place = self.index.iter().map(|(_, id)| *id).max();
        head.placed = head.placed.or(last_with_place.max(Some(head.msg_id)));
        self.state.head = head;
        let mut tail = std::mem::take(&mut self.tail);
        tail.sort_by_key(crate::mailbox::order_of_writing);
        tail.iter().for_each(|entry| self.state.apply(entry));
    }

    /// What makes clients start anew that have seen what a backup does not hold: everybody's state is behind the floor of
    /// the log then, and no number is given out that may have been given out after the backup.
    pub(super) fn restart(mut self) -> Vec<(Key, Option<Bytes>)> {
        if self.is_account_deleted || (self.head.is_none() && self.messages.is_empty() && self.events.is_empty()) {
            return Vec::new();
        }
        self.replay();
        let mut head = self.state.head.clone();
        head.pts.0 = head.pts.0.saturating_add(RESTORED_PTS_JUMP);
        head.msg_id.0 = head.msg_id.0.saturating_add(RESTORED_IDS_JUMP);
        head.log_floor = head.pts;
        let mut changes: Vec<_> = self.state.dialogs.values().map(|dialog| self.dialog_record(dialog)).collect();
        changes.push((keys::user_key(self.user, &[user_suffix::HEAD]), Some(encode(&head))));
        changes
    }

    /// Gaps of both logs.
    fn gaps(&self) -> Vec<Finding> {
        let mut found = self.event_gaps();
        let (mut id, mut pts) = (0, 1);
        for message in &self.messages {
            found.extend(self.gap((id, pts), (message.id.0, message.pts.0)));
            (id, pts) = (message.id.0, message.pts.0);
        }
        let head = &self.state.head;
        found.extend(self.gap((id, pts), (head.msg_id.0 + 1, head.pts.0 + 1)));
        if let Some((from, to)) = self.seq_gap() {
            found.push(format!("the second log of {} has nothing between {from} and {to}", self.user));
        }
        let more = found.len().saturating_sub(GAPS_MAX);
        found.truncate(GAPS_MAX);
        if more > 0 {
            found.push(format!("the mailbox of {} has {more} gaps more", self.user));
        }
        let repair = if found.is_empty() { Vec::new() } else { self.floor_repair() };
        with_one_repair(Trouble::Gap, found.into_iter(), repair)
    }

    fn event_gaps(&self) -> Vec<String> {
        let overlaps = self.events.windows(2).filter(|pair| pair[1].0.0 - pair[1].1 < pair[0].0.0);
        overlaps.map(|pair| format!("events of {} overlap at pts {}", self.user, pair[1].0.0)).collect()
    }

    /// What is missing between two messages that are there, given by id and pts.
    fn gap(&self, (id, pts): (i32, i32), (next_id, next_pts): (i32, i32)) -> Option<String> {
        let user = self.user;
        if next_pts <= pts || next_id <= id {
            return Some(format!("the mailbox of {user}: message {next_id} at pts {next_pts} follows {id} at {pts}"));
        }
        let missing = i64::from(next_id - id - 1);
        let events = self.pts_of_events(pts, next_pts);
        let hole = i64::from(next_pts - pts - 1);
        let is_trimmed = pts < self.state.head.log_floor.0;
        if hole < missing + events || (hole > missing + events && !is_trimmed) {
            let off = (hole - missing - events).abs();
            return Some(format!("the mailbox of {user}: {off} of pts {pts} to {next_pts} cannot be accounted for"));
        }
        let lost = if is_trimmed { None } else { (id + 1..next_id).find(|id| !self.deleted.contains(&MsgId(*id))) };
        lost.map(|lost| format!("the mailbox of {user}: message {lost} is gone, and nobody deleted it"))
    }

    /// By how much the events strictly between advanced pts.
    fn pts_of_events(&self, after: i32, before: i32) -> i64 {
        let first = self.events.partition_point(|(pts, _)| pts.0 <= after);
        let between = self.events[first..].iter().take_while(|(pts, _)| pts.0 < before);
        between.map(|(_, count)| i64::from(*count)).sum()
    }

    fn seq_gap(&self) -> Option<(i32, i32)> {
        let mut seqs = self.seqs.clone();
        seqs.sort_unstable();
        let head = self.state.head.seq.0;
        let hole = seqs.windows(2).find(|pair| pair[1] != pair[0] + 1).map(|pair| (pair[0], pair[1]));
        hole.or_else(|| seqs.last().filter(|last| **last != head).map(|last| (*last, head)))
    }

    /// The head with a floor such that whoever is behind what is gone starts anew.
    fn floor_repair(&self) -> Vec<(Key, Option<Bytes>)> {
        let mut head = self.state.head.clone();
        head.log_floor = head.pts;
        let mut repair: Vec<_> = self.counted().into_values().map(|dialog| self.dialog_record(&dialog)).collect();
        repair.push((keys::user_key(self.user, &[user_suffix::HEAD]), Some(encode(&head))));
        repair
    }

    fn dialog_record(&self, dialog: &Dialog) -> (Key, Option<Bytes>) {
        (keys::user_key(self.user, &suffixes::dialog(dialog.peer)), Some(encode(dialog)))
    }

    /// The dialogs with the numbers that their messages add up to.
    fn counted(&self) -> BTreeMap<Peer, Dialog> {
        let fresh = |dialog: &Dialog| Dialog { top: MsgId(0), top_date: 0, count: 0, unread: 0, ..dialog.clone() };
        let known = self.state.dialogs.values().map(|dialog| (dialog.peer, fresh(dialog)));
        let mut dialogs: BTreeMap<Peer, Dialog> = known.collect();
        for message in &self.messages {
            let dialog = dialogs.entry(message.peer).or_insert_with(|| Dialog::new(message.peer));
            (dialog.top, dialog.top_date) = (message.id, message.date);
            dialog.count += 1;
            dialog.unread += i32::from(!message.is_out && message.id > dialog.read_inbox_max);
        }
        for mark in self.letters_read().collect::<Vec<_>>() {
            if let Some(dialog) = dialogs.get_mut(&Peer::User(mark.from)) {
                dialog.letter = dialog.letter.max(Some(mark.number));
            }
        }
        dialogs
    }

    /// Dialogs whose numbers are not those of their messages. The repair, which comes with the first, has all of them as they
    /// should be, and moves the checkpoint to the end of the logs, which is part of what was added up.
    fn counters(&self) -> Vec<Finding> {
        let counted = self.counted();
        let differing = counted.values().filter_map(|counted| {
            let (is, should) = (numbers(&self.state.dialog(counted.peer)), numbers(counted));
            let peer = counted.peer;
            (is != should).then(|| {
                format!(
                    "the mailbox of {}, dialog with {peer:?}: unread, messages and newest are {is:?}, counted are {should:?}",
                    self.user
                )
            })
        });
        with_one_repair(Trouble::Projection, differing, self.projections())
    }

    /// The dialogs as they should be, and the head at the end of the logs.
    fn projections(&self) -> Vec<(Key, Option<Bytes>)> {
        let mut records: Vec<_> = self.counted().into_values().map(|dialog| self.dialog_record(&dialog)).collect();
        records.push((keys::user_key(self.user, &[user_suffix::HEAD]), Some(encode(&self.state.head))));
        records
    }

    /// Messages that their conversation does not know of, and the other way round, or that it has twice. The repair writes
    /// those indexes anew, and with the projections that the head knows how far they go.
    fn index_findings(&self, projections: Vec<(Key, Option<Bytes>)>) -> Vec<Finding> {
        let placed = self.state.head.placed.unwrap_or_default();
        let messages = self.messages.iter().filter(|message| message.id <= placed);
        let there: HashSet<(Peer, MsgId)> = messages.map(|message| (message.peer, message.id)).collect();
        let unlisted: Vec<Peer> = there.difference(&self.index).map(|(peer, _)| *peer).collect();
        let empty: Vec<Peer> = self.index.difference(&there).map(|(peer, _)| *peer).collect();
        let told = [
            (unlisted.len(), "messages are missing from the lists of their conversations"),
            (empty.len(), "entries in the lists of conversations name messages that are gone"),
            (self.unordered.len(), "entries in the lists of conversations do not come after the one before"),
        ];
        let texts = told.iter().filter(|(number, _)| *number > 0);
        let texts = texts.map(|(number, what)| format!("the mailbox of {}: {number} {what}", self.user));
        let peers: BTreeSet<Peer> = unlisted.into_iter().chain(empty).chain(self.unordered.iter().copied()).collect();
        let indexes = peers.into_iter().flat_map(|peer| self.index_records(peer, placed));
        let repair = indexes.chain(projections).collect();
        with_one_repair(Trouble::Projection, texts, repair)
    }

    /// What the index of a conversation should have, and what it should not.
    fn index_records(&self, peer: Peer, placed: MsgId) -> Vec<(Key, Option<Bytes>)> {
        let messages = self.messages.iter().filter(|message| message.peer == peer && message.id <= placed);
        let places: Vec<Place> = messages.map(|message| Place { id: message.id, author: message.author }).collect();
        let there = self.runs.get(&peer).into_iter().flatten().map(|first| (suffixes::index(peer, *first), None));
        let mut records: BTreeMap<Vec<u8>, Option<Bytes>> = there.collect();
        records.extend(runs_of(peer, &places).map(|(suffix, run)| (suffix, Some(run))));
        records.into_iter().map(|(suffix, record)| (keys::user_key(self.user, &suffix), record)).collect()
    }
}

/// Findings that one repair mends: it comes with the first of them.
fn with_one_repair(
    trouble: Trouble,
    texts: impl Iterator<Item = String>,
    repair: Vec<(Key, Option<Bytes>)>,
) -> Vec<Finding> {
    let mut repair = Some(repair);
    texts.map(|text| Finding { trouble, text, repair: repair.take().unwrap_or_default() }).collect()
}

fn numbers(dialog: &Dialog) -> (i32, i32, i32) {
    (dialog.unread, dialog.count, dialog.top.0)
}
