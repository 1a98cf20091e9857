//! The gate before the key exchange: so many may be under way, the others wait in the order they came.
//!
//! No error exists before there is a key: -429 makes Telethon give up for good, and TDLib takes it for a 500. So `req_pq`
//! waits, for 8 s at most and in a line that is bounded as a whole and by address; then its socket closes without a word,
//! and clients come back by themselves. Whoever could not be served in that time at the present pace is not kept waiting for
//! it. How many may be under way is [`crate::load`]'s to say: as many as the threads for them take without a queue.
//!
//! People who are here need keys, too: apps that change them every day make the next one while they are connected. So some
//! exchanges begin beside the line for addresses from which somebody is signed in.
//!
//! Whoever is let in is carried to the end: the line is no longer than what is served long before anybody's patience is over,
//! so that no place in it is held in vain, and all others are turned away at once, by [`crate::early`] where it can see them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::admission::subject;
#[cfg(test)]
use crate::limits::GATE_WINDOW_MAX;
use crate::limits::{
    GATE_BESIDE_MAX, GATE_BESIDE_PER_ADDRESS, GATE_EXPECTED, GATE_LINE, GATE_TURN, GATE_WAIT, GATE_WAITING_MAX,
    GATE_WAITING_MIN, GATE_WAITING_PER_ADDRESS, GATE_WINDOW_FIRST, LOAD_TICK,
};

/// Why most are refused in a flood, as the metrics call it.
const LINE_FULL: &str = "line full";

/// The gate of a node, and how long anybody waits there.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Mutex<Line>>, Duration);

struct Line {
    /// Most that may be under way.
    window: usize,
    /// Those under way, by number, with when they began.
    under_way: BTreeMap<u64, Instant>,
    waiting: VecDeque<Waiting>,
    /// Those who were accepted for a place in the line and have not come to it yet, by when that was.
    expected: VecDeque<Instant>,
    by_address: HashMap<IpAddr, u32>,
    /// Those under way beside the line, for people who are here.
    beside: BTreeMap<u64, (IpAddr, Instant)>,
    next: u64,
    /// Turns given since the last look, and what they come to a second while somebody waits, a moving mean.
    given: u64,
    a_second: f64,
}

struct Waiting {
    turn: oneshot::Sender<Turn>,
}

/// The right to make one key; given back when dropped.
pub(crate) struct Turn {
    gate: Gate,
    number: u64,
}

/// Counts somebody who waits, until they do no more.
struct Standing {
    gate: Gate,
    address: IpAddr,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self::with_patience(GATE_WAIT)
    }

    fn with_patience(patience: Duration) -> Self {
        let line = Line {
            window: GATE_WINDOW_FIRST,
            under_way: BTreeMap::new(),
            waiting: VecDeque::new(),
            expected: VecDeque::new(),
            by_address: HashMap::new(),
            beside: BTreeMap::new(),
            next: 0,
            given: 0,
            a_second: 0.0,
        };
        Self(Arc::new(Mutex::new(line)), patience)
    }

    /// A turn, at once or after a while; none when the line is too long or takes too long: close the socket. `has_people`:
    /// somebody is signed in from there.
    pub(crate) async fn enter(&self, ip: IpAddr, has_people: bool) -> Option<Turn> {
        let began = Instant::now();
        let (turn, _standing) = match self.stand(subject(ip), has_people) {
            Ok(turn) => return Some(turn),
            Err(standing) => standing?,
        };
        let turn = tokio::time::timeout(self.1, turn).await.ok().and_then(Result::ok);
        metrics::GATE_WAIT_SECONDS.observe(began.elapsed().as_secs_f64());
        if turn.is_none() {
            refused("waited too long");
        }
        turn
    }

    /// A turn, or a place in the line, or none.
    fn stand(&self, address: IpAddr, has_people: bool) -> Result<Turn, Option<(oneshot::Receiver<Turn>, Standing)>> {
        let mut line = self.0.lock();
        let is_beside = !line.has_turn() && has_people && line.has_turn_beside(address);
        if is_beside {
            return Ok(line.begin_beside(self, address));
        }
        line.expected.pop_front();
        if line.has_turn() {
            return Ok(line.begin(self));
        }
        if line.is_full_for(address) {
            drop(line);
            refused(LINE_FULL);
            return Err(None);
        }
        *line.by_address.entry(address).or_default() += 1;
        let (turn, waits) = oneshot::channel();
        line.waiting.push_back(Waiting { turn });
        Err(Some((waits, Standing { gate: self.clone(), address })))
    }

    /// Whether there is a line, so that whoever begins now may have to be turned away.
    pub(crate) fn has_line(&self) -> bool {
        !self.0.lock().has_turn()
    }

    /// Whether somebody who begins may come: then a place is kept for them, so that the last one is not promised to all who
    /// are accepted together.
    pub(crate) fn expects(&self, ip: IpAddr, has_people: bool) -> bool {
        let mut line = self.0.lock();
        if line.has_turn() || (has_people && line.has_turn_beside(subject(ip))) {
            return true;
        }
        if line.waiting.len() + line.expected.len() >= line.longest() || line.is_full_for(subject(ip)) {
            return false;
        }
        line.expected.push_back(Instant::now());
        true
    }

    /// Counts so many who were turned away before they came here.
    pub(crate) fn turned_away(count: u64) {
        if count > 0 {
            metrics::HANDSHAKE_FAILED.add(LINE_FULL, count);
            metrics::REFUSED.add("C2", count);
            metrics::CONNECTIONS_CLOSED.add("refused", count);
        }
    }

    /// Lets nobody of this address in, however large the window.
    #[cfg(test)]
    pub(crate) fn shut_for(&self, ip: IpAddr) {
        let mut line = self.0.lock();
        line.by_address.insert(subject(ip), GATE_WAITING_PER_ADDRESS);
        line.under_way = (0..GATE_WINDOW_MAX as u64).map(|number| (number, Instant::now())).collect();
        line.next = GATE_WINDOW_MAX as u64;
    }

    /// As if nobody had ever come from there.
    #[cfg(test)]
    pub(crate) fn open_for(&self, ip: IpAddr) {
        let mut line = self.0.lock();
        line.by_address.remove(&subject(ip));
        line.under_way.clear();
    }

    /// Key exchanges under way.
    pub(crate) fn under_way(&self) -> usize {
        self.0.lock().under_way.len()
    }

    /// What may be under way from now on; turns that nobody uses end.
    pub(crate) fn tick(&self, window: usize) {
        self.tick_at(window, Instant::now());
    }

    fn tick_at(&self, window: usize, now: Instant) {
        let due = {
            let mut line = self.0.lock();
            line.window = window;
            while line.under_way.first_key_value().is_some_and(|(_, began)| now.duration_since(*began) >= GATE_TURN) {
                line.under_way.pop_first();
            }
            line.beside.retain(|_, (_, began)| now.duration_since(*began) < GATE_TURN);
            while line.expected.front().is_some_and(|since| now.duration_since(*since) >= GATE_EXPECTED) {
                line.expected.pop_front();
            }
            line.measure();
            let due = line.let_in(self);
            metrics::GATE_WINDOW.set(signed(window));
            metrics::GATE_WAITING.set(signed(line.waiting.len()));
            metrics::GATE_UNDER_WAY.set(signed(line.under_way.len()));
            due
        };
        tell(due);
    }
}

/// Turns and those who wait for them; told without the lock, which a turn that nobody wants takes.
type Due = Vec<(oneshot::Sender<Turn>, Turn)>;

fn tell(due: Due) {
    for (waiting, turn) in due {
        // Whoever is gone gives the turn back by its drop.
        drop(waiting.send(turn));
    }
}

impl Line {
    /// Whether somebody may begin at once.
    fn has_turn(&self) -> bool {
        self.waiting.is_empty() && self.under_way.len() < self.window
    }

    /// Whether there is no place left to wait, in all or for this address.
    fn is_full_for(&self, address: IpAddr) -> bool {
        let of_address = self.by_address.get(&address).copied().unwrap_or_default();
        self.waiting.len() >= self.longest() || of_address >= GATE_WAITING_PER_ADDRESS
    }

    /// As many as are served well before their time is over. Nobody waits for what is not served at all: files are scarce then,
    /// and whoever waits has one.
    fn longest(&self) -> usize {
        if self.window == 0 {
            return 0;
        }
        let servable = Duration::as_secs_f64(&GATE_LINE) * self.a_second;
        (servable as usize).clamp(GATE_WAITING_MIN, GATE_WAITING_MAX)
    }

    fn begin(&mut self, gate: &Gate) -> Turn {
        self.given += 1;
        let turn = self.turn(gate);
        self.under_way.insert(turn.number, Instant::now());
        turn
    }

    fn turn(&mut self, gate: &Gate) -> Turn {
        let number = self.next;
        self.next += 1;
        Turn { gate: gate.clone(), number }
    }

    /// Whether somebody of an address from which people are here may begin although there is a line.
    fn has_turn_beside(&self, address: IpAddr) -> bool {
        let of_address = self.beside.values().filter(|(of, _)| *of == address).count();
        self.window > 0 && self.beside.len() < GATE_BESIDE_MAX && of_address < GATE_BESIDE_PER_ADDRESS
    }

    fn begin_beside(&mut self, gate: &Gate, address: IpAddr) -> Turn {
        let turn = self.turn(gate);
        self.beside.insert(turn.number, (address, Instant::now()));
        turn
    }

    /// How many turns are given in a second while somebody waits.
    fn measure(&mut self) {
        let given = std::mem::take(&mut self.given) as f64 / LOAD_TICK.as_secs_f64();
        if !self.waiting.is_empty() {
            self.a_second = self.a_second * 0.95 + given * 0.05;
        }
    }

    /// Takes those out of the line who are gone or whose turn it is.
    fn let_in(&mut self, gate: &Gate) -> Due {
        let mut due = Due::new();
        while let Some(first) = self.waiting.front() {
            let is_gone = first.turn.is_closed();
            if !is_gone && self.under_way.len() >= self.window {
                break;
            }
            let Some(waiting) = self.waiting.pop_front() else { break };
            if !is_gone {
                due.push((waiting.turn, self.begin(gate)));
            }
        }
        due
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let due = {
            let mut line = self.gate.0.lock();
            line.under_way.remove(&self.number);
            line.beside.remove(&self.number);
            line.let_in(&self.gate)
        };
        tell(due);
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let mut line = self.gate.0.lock();
        if let Some(count) = line.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                line.by_address.remove(&self.address);
            }
        }
    }
}

fn refused(why: &'static str) {
    metrics::HANDSHAKE_FAILED.inc(why);
    metrics::REFUSED.inc("C2");
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn with_window(window: usize) -> Gate {
        let gate = Gate::new();
        gate.tick(window);
        gate
    }

    #[tokio::test]
    async fn turns_come_in_order_and_go_on_when_one_ends() {
        let gate = with_window(1);
        let first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let second = gate.enter(ip("10.0.0.2"), false);
        let third = gate.enter(ip("10.0.0.3"), false);
        tokio::pin!(second, third);
        assert!(futures::poll!(&mut second).is_pending() && futures::poll!(&mut third).is_pending());
        drop(first);
        let second = second.await.expect("its turn");
        assert!(futures::poll!(&mut third).is_pending());
        drop(second);
        drop(third.await.expect("its turn"));
        let line = gate.0.lock();
        assert!(line.under_way.is_empty() && line.waiting.is_empty() && line.by_address.is_empty());
    }

    #[tokio::test]
    async fn whoever_leaves_the_line_keeps_nobody_waiting() {
        let gate = with_window(1);
        let first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let third = {
            let mut second = Box::pin(gate.enter(ip("10.0.0.2"), false));
            assert!(futures::poll!(&mut second).is_pending());
            let mut third = Box::pin(gate.enter(ip("10.0.0.3"), false));
            assert!(futures::poll!(&mut third).is_pending());
            third
        };
        drop(first);
        assert!(third.await.is_some());
        assert!(gate.0.lock().by_address.is_empty());
    }

    #[tokio::test]
    async fn nobody_waits_for_longer_than_that() {
        let patience = Duration::from_millis(20);
        let gate = Gate::with_patience(patience);
        gate.tick(1);
        let _first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let began = Instant::now();
        assert!(gate.enter(ip("10.0.0.2"), false).await.is_none());
        assert!(began.elapsed() >= patience);
        gate.tick(1);
        assert!(gate.0.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn a_turn_that_nobody_uses_ends() {
        let gate = with_window(1);
        let kept = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let mut second = Box::pin(gate.enter(ip("10.0.0.2"), false));
        assert!(futures::poll!(&mut second).is_pending());
        gate.tick_at(1, Instant::now() + GATE_TURN);
        let second = second.await.expect("its turn");
        drop(kept);
        assert_eq!(gate.0.lock().under_way.len(), 1, "what ended already ends nobody else's");
        drop(second);
    }

    #[tokio::test]
    async fn the_line_is_bounded_by_address_and_in_all() {
        let gate = with_window(1);
        let _first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        gate.0.lock().a_second = 1_000_000.0;
        let mut kept = Vec::new();
        let mut stand = |address: IpAddr| match gate.stand(address, false) {
            Ok(_) => panic!("nothing is free"),
            Err(standing) => {
                let stands = standing.is_some();
                kept.extend(standing);
                stands
            }
        };
        let of_one = (0..GATE_WAITING_MAX).filter(|_| stand(ip("10.9.9.9"))).count();
        assert_eq!(of_one, GATE_WAITING_PER_ADDRESS as usize);
        assert!(!gate.expects(ip("10.9.9.9"), false) && gate.expects(ip("10.9.9.8"), false));
        let others =
            (0..GATE_WAITING_MAX).filter(|n| stand(IpAddr::from([10, 1, (n / 250) as u8, (n % 250) as u8]))).count();
        assert_eq!(of_one + others, GATE_WAITING_MAX);
        assert!(!gate.expects(ip("10.9.9.8"), false));
        drop(kept);
        gate.0.lock().a_second = 0.0;
        assert_eq!(gate.0.lock().longest(), GATE_WAITING_MIN);
    }

    #[tokio::test]
    async fn nobody_waits_at_a_gate_that_is_shut() {
        let gate = with_window(1);
        let _first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let mut second = Box::pin(gate.enter(ip("10.0.0.2"), false));
        assert!(futures::poll!(&mut second).is_pending());
        gate.tick(0);
        assert!(gate.has_line() && !gate.expects(ip("10.0.0.3"), false));
        assert!(gate.enter(ip("10.0.0.3"), false).await.is_none());
        gate.tick(2);
        assert!(second.await.is_some(), "whoever stood there keeps their place");
        assert!(gate.enter(ip("10.0.0.3"), false).await.is_some());
    }

    #[tokio::test]
    async fn where_people_are_some_begin_beside_the_line() {
        let gate = with_window(1);
        let _first = gate.enter(ip("10.0.0.1"), true).await.expect("there is room");
        let home = || async { gate.enter(ip("10.0.0.2"), true).now_or_never().flatten() };
        let mut turns = Vec::new();
        for _ in 0..GATE_BESIDE_PER_ADDRESS {
            assert!(gate.expects(ip("10.0.0.2"), true));
            turns.push(home().await.expect("beside the line"));
        }
        assert!(home().await.is_none(), "an address has no more than its share");
        for other in 3.. {
            let Some(turn) = gate.enter(IpAddr::from([10, 0, 0, other]), true).now_or_never().flatten() else { break };
            turns.push(turn);
        }
        assert_eq!(turns.len(), GATE_BESIDE_MAX, "nor have all of them");
        assert_eq!(gate.under_way(), 1, "whoever stands in the line loses nothing by it");
        gate.tick_at(1, Instant::now() + GATE_TURN);
        let _second = gate.enter(ip("10.0.0.1"), true).await.expect("the line's turn ended, too");
        assert!(home().await.is_some(), "nobody keeps for ever what they do not use");
        turns.clear();
        assert!(gate.0.lock().beside.is_empty() && home().await.is_some());
        gate.tick(0);
        assert!(home().await.is_none(), "there is no file for them");
    }

    #[tokio::test]
    async fn a_place_in_the_line_is_promised_once_and_not_for_ever() {
        let gate = with_window(1);
        assert!((0..2 * GATE_WAITING_MIN).all(|_| gate.expects(ip("10.0.0.1"), false)), "there is no line yet");
        let _first = gate.enter(ip("10.0.0.1"), false).await.expect("there is room");
        let promised = (0..2 * GATE_WAITING_MIN).filter(|_| gate.expects(ip("10.0.0.2"), false)).count();
        assert_eq!(promised, GATE_WAITING_MIN);
        let mut second = Box::pin(gate.enter(ip("10.0.0.2"), false));
        assert!(futures::poll!(&mut second).is_pending());
        assert!(!gate.expects(ip("10.0.0.3"), false), "whoever came took what was promised to them");
        gate.tick_at(1, Instant::now() + GATE_EXPECTED);
        assert!(gate.expects(ip("10.0.0.3"), false), "the others did not come");
    }
}
