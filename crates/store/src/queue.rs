//! The commit queue: bounded in bytes and age, refusing the least important class first.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::{Notify, oneshot};

use crate::{Batch, Class, Commit, StoreError, judge, limits};

/// Why no batch is taken. Several reasons may hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The disk is nearly full.
    Space = 1,
    /// The engine failed and is not open again yet.
    Failure = 2,
    /// The store is being closed.
    Close = 4,
    /// Another server writes now.
    Fenced = 8,
    /// The database cannot be reached.
    Away = 16,
}

/// A batch and the caller who waits for it.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) batch: Batch,
    pub(crate) enqueued_at: Instant,
    pub(crate) weight_bytes: usize,
    resolve: oneshot::Sender<Result<(), StoreError>>,
}

/// Between those who enqueue and the one committer.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Something waits, or the store closes; for a committer that is a thread.
    arrived: Condvar,
    /// As many batches wait as were asked for, or the store closes; for a committer that is a task.
    gathered: Notify,
    /// A reason to stop came or went.
    stops_changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    /// How many of them wait for no company.
    urgent: usize,
    company: Company,
    /// Of waiting batches and of those that were taken and are not decided yet.
    weight_bytes: usize,
    /// What was taken and is not decided yet.
    taken: Option<Taken>,
    /// So many waiting batches are news to the task that waits for them.
    wanted: Option<usize>,
    stops: u8,
}

/// How many batches came of late that may wait for company: a window of [`limits::COMPANY_WAIT`], and the one before it.
#[derive(Debug, Default)]
struct Company {
    since: Option<Instant>,
    came: usize,
    came_before: usize,
}

/// What is known here of batches that were taken.
#[derive(Debug)]
struct Taken {
    weight_bytes: usize,
    /// When the oldest was enqueued.
    since: Instant,
}

impl Item {
    /// Tells the caller; of a failed batch also those who look at its chains.
    pub(crate) fn resolve(self, outcome: Result<(), StoreError>) {
        if outcome.is_err() {
            judge::break_chains(&self.batch);
        }
        metrics::STORE_COMMIT_SECONDS.observe(self.enqueued_at.elapsed().as_secs_f64());
        // A caller that no longer waits is no reason not to have written.
        let _ = self.resolve.send(outcome);
    }
}

impl Queue {
    /// Takes `batch`, or says why not.
    pub(crate) fn push(&self, batch: Batch) -> Result<Commit, StoreError> {
        let weight_bytes = judge::weight_bytes(&batch);
        let mut state = self.state.lock();
        if let Some(reason) = state.refusal(batch.class, weight_bytes) {
            metrics::STORE_REFUSED.inc(name_of(batch.class));
            return Err(StoreError::Unavailable(reason));
        }
        let (resolve, outcome) = oneshot::channel();
        // One that may wait for company wakes nobody when others wait already.
        let (is_patient, now) = (waits_for_company(batch.class), Instant::now());
        let is_awaited = state.items.is_empty() || !is_patient;
        if is_patient {
            state.company.note(now);
        } else {
            state.urgent += 1;
        }
        state.items.push_back(Item { batch, enqueued_at: now, weight_bytes, resolve });
        state.weight_bytes += weight_bytes;
        let waiting = state.items.len();
        let is_news = state.wanted.take_if(|wanted| waiting >= *wanted).is_some();
        drop(state);
        if is_awaited {
            self.arrived.notify_one();
        }
        if is_news {
            self.gathered.notify_one();
        }
        Ok(Commit(outcome))
    }

    /// The next group, in order of arrival; waits for one. `None` once the store closes and everything is written.
    pub(crate) fn next_group(&self) -> Option<Vec<Item>> {
        let mut state = self.state.lock();
        state.finish_all();
        let mut has_gathered = false;
        loop {
            if !state.items.is_empty() {
                let Some(until) = state.awaits_company(Instant::now()) else {
                    return Some(state.start_group(has_gathered));
                };
                has_gathered = true;
                self.arrived.wait_until(&mut state, until);
            } else if state.is_stopped_by(Stop::Close) {
                return None;
            } else {
                self.arrived.wait(&mut state);
            }
        }
    }

    /// Waits until `least` batches wait, or some while the store closes; false once it closes and nothing waits.
    pub(crate) async fn gather(&self, least: usize) -> bool {
        loop {
            {
                let mut state = self.state.lock();
                let is_closing = state.is_stopped_by(Stop::Close);
                if is_closing || state.items.len() >= least {
                    return !state.items.is_empty();
                }
                state.wanted = Some(least);
            }
            self.gathered.notified().await;
        }
    }

    /// All that waits, beside what was taken before.
    pub(crate) fn take_all(&self) -> VecDeque<Item> {
        let mut state = self.state.lock();
        let items = std::mem::take(&mut state.items);
        state.urgent = 0;
        state.note_taken(items.iter());
        items
    }

    /// Of what was taken so many bytes are decided; the oldest of the rest, if there is one, was enqueued at `oldest`.
    pub(crate) fn finish(&self, weight_bytes: usize, oldest: Option<Instant>) {
        self.state.lock().finish(weight_bytes, oldest);
    }

    /// Everything that waits, taken out in order to be failed.
    pub(crate) fn drain(&self) -> Vec<Item> {
        let mut state = self.state.lock();
        state.taken = None;
        state.weight_bytes = 0;
        state.urgent = 0;
        state.items.drain(..).collect()
    }

    pub(crate) fn stop(&self, reason: Stop) {
        self.update_stops(|stops| stops | reason as u8);
    }

    pub(crate) fn resume(&self, reason: Stop) {
        self.update_stops(|stops| stops & !(reason as u8));
    }

    pub(crate) fn is_stopped_by(&self, reason: Stop) -> bool {
        self.state.lock().is_stopped_by(reason)
    }

    /// Whether writes are refused for a reason other than load.
    pub(crate) fn is_stopped(&self) -> bool {
        self.state.lock().stops != 0
    }

    /// How long the oldest batch that is not durable yet has waited.
    pub(crate) fn age(&self) -> Duration {
        self.state.lock().age()
    }

    /// Sleeps for `nap`, or until the store closes; says whether it does.
    pub(crate) fn nap_unless_closing(&self, nap: Duration) -> bool {
        let until = Instant::now() + nap;
        let mut state = self.state.lock();
        while !state.is_stopped_by(Stop::Close) && !self.stops_changed.wait_until(&mut state, until).timed_out() {}
        state.is_stopped_by(Stop::Close)
    }

    fn update_stops(&self, update: impl FnOnce(u8) -> u8) {
        let mut state = self.state.lock();
        state.stops = update(state.stops);
        metrics::STORE_READ_ONLY.set(i64::from(state.stops != 0));
        drop(state);
        self.arrived.notify_one();
        self.gathered.notify_one();
        self.stops_changed.notify_all();
    }
}

impl State {
    fn is_stopped_by(&self, reason: Stop) -> bool {
        self.stops & reason as u8 != 0
    }

    fn refusal(&self, class: Class, weight_bytes: usize) -> Option<&'static str> {
        if self.is_stopped_by(Stop::Close) {
            return Some("the store is closed");
        }
        if self.is_stopped_by(Stop::Fenced) {
            return Some("another server has the database");
        }
        if self.is_stopped_by(Stop::Failure) {
            return Some("the engine failed and is being reopened");
        }
        if self.is_stopped_by(Stop::Away) {
            return Some("the database is away");
        }
        if self.is_stopped_by(Stop::Space) {
            return Some("the disk is nearly full");
        }
        let (most_bytes, longest_wait) = bounds_of(class);
        if self.weight_bytes + weight_bytes > most_bytes {
            return Some("the commit queue is full");
        }
        (self.age() > longest_wait).then_some("the commit queue is too slow")
    }

    /// How long the oldest batch that is not durable yet has waited.
    fn age(&self) -> Duration {
        let oldest = self.taken.as_ref().map(|taken| taken.since);
        let oldest = oldest.or_else(|| self.items.front().map(|item| item.enqueued_at));
        oldest.map_or(Duration::ZERO, |oldest| oldest.elapsed())
    }

    /// Until when what waits may wait for more to share its fsync with: newcomers' batches alone, while many of them come. A
    /// flood of newcomers then costs an fsync for many of them, and one who comes alone waits for nobody.
    fn awaits_company(&self, now: Instant) -> Option<Instant> {
        let is_expected = self.company.is_expected(now) && self.urgent == 0 && self.stops == 0;
        let until = self.items.front()?.enqueued_at + limits::COMPANY_WAIT;
        (is_expected && self.items.len() < limits::COMPANY_BATCHES && now < until).then_some(until)
    }

    /// What was waited for on purpose is no sign of a store that cannot keep up, and not counted as a wait.
    fn start_group(&mut self, has_gathered: bool) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::with_capacity(self.items.len().min(limits::GROUP_MAX_BATCHES));
        let (now, mut weight_bytes) = (Instant::now(), 0);
        while items.len() < limits::GROUP_MAX_BATCHES && weight_bytes < limits::GROUP_MAX_BYTES {
            let Some(item) = self.items.pop_front() else { break };
            weight_bytes += item.weight_bytes;
            let is_on_purpose = has_gathered && waits_for_company(item.batch.class);
            let since = if is_on_purpose { now } else { item.enqueued_at };
            metrics::STORE_WAIT_SECONDS.observe(now.saturating_duration_since(since).as_secs_f64());
            self.urgent -= usize::from(!waits_for_company(item.batch.class));
            items.push(item);
        }
        self.note_taken(items.iter());
        items
    }

    fn note_taken<'i>(&mut self, items: impl Iterator<Item = &'i Item>) {
        for item in items {
            let taken = self.taken.get_or_insert(Taken { weight_bytes: 0, since: item.enqueued_at });
            taken.weight_bytes += item.weight_bytes;
        }
        metrics::STORE_QUEUE_BYTES.set(self.weight_bytes as i64);
    }

    fn finish(&mut self, weight_bytes: usize, oldest: Option<Instant>) {
        if let Some(taken) = self.taken.take() {
            let decided = weight_bytes.min(taken.weight_bytes);
            self.weight_bytes -= decided;
            self.taken = oldest.map(|since| Taken { weight_bytes: taken.weight_bytes - decided, since });
        }
        metrics::STORE_QUEUE_BYTES.set(self.weight_bytes as i64);
    }

    fn finish_all(&mut self) {
        self.finish(usize::MAX, None);
    }
}

impl Company {
    fn note(&mut self, now: Instant) {
        match self.windows_since(now) {
            Some(0) => {}
            windows => {
                self.came_before = if windows == Some(1) { self.came } else { 0 };
                (self.since, self.came) = (Some(now), 0);
            }
        }
        self.came += 1;
    }

    /// Whether more will come while one waits.
    fn is_expected(&self, now: Instant) -> bool {
        let of_late = match self.windows_since(now) {
            Some(0) => self.came.max(self.came_before),
            Some(1) => self.came,
            _ => 0,
        };
        of_late >= limits::COMPANY_EXPECTED
    }

    /// How many whole windows ago the present one began.
    fn windows_since(&self, now: Instant) -> Option<u128> {
        Some(now.saturating_duration_since(self.since?).as_nanos() / limits::COMPANY_WAIT.as_nanos())
    }
}

/// Whether a batch of this class may wait a little for others. Nobody who writes to somebody waits.
fn waits_for_company(class: Class) -> bool {
    class >= Class::C2
}

/// Most bytes in the queue, and the longest wait of its oldest batch, with which this class is still taken.
fn bounds_of(class: Class) -> (usize, Duration) {
    match class {
        Class::C0 | Class::C1 => (limits::QUEUE_MAX_BYTES, limits::QUEUE_MAX_AGE),
        Class::C2 => (limits::QUEUE_C2_MAX_BYTES, limits::QUEUE_C2_MAX_AGE),
        Class::C3 => (limits::QUEUE_C3_MAX_BYTES, limits::QUEUE_C3_MAX_AGE),
    }
}

fn name_of(class: Class) -> &'static str {
    match class {
        Class::C0 => "C0",
        Class::C1 => "C1",
        Class::C2 => "C2",
        Class::C3 => "C3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, Owner};

    fn batch(class: Class) -> Batch {
        let mut batch = Batch::new(class);
        batch.put(Key::new(&Owner::new(1, b"o"), b"k"), vec![0; limits::VALUE_MAX_BYTES]);
        batch
    }

    /// Pushes until refused and says how much was taken.
    fn fill(queue: &Queue, class: Class) -> usize {
        while queue.push(batch(class)).is_ok() {}
        queue.state.lock().weight_bytes
    }

    #[test]
    fn less_important_classes_are_refused_first() {
        let queue = Queue::default();
        let c3 = fill(&queue, Class::C3);
        assert!(c3 <= limits::QUEUE_C3_MAX_BYTES);
        let c2 = fill(&queue, Class::C2);
        assert!(c2 > c3 && c2 <= limits::QUEUE_C2_MAX_BYTES);
        let c1 = fill(&queue, Class::C1);
        assert!(c1 > c2 && c1 <= limits::QUEUE_MAX_BYTES);
        assert!(queue.push(batch(Class::C0)).is_err(), "the hard bound holds for all");
    }

    #[test]
    fn an_old_queue_refuses_by_class() {
        let queue = Queue::default();
        let _waiting = queue.push(batch(Class::C1)).expect("the queue is empty");
        for (age, taken) in [
            (Duration::ZERO, 3),
            (limits::QUEUE_C3_MAX_AGE, 2),
            (limits::QUEUE_C2_MAX_AGE, 1),
            (limits::QUEUE_MAX_AGE, 0),
        ] {
            let since = Instant::now().checked_sub(age + Duration::from_millis(1)).expect("the clock is older");
            queue.state.lock().taken = (age > Duration::ZERO).then_some(Taken { weight_bytes: 0, since });
            let classes = [Class::C1, Class::C2, Class::C3];
            assert_eq!(classes.into_iter().filter(|class| queue.push(batch(*class)).is_ok()).count(), taken);
        }
    }

    #[test]
    fn the_group_being_written_still_counts() {
        let queue = Queue::default();
        let filled = fill(&queue, Class::C3);
        let group = queue.next_group().expect("something waits");
        assert!(!group.is_empty());
        assert!(queue.push(batch(Class::C3)).is_err());
        queue.stop(Stop::Close);
        assert_eq!(queue.state.lock().weight_bytes, filled);
        while queue.next_group().is_some() {}
        assert_eq!(queue.state.lock().weight_bytes, 0);
    }

    #[test]
    fn what_was_taken_counts_until_it_is_decided() {
        let queue = Queue::default();
        let filled = fill(&queue, Class::C3);
        let mut taken = queue.take_all();
        assert!(queue.push(batch(Class::C3)).is_err());
        let first = taken.pop_front().expect("something waited");
        queue.finish(first.weight_bytes, taken.front().map(|item| item.enqueued_at));
        assert_eq!(queue.state.lock().weight_bytes, filled - first.weight_bytes);
        let _more = queue.push(batch(Class::C3)).expect("there is room again");
        queue.finish(filled - first.weight_bytes, None);
        assert_eq!(queue.state.lock().weight_bytes, first.weight_bytes, "what was not taken yet");
    }

    /// Puts empty batches of these classes into the queue and says whether they wait for company.
    fn waits(queue: &Queue, classes: &[Class]) -> bool {
        for class in classes {
            drop(queue.push(Batch::new(*class)).expect("there is room"));
        }
        let state = queue.state.lock();
        state.awaits_company(state.items.front().expect("they wait").enqueued_at).is_some()
    }

    fn group(queue: &Queue) -> usize {
        queue.next_group().expect("something waits").len()
    }

    #[test]
    fn newcomers_wait_for_company_only_where_it_is_to_be_expected() {
        let queue = Queue::default();
        let few = [Class::C2; limits::COMPANY_EXPECTED - 1];
        assert!(!waits(&queue, &few) && group(&queue) == few.len(), "few came so far");
        assert!(!waits(&queue, &[Class::C3, Class::C1]) && group(&queue) == 2, "a message waits for nobody");
        assert!(waits(&queue, &[Class::C2]), "though the last group was of one who does not wait");
        assert!(!waits(&queue, &[Class::C2; limits::COMPANY_BATCHES]), "company is complete");
        assert_eq!(group(&queue), 1 + limits::COMPANY_BATCHES);
        queue.state.lock().company.since = Instant::now().checked_sub(2 * limits::COMPANY_WAIT);
        assert!(!waits(&queue, &few) && group(&queue) == few.len(), "so many came long ago");
        assert!(waits(&queue, &[Class::C2, Class::C3]));
        let waited = queue.next_group().expect("something waits");
        assert!(waited.len() == 2 && waited[0].enqueued_at.elapsed() >= limits::COMPANY_WAIT);
        queue.stop(Stop::Close);
        assert_eq!(queue.state.lock().urgent, 0);
    }

    #[test]
    fn a_message_ends_the_wait_for_company() {
        let queue = std::sync::Arc::new(Queue::default());
        assert!(waits(&queue, &[Class::C2; limits::COMPANY_EXPECTED]));
        let other = queue.clone();
        let committer = std::thread::spawn(move || group(&other));
        drop(queue.push(Batch::new(Class::C1)).expect("there is room"));
        assert!(committer.join().expect("it ends") >= 1);
        queue.stop(Stop::Close);
        while queue.next_group().is_some() {}
        assert_eq!(queue.state.lock().urgent, 0);
    }

    #[test]
    fn stops_are_counted_by_reason() {
        let queue = Queue::default();
        queue.stop(Stop::Space);
        queue.stop(Stop::Failure);
        queue.resume(Stop::Failure);
        assert!(queue.is_stopped() && queue.push(batch(Class::C0)).is_err());
        queue.resume(Stop::Space);
        assert!(!queue.is_stopped() && queue.push(batch(Class::C3)).is_ok());
    }
}
