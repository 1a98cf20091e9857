//! What waits to be written, and what of it may go beside what is under way.
//!
//! Batches that touch a common owner or belong to a common chain are decided in the order of their arrival. So one whose owners
//! and chains are under way in one lane goes into that lane, behind them; one whose owners are under way in several waits until
//! they are decided in all but one; and so does whatever shares something with one that waits. All others are strangers to what is under
//! way: they may go at once, in any lane, and be written before what came earlier. So a group can be of one shard where there
//! are several (`shards`). A batch that touches nothing is a
//! barrier: it passes once everything that came before it is decided.
//!
//! It knows neither the database nor the time; what a batch touches it knows as numbers (`touches`).

use std::collections::hash_map::{Entry, HashMap};
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64;

use super::shards::Place;
use crate::{Batch, judge, limits};

/// The owners and chains of a batch, hashed. Two that hash alike wait for each other without need, which harms nothing.
pub(super) type Touches = SmallVec<[u64; 6]>;

/// Everything that is not decided yet.
pub(super) struct Traffic<T> {
    /// In the order of arrival.
    waiting: VecDeque<Waiting<T>>,
    /// What is under way touches these: in which lane, and how many batches do.
    under_way: HashMap<u64, Presence, BuildHasherDefault<AsItIs>>,
    /// Numbers of the groups under way.
    groups: BTreeSet<u64>,
    /// Number of the last group that was taken.
    last_group: u64,
    /// Barriers that everything before them has left the queue for, with the last group that they wait for.
    barriers: VecDeque<(u64, T)>,
}

struct Waiting<T> {
    item: T,
    touches: Touches,
    place: Place,
    weight_bytes: usize,
}

struct Presence {
    lane: usize,
    batches: usize,
}

/// Batches that go together.
pub(super) struct Group<T> {
    number: u64,
    /// In the order of arrival.
    pub(super) items: Vec<T>,
    touches: Vec<u64>,
}

/// The numbers are hashes already.
#[derive(Default)]
struct AsItIs(u64);

type Marks = HashSet<u64, BuildHasherDefault<AsItIs>>;

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// What `batch` touches.
pub(super) fn touches(batch: &Batch) -> Touches {
    let mut touches = Touches::new();
    let mut last: &[u8] = &[];
    for key in judge::keys(batch) {
        let (owner, _) = key.columns();
        // Records of one owner stand together in a batch, as a rule.
        if owner != last {
            touches.push(xxh3_64(owner));
            last = owner;
        }
    }
    touches.extend(batch.chains.iter().map(|chain| xxh3_64(&chain.identity().to_le_bytes())));
    touches
}

impl<T> Default for Traffic<T> {
    fn default() -> Self {
        let (waiting, barriers) = (VecDeque::new(), VecDeque::new());
        Self { waiting, under_way: HashMap::default(), groups: BTreeSet::new(), last_group: 0, barriers }
    }
}

impl<T> Traffic<T> {
    pub(super) fn arrive(&mut self, item: T, touches: Touches, place: Place, weight_bytes: usize) {
        self.waiting.push_back(Waiting { item, touches, place, weight_bytes });
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The one that waits longest.
    pub(super) fn first_waiting(&self) -> Option<&T> {
        let held = self.barriers.front().map(|(_, item)| item);
        held.or_else(|| self.waiting.front().map(|waiting| &waiting.item))
    }

    /// What may go into `lane` now, behind what is there, as one group that is under way from now on: all of one place, that
    /// of the first that may go.
    pub(super) fn take(&mut self, lane: usize) -> Option<Group<T>> {
        let mut group = Group { number: self.last_group + 1, items: Vec::new(), touches: Vec::new() };
        let (mut weight_bytes, mut place) = (0, None);
        let (mut held_up, mut kept) = (Marks::default(), Vec::new());
        while group.items.len() < limits::GROUP_MAX_BATCHES
            && weight_bytes < limits::GROUP_MAX_BYTES
            && kept.len() < limits::DATABASE_HELD_UP
        {
            let Some(next) = self.waiting.pop_front() else { break };
            if next.touches.is_empty() && kept.is_empty() {
                self.barriers.push_back((self.last_group + u64::from(!group.items.is_empty()), next.item));
            } else if !next.touches.is_empty()
                && place.is_none_or(|place| place == next.place)
                && self.may_go(&next.touches, lane, &held_up)
            {
                place = Some(next.place);
                weight_bytes += next.weight_bytes;
                next.touches.iter().for_each(|touched| self.enter(*touched, lane));
                group.touches.extend(next.touches);
                group.items.push(next.item);
            } else {
                held_up.extend(&next.touches);
                kept.push(next);
            }
        }
        kept.into_iter().rev().for_each(|kept| self.waiting.push_front(kept));
        if group.items.is_empty() {
            return None;
        }
        self.last_group = group.number;
        self.groups.insert(group.number);
        Some(group)
    }

    /// A group is decided; its items.
    pub(super) fn land(&mut self, group: Group<T>) -> Vec<T> {
        group.touches.iter().for_each(|touched| self.leave(*touched));
        self.groups.remove(&group.number);
        group.items
    }

    /// The next barrier before which everything is decided.
    pub(super) fn pass(&mut self) -> Option<T> {
        let first_under_way = self.groups.first().copied().unwrap_or(u64::MAX);
        let may_pass = self.barriers.front().is_some_and(|(group, _)| *group < first_under_way);
        if may_pass { self.barriers.pop_front().map(|(_, item)| item) } else { None }
    }

    /// Everything that waits, to be failed, in the order of arrival.
    pub(super) fn drain(&mut self) -> Vec<T> {
        let barriers = self.barriers.drain(..).map(|(_, item)| item);
        barriers.chain(self.waiting.drain(..).map(|waiting| waiting.item)).collect()
    }

    fn may_go(&self, touches: &[u64], lane: usize, held_up: &Marks) -> bool {
        let is_elsewhere = |touched: &u64| self.under_way.get(touched).is_some_and(|presence| presence.lane != lane);
        !touches.iter().any(|touched| is_elsewhere(touched) || (!held_up.is_empty() && held_up.contains(touched)))
    }

    fn enter(&mut self, touched: u64, lane: usize) {
        self.under_way.entry(touched).or_insert(Presence { lane, batches: 0 }).batches += 1;
    }

    fn leave(&mut self, touched: u64) {
        if let Entry::Occupied(mut present) = self.under_way.entry(touched) {
            present.get_mut().batches -= 1;
            if present.get().batches == 0 {
                present.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LANES: usize = 3;

    /// What arrives: the number of the batch and what it touches.
    fn arrive(traffic: &mut Traffic<usize>, number: usize, touches: &[u64]) {
        arrive_at(traffic, number, touches, Place::One(0));
    }

    fn arrive_at(traffic: &mut Traffic<usize>, number: usize, touches: &[u64], place: Place) {
        traffic.arrive(number, touches.iter().copied().collect(), place, 1);
    }

    fn items(group: Option<&Group<usize>>) -> Vec<usize> {
        group.map(|group| group.items.clone()).unwrap_or_default()
    }

    #[test]
    fn strangers_pass_and_relatives_wait() {
        let mut traffic = Traffic::default();
        arrive(&mut traffic, 0, &[1]);
        let first = traffic.take(0);
        arrive(&mut traffic, 1, &[2]);
        let second = traffic.take(1);
        arrive(&mut traffic, 2, &[1, 2]);
        arrive(&mut traffic, 3, &[2, 3]);
        arrive(&mut traffic, 4, &[4]);
        let third = traffic.take(0);
        assert_eq!([&first, &second, &third].map(|group| items(group.as_ref())), [vec![0], vec![1], vec![4]]);
        assert!(traffic.take(1).is_none(), "2 crosses both lanes, 3 comes after it");
        traffic.land(first.expect("it was taken"));
        assert!(traffic.take(0).is_none(), "it is still under way in lane 1");
        assert_eq!(items(traffic.take(1).as_ref()), [2, 3]);
    }

    #[test]
    fn a_group_is_of_one_place() {
        let mut traffic = Traffic::default();
        arrive(&mut traffic, 0, &[1]);
        let first = traffic.take(0).expect("it may go");
        arrive_at(&mut traffic, 1, &[1], Place::One(0));
        arrive_at(&mut traffic, 2, &[2], Place::One(1));
        arrive_at(&mut traffic, 3, &[3], Place::Several);
        arrive_at(&mut traffic, 4, &[4], Place::One(1));
        arrive_at(&mut traffic, 5, &[3], Place::One(1));
        arrive_at(&mut traffic, 6, &[6, 7], Place::Several);
        assert_eq!(items(traffic.take(1).as_ref()), [2, 4], "1 waits for 0, 5 comes after 3");
        assert_eq!(items(traffic.take(2).as_ref()), [3, 6]);
        assert!(traffic.take(1).is_none());
        traffic.land(first);
        assert_eq!(items(traffic.take(1).as_ref()), [1]);
        assert_eq!(items(traffic.take(2).as_ref()), [5]);
    }

    #[test]
    fn a_barrier_waits_for_what_came_before_it_only() {
        let mut traffic = Traffic::default();
        arrive(&mut traffic, 0, &[]);
        assert!(traffic.take(0).is_none());
        assert_eq!(traffic.pass(), Some(0), "nothing came before it");
        arrive(&mut traffic, 1, &[1]);
        arrive(&mut traffic, 2, &[]);
        let first = traffic.take(0).expect("it may go");
        arrive(&mut traffic, 3, &[3]);
        arrive(&mut traffic, 4, &[1]);
        arrive(&mut traffic, 5, &[]);
        let second = traffic.take(1).expect("3 may go");
        assert_eq!((items(Some(&second)), traffic.pass()), (vec![3], None));
        traffic.land(first);
        assert_eq!((traffic.pass(), traffic.pass()), (Some(2), None));
        let third = traffic.take(0).expect("4 may go");
        traffic.land(second);
        assert_eq!(traffic.pass(), None);
        traffic.land(third);
        assert_eq!(traffic.pass(), Some(5));
        assert!(traffic.under_way.is_empty() && traffic.groups.is_empty());
    }

    #[test]
    fn a_batch_touches_its_owners_and_chains() {
        let key = |owner: u8, suffix: &[u8]| crate::Key::new(&crate::Owner::new(1, &[owner]), suffix);
        let mut batch = Batch::new(crate::Class::C1);
        batch.put(key(1, b"a"), Vec::new());
        batch.put(key(1, b"b"), Vec::new());
        assert_eq!(touches(&batch).len(), 1);
        batch.deletes.push(key(2, b"a"));
        batch.checks.push(crate::Check::Absent(key(3, b"a")));
        batch.chains.push(crate::Chain::default());
        assert_eq!(touches(&batch).len(), 4);
        assert!(touches(&Batch::new(crate::Class::C1)).is_empty());
    }

    #[derive(Clone, Debug)]
    enum Event {
        Arrive(Vec<u64>),
        Take(usize),
        /// The first group of this lane is decided.
        Land(usize),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => prop::collection::vec(0..6_u64, 0..4).prop_map(Event::Arrive),
            2 => (0..LANES).prop_map(Event::Take),
            2 => (0..LANES).prop_map(Event::Land),
        ]
    }

    fn place_of(number: usize) -> Place {
        [Place::One(0), Place::One(1), Place::Several][number % 3]
    }

    /// Lanes as they are: groups are decided in their order.
    #[derive(Default)]
    struct Road {
        traffic: Traffic<usize>,
        touches: Vec<Vec<u64>>,
        lanes: [VecDeque<Group<usize>>; LANES],
        decided: Vec<usize>,
    }

    impl Road {
        fn happen(&mut self, event: &Event) {
            match event {
                Event::Arrive(touches) => {
                    let number = self.touches.len();
                    arrive_at(&mut self.traffic, number, touches, place_of(number));
                    self.touches.push(touches.clone());
                }
                Event::Take(lane) => self.take(*lane),
                Event::Land(lane) => {
                    if let Some(group) = self.lanes[*lane].pop_front() {
                        let landed = self.traffic.land(group);
                        self.decided.extend(landed);
                    }
                }
            }
            while let Some(barrier) = self.traffic.pass() {
                self.decided.push(barrier);
            }
        }

        /// Nothing that is not decided may be in another lane, or behind in the queue, if it came before and shares something.
        fn take(&mut self, lane: usize) {
            let Some(group) = self.traffic.take(lane) else { return };
            for taken in &group.items {
                let here = self.lanes[lane].iter().flat_map(|group| &group.items).chain(&group.items);
                let settled: HashSet<usize> = here.chain(&self.decided).copied().collect();
                for earlier in (0..*taken).filter(|earlier| !settled.contains(earlier)) {
                    let shares = self.touches[earlier].iter().any(|touched| self.touches[*taken].contains(touched));
                    assert!(!shares, "{taken} was taken before {earlier}");
                }
            }
            assert!(group.items.is_sorted());
            assert!(group.items.iter().all(|item| place_of(*item) == place_of(group.items[0])), "{:?}", group.items);
            self.lanes[lane].push_back(group);
        }
    }

    proptest! {
        #[test]
        fn order_holds_and_nobody_is_forgotten(events in prop::collection::vec(event(), 1..200)) {
            let mut road = Road::default();
            events.iter().for_each(|event| road.happen(event));
            for barrier in road.decided.iter().filter(|number| road.touches[**number].is_empty()) {
                let place = road.decided.iter().position(|decided| decided == barrier).expect("it is there");
                let before = (0..*barrier).all(|earlier| road.decided[..place].contains(&earlier));
                prop_assert!(before, "barrier {barrier} passed what came before it");
            }
            for _ in 0..2 * road.touches.len() {
                (0..LANES).for_each(|lane| road.happen(&Event::Take(lane)));
                (0..LANES).for_each(|lane| road.happen(&Event::Land(lane)));
            }
            road.decided.sort_unstable();
            prop_assert_eq!(road.decided, (0..road.touches.len()).collect::<Vec<_>>());
            prop_assert!(road.traffic.under_way.is_empty());
        }
    }
}
