//! Where messages stand in their conversations: an index under (peer, number), written in runs.
//!
//! What was said since the last run is in the log's tail and, of an active mailbox, in memory; a checkpoint writes it down as
//! one record for each conversation, under the number of its first message there. So a new message costs its mailbox one
//! record. Runs do not overlap, and only deletions change them.
//!
//! A run begins with the bytes of one place, and its places follow: the number here (u32 BE); if any of them came by letter,
//! its author's number (u32 BE, 0: not by letter); in a group, who that is (i64 BE) stands between. The length is odd, which
//! tells a run from what was written before there were any: one place a record, its value nothing, or the author's number,
//! or author and number.

use std::collections::BTreeMap;

use bytes::Bytes;
use store::{Batch, Key, Owner, Page, Scan};

use super::record::{Message, Sibling};
use super::suffix;
use crate::limits::mailbox::{PAGE_MAX_BYTES, RUN_PLACES_MAX, RUNS_AT_ONCE};
use crate::{MsgId, Peer, Platform, PlatformError, UserId, keys};

/// One message of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its number here.
    pub(crate) id: MsgId,
    /// Who wrote it and as which number, if it came by letter: by that its author names it.
    pub(crate) author: Option<Sibling>,
}

impl Place {
    pub(crate) fn of(id: MsgId, message: &Message) -> Self {
        Self { id, author: message.sibling.filter(|_| message.letter.is_some()) }
    }
}

/// Bytes of one place in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// None came by letter.
    Number = 4,
    /// With the number that the other person has for it.
    Numbers = 8,
    /// With its author and that one's number.
    Author = 16,
}

impl Width {
    fn of(peer: Peer, places: &[Place]) -> Self {
        match peer {
            _ if places.iter().all(|place| place.author.is_none()) => Self::Number,
            Peer::User(_) => Self::Numbers,
            _ => Self::Author,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Number, Self::Numbers, Self::Author].into_iter().find(|width| *width as u8 == byte)
    }
}

/// The record of a run.
pub(crate) fn encode_run(peer: Peer, places: &[Place]) -> Bytes {
    let width = Width::of(peer, places);
    let mut run = Vec::with_capacity(1 + places.len() * width as usize);
    run.push(width as u8);
    for place in places {
        let (owner, number) = place.author.map_or((0, 0), |author| (author.owner.0, author.id.0));
        run.extend_from_slice(&place.id.0.to_be_bytes());
        if width == Width::Author {
            run.extend_from_slice(&owner.to_be_bytes());
        }
        if width != Width::Number {
            run.extend_from_slice(&number.to_be_bytes());
        }
    }
    run.into()
}

/// The places of a record of the index, in rising order, and the number under which it stands.
pub(crate) fn decode_run(key: &[u8], value: &[u8]) -> Result<Run, PlatformError> {
    let damaged =
        || PlatformError::Damaged { what: "index of a conversation", detail: format!("{} bytes", value.len()) };
    let first = suffix::last_number(key).map(MsgId).ok_or_else(damaged)?;
    let peer = key.get(1..).and_then(Peer::from_key).ok_or_else(damaged)?;
    let places = match value.split_first() {
        Some((width, places)) if value.len() % 2 == 1 => {
            let width = Width::from_byte(*width).filter(|width| places.len() % *width as usize == 0);
            let places = places.chunks_exact(width.ok_or_else(damaged)? as usize);
            places.map(|place| decode_place(peer, place)).collect::<Option<_>>().ok_or_else(damaged)?
        }
        _ => {
            let alone = [&first.0.to_be_bytes()[..], value].concat();
            vec![decode_place(peer, &alone).ok_or_else(damaged)?]
        }
    };
    Ok(Run { first, places })
}

/// Number, perhaps an author, perhaps that one's number.
fn decode_place(peer: Peer, bytes: &[u8]) -> Option<Place> {
    let (id, rest) = bytes.split_first_chunk()?;
    let (owner, number) = match (rest.len(), peer) {
        (0, _) => (UserId(0), [0; 4]),
        (4, Peer::User(owner)) => (owner, rest.try_into().ok()?),
        _ => {
            let (owner, number) = rest.split_first_chunk()?;
            (UserId(i64::from_be_bytes(*owner)), number.try_into().ok()?)
        }
    };
    let author = Sibling { owner, id: MsgId(i32::from_be_bytes(number)) };
    Some(Place { id: MsgId(i32::from_be_bytes(*id)), author: Some(author).filter(|author| author.id.0 != 0) })
}

/// Places that one record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The number under which it stands.
    pub(crate) first: MsgId,
    /// In rising order.
    pub(crate) places: Vec<Place>,
}

/// Places of an active mailbox that no run has yet, by rising numbers.
#[derive(Debug, Default)]
pub(crate) struct Unplaced(Vec<(Peer, Place)>);

/// Runs to be written, and up to which number everything is in runs then.
#[derive(Debug)]
pub(crate) struct Due {
    runs: BTreeMap<Peer, Vec<Place>>,
    pub(crate) upto: MsgId,
}

impl Unplaced {
    /// A message with a higher number than all before.
    pub(crate) fn push(&mut self, peer: Peer, place: Place) {
        self.0.push((peer, place));
    }

    /// Messages that are gone; they are among the newest, if they are here.
    pub(crate) fn remove(&mut self, ids: &[MsgId]) {
        self.0.retain(|(_, place)| !ids.contains(&place.id));
    }

    pub(crate) fn has(&self, id: MsgId) -> bool {
        self.0.binary_search_by_key(&id, |(_, place)| place.id).is_ok()
    }

    /// Those of one conversation.
    fn of(&self, peer: Peer) -> Vec<Place> {
        self.0.iter().filter(|(of, _)| *of == peer).map(|(_, place)| *place).collect()
    }

    /// The oldest of them, as so many records have room for; `newest` is the last number given out.
    pub(crate) fn due(&self, records: usize, newest: MsgId) -> Due {
        let mut due = Due { runs: BTreeMap::new(), upto: newest };
        let mut left = records;
        for (peer, place) in &self.0 {
            let begins = due.runs.get(peer).is_none_or(|run| run.len() % RUN_PLACES_MAX == 0);
            if begins && left == 0 {
                due.upto = MsgId(place.id.0 - 1);
                break;
            }
            left -= usize::from(begins);
            due.runs.entry(*peer).or_default().push(*place);
        }
        due
    }

    /// They are in runs.
    pub(crate) fn placed(&mut self, upto: MsgId) {
        let written = self.0.partition_point(|(_, place)| place.id <= upto);
        if written == self.0.len() {
            // A mailbox that says nothing more keeps no room for it.
            self.0 = Vec::new();
        } else {
            self.0.drain(..written);
        }
    }
}

impl Due {
    pub(crate) fn put(&self, owner: &Owner, batch: &mut Batch) {
        for (suffix, run) in self.runs.iter().flat_map(|(peer, places)| runs_of(*peer, places)) {
            batch.put(Key::new(owner, &suffix), run);
        }
    }
}

/// The records of these places of a conversation, which rise: under which suffix, and what.
pub(crate) fn runs_of(peer: Peer, places: &[Place]) -> impl Iterator<Item = (Vec<u8>, Bytes)> {
    places.chunks(RUN_PLACES_MAX).map(move |run| (suffix::index(peer, run[0].id), encode_run(peer, run)))
}

/// From the first bound to the second, both included, in that direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: MsgId,
    pub(crate) to: MsgId,
    pub(crate) reverse: bool,
}

impl Stretch {
    pub(crate) fn downward(from: MsgId, to: MsgId) -> Self {
        Self { from, to, reverse: true }
    }

    pub(crate) fn upward(from: MsgId, to: MsgId) -> Self {
        Self { from, to, reverse: false }
    }

    fn has(self, id: MsgId) -> bool {
        let (low, high) = if self.reverse { (self.to, self.from) } else { (self.from, self.to) };
        (low..=high).contains(&id)
    }

    fn ends_before(self, id: MsgId) -> bool {
        if self.reverse { id < self.to } else { id > self.to }
    }
}

impl Platform {
    /// Places of a conversation along a stretch, so many at most; all are durable.
    pub(crate) async fn places(
        &self,
        user: UserId,
        peer: Peer,
        stretch: Stretch,
        limit: usize,
    ) -> Result<Vec<Place>, PlatformError> {
        if limit == 0 || stretch.ends_before(stretch.from) {
            return Ok(Vec::new());
        }
        // Memory first: what a checkpoint writes down meanwhile is seen twice, and not missed.
        let recent = self.view(user, |state| state.unplaced.of(peer)).await?;
        let oldest_recent = recent.first().map_or(MsgId(i32::MAX), |place| place.id);
        let mut found = Vec::new();
        if stretch.reverse {
            found.extend(recent.iter().rev().copied().filter(|place| stretch.has(place.id)).take(limit));
        }
        if found.len() < limit {
            let is_wanted = |place: &Place| stretch.has(place.id) && place.id < oldest_recent;
            self.written_places(user, peer, stretch, limit, is_wanted, &mut found).await?;
        }
        if !stretch.reverse {
            let left = limit - found.len();
            found.extend(recent.into_iter().filter(|place| stretch.has(place.id)).take(left));
        }
        Ok(found)
    }

    async fn written_places(
        &self,
        user: UserId,
        peer: Peer,
        stretch: Stretch,
        limit: usize,
        is_wanted: impl Fn(&Place) -> bool,
        found: &mut Vec<Place>,
    ) -> Result<(), PlatformError> {
        let downward = Scan {
            owner: keys::user(user),
            prefix: suffix::index_prefix(peer),
            from: Some(suffix::index(peer, stretch.from)),
            to: None,
            reverse: true,
            limit: RUNS_AT_ONCE,
            max_bytes: PAGE_MAX_BYTES,
        };
        let mut scan = downward.clone();
        if !stretch.reverse {
            // The run that the stretch begins in stands under a number before it.
            let begun = self.store().scan(&Scan { limit: 1, ..downward }).await?;
            let Some(next) = stretch.from.0.checked_add(1) else { return Ok(()) };
            take(&begun, stretch, limit, &is_wanted, found)?;
            let to = Some(suffix::index(peer, stretch.to));
            scan = Scan { from: Some(suffix::index(peer, MsgId(next))), to, reverse: false, ..scan };
        }
        while found.len() < limit {
            let page = self.store().scan(&scan).await?;
            let is_over = take(&page, stretch, limit, &is_wanted, found)?;
            match page.next {
                Some(next) if !is_over => scan.from = Some(next),
                _ => break,
            }
            scan.limit = (scan.limit * 2).min(store::limits::SCAN_MAX_ITEMS);
        }
        Ok(())
    }

    /// The runs that hold these messages of one conversation, as far as there are any.
    pub(crate) async fn runs_with(&self, user: UserId, peer: Peer, ids: Vec<MsgId>) -> Result<Vec<Run>, PlatformError> {
        let mut runs: Vec<Run> = Vec::new();
        for id in ids {
            if runs.iter().any(|run| run.places.iter().any(|place| place.id == id)) {
                continue;
            }
            let scan = Scan {
                owner: keys::user(user),
                prefix: suffix::index_prefix(peer),
                from: Some(suffix::index(peer, id)),
                to: None,
                reverse: true,
                limit: 1,
                max_bytes: PAGE_MAX_BYTES,
            };
            for (key, record) in self.store().scan(&scan).await?.items {
                let run = decode_run(&key, &record.value)?;
                if run.places.iter().any(|place| place.id == id) {
                    runs.push(run);
                }
            }
        }
        Ok(runs)
    }
}

/// Takes what a page has; whether it led past the end.
fn take(
    page: &Page,
    stretch: Stretch,
    limit: usize,
    is_wanted: &impl Fn(&Place) -> bool,
    found: &mut Vec<Place>,
) -> Result<bool, PlatformError> {
    for (key, record) in &page.items {
        let mut places = decode_run(key, &record.value)?.places;
        if stretch.reverse {
            places.reverse();
        }
        let is_over = places.last().is_some_and(|last| stretch.ends_before(last.id));
        let left = limit - found.len();
        found.extend(places.into_iter().filter(is_wanted).take(left));
        if is_over || found.len() == limit {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDI: Peer = Peer::User(UserId(12));
    const VILLAGE: Peer = Peer::Chat(5);

    fn place(id: i32, author: Option<(i64, i32)>) -> Place {
        let author = author.map(|(owner, id)| Sibling { owner: UserId(owner), id: MsgId(id) });
        Place { id: MsgId(id), author }
    }

    fn read(peer: Peer, first: i32, value: &[u8]) -> Result<Vec<Place>, PlatformError> {
        let run = decode_run(&suffix::index(peer, MsgId(first)), value)?;
        assert_eq!(run.first, MsgId(first));
        Ok(run.places)
    }

    #[test]
    fn a_run_is_read_as_it_was_written_and_as_long_as_it_must_be() {
        let told = [place(3, None), place(7, None)];
        let wrote = [place(3, Some((12, 90))), place(7, None)];
        let many = [place(3, Some((12, 90))), place(7, None), place(8, Some((13, 4)))];
        for (peer, places, bytes) in [(BUDI, &told[..], 9), (BUDI, &wrote[..], 17), (VILLAGE, &many[..], 49)] {
            let run = encode_run(peer, places);
            assert_eq!(run.len(), bytes);
            assert_eq!(read(peer, 3, &run).expect("a run"), places);
        }
    }

    #[test]
    fn what_was_written_before_there_were_runs_is_read() {
        assert_eq!(read(BUDI, 9, &[]).expect("a place"), [place(9, None)]);
        assert_eq!(read(BUDI, 9, &90_i32.to_be_bytes()).expect("a place"), [place(9, Some((12, 90)))]);
        let author = [&13_i64.to_be_bytes()[..], &4_i32.to_be_bytes()].concat();
        assert_eq!(read(VILLAGE, 9, &author).expect("a place"), [place(9, Some((13, 4)))]);
    }

    #[test]
    fn damage_is_an_error() {
        for value in [&[4, 0, 0][..], &[5, 0, 0, 0, 1], &[0], &[1, 2], &[16; 9]] {
            assert!(matches!(read(BUDI, 3, value), Err(PlatformError::Damaged { .. })), "{value:?}");
        }
    }

    #[test]
    fn the_oldest_are_written_down_as_far_as_there_is_room() {
        let mut unplaced = Unplaced::default();
        for (id, peer) in [(1, BUDI), (2, VILLAGE), (3, BUDI), (5, Peer::User(UserId(13))), (6, BUDI)] {
            unplaced.push(peer, place(id, None));
        }
        unplaced.remove(&[MsgId(3)]);
        let due = unplaced.due(2, MsgId(8));
        assert_eq!((due.runs.len(), due.upto), (2, MsgId(4)));
        unplaced.placed(due.upto);
        assert!(unplaced.has(MsgId(5)) && !unplaced.has(MsgId(2)));
        let due = unplaced.due(2, MsgId(8));
        assert_eq!((due.runs.len(), due.upto), (2, MsgId(8)), "all of them");
        unplaced.placed(due.upto);
        assert_eq!(unplaced.0.capacity(), 0);
    }

    #[test]
    fn a_long_run_is_cut() {
        let mut unplaced = Unplaced::default();
        let many = RUN_PLACES_MAX as i32 + 1;
        (1..=many).for_each(|id| unplaced.push(BUDI, place(id, None)));
        assert_eq!(unplaced.due(1, MsgId(many)).upto, MsgId(many - 1));
        let due = unplaced.due(2, MsgId(many));
        let mut batch = Batch::new(store::Class::C1);
        due.put(&keys::user(UserId(11)), &mut batch);
        assert_eq!((batch.puts.len(), due.upto), (2, MsgId(many)));
    }
}
