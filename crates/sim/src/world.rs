//! The world of one run: everything its tasks share, the server that lives and dies in it, and the network before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use blobs::Blobs;
use bus::{Bus, Listener, Rates};
use futures::future::{BoxFuture, FutureExt as _, join_all};
use parking_lot::Mutex;
use pictures::Pictures;
use platform::settings::{CodeDelivery, DeliveryError, MediaSettings};
use platform::{AuthKeyId, Delivery, Platform, PlatformError, Ports, Refusal, Settings};
use store::{Faults, Store, StoreError};
use tokio::sync::oneshot;

use crate::broken::{Broken, broken};
use crate::clock;
use crate::dice::Dice;
use crate::executor::{Executor, Group};
use crate::history::{History, Outcome};
use crate::limits::{ANSWER_WAIT_MS, COLLECT_EVERY_MS, COLLECT_TIMERS, MEDIA_GRACE_SECONDS};
use crate::profile::Profile;
use crate::request::{Answer, Request, perform};
use crate::trace::Trace;

/// What a run is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Everything follows from it.
    pub seed: u64,
    /// How deeds reach the other mailbox.
    pub delivery: Delivery,
    /// About how much each device does, in deeds.
    pub deeds: usize,
    /// Whether the trace goes to the terminal.
    pub is_loud: bool,
    /// A lie of the disk that the oracle must see.
    pub lie: Option<Lie>,
}

/// Ways in which a disk breaks its word: with one of these no run may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// A commit now and then is acknowledged and forgotten.
    Lost,
    /// A commit now and then is acknowledged and written in part.
    Torn,
    /// A crash takes what was acknowledged last, as without fsync.
    Unsynced,
}

/// What became of a call, as the client sees it.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// A refusal.
    Refused(Refusal),
    /// The server says that it cannot, now.
    Trouble,
    /// Nothing was heard.
    Silence,
}

/// A device of a person.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Its number in the world.
    pub number: usize,
    /// Whose it is.
    pub person: usize,
    /// Its auth key.
    pub key: AuthKeyId,
}

/// Codes on their way.
#[derive(Default)]
pub struct Letters(Mutex<Vec<(String, String)>>);

impl CodeDelivery for Letters {
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.0.lock().push((phone.to_owned(), code.to_owned()));
        std::future::ready(Ok(())).boxed()
    }

    fn proves_possession(&self) -> bool {
        true
    }
}

impl Letters {
    /// The last code for this number.
    #[must_use]
    pub fn last(&self, phone: &str) -> Option<String> {
        let letters = self.0.lock();
        letters.iter().rev().find(|(to, _)| phone.ends_with(to.as_str())).map(|(_, code)| code.clone())
    }
}

struct Running {
    platform: Platform,
    bus: Bus,
}

/// The world.
pub struct World {
    /// What was asked for.
    pub order: Order,
    /// Its tasks.
    pub executor: Executor,
    /// Chance.
    pub dice: Dice,
    /// What was seen.
    pub trace: Trace,
    /// What was done.
    pub history: History,
    /// The disk's will.
    pub faults: Faults,
    /// Codes.
    pub letters: Arc<Letters>,
    /// Clients that are not done yet.
    pub clients: AtomicUsize,
    /// Starts of the server.
    pub starts: AtomicU64,
    clock: Arc<clock::World>,
    store: Store,
    blobs: Blobs,
    pictures: Pictures,
    profile: Mutex<Profile>,
    is_paused: AtomicBool,
    server: Mutex<Option<Running>>,
    broken: Mutex<Option<Broken>>,
}

impl World {
    /// A world without a server.
    #[must_use]
    pub fn new(order: Order) -> Arc<Self> {
        let executor = Executor::new(Dice::new(order.seed, 1));
        let dice = Dice::new(order.seed, 2);
        let faults = Faults::none();
        faults.hold();
        let trace = Trace::new(executor.clone(), order.is_loud);
        let profile = Profile::roll(&dice, order.deeds);
        trace.line(format_args!("{:?} {profile:?}", order.delivery));
        Arc::new(Self {
            order,
            clock: clock::World::new(executor.clone(), Dice::new(order.seed, 3)),
            executor,
            dice,
            trace,
            history: History::new(profile.is_trimmed()),
            store: Store::memory_with(faults.clone()),
            faults,
            letters: Arc::default(),
            clients: AtomicUsize::new(0),
            starts: AtomicU64::new(0),
            blobs: Blobs::memory(),
            pictures: Pictures::new(1),
            profile: Mutex::new(profile),
            is_paused: AtomicBool::new(false),
            server: Mutex::new(None),
            broken: Mutex::new(None),
        })
    }

    /// What goes wrong now.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let profile = *self.profile.lock();
        if self.is_paused.load(Ordering::Relaxed) { profile.calm() } else { profile }
    }

    /// Nothing goes wrong while the judge reads.
    pub fn pause_trouble(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::Relaxed);
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        let mut profile = self.profile.lock();
        *profile = profile.calm();
    }

    /// The first rule that did not hold.
    #[must_use]
    pub fn broken(&self) -> Option<Broken> {
        self.broken.lock().clone()
    }

    /// Ends the run if a rule did not hold.
    pub fn judge(&self, verdict: Result<(), Broken>) {
        if let Err(found) = verdict {
            self.trace.line(format_args!("BROKEN {}: {}", found.rule, found.detail));
            self.broken.lock().get_or_insert(found);
        }
    }

    /// The wall clock leaps.
    pub fn leap(&self, by_ms: i64) {
        self.clock.leap(by_ms);
    }

    /// The platform, if the server runs.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        self.server.lock().as_ref().map(|running| running.platform.clone())
    }

    /// Hears the signals of the server that runs.
    #[must_use]
    pub fn listen(&self) -> Option<Listener> {
        self.server.lock().as_ref().map(|running| running.bus.listen())
    }

    /// A platform over what is durable, with everything in memory anew; it serves nobody yet.
    ///
    /// # Errors
    /// The platform's, when the disk does not let it.
    pub async fn open(&self) -> Result<(Platform, Bus), PlatformError> {
        let percent = self.profile().signals_percent;
        let rates = Rates { dropped_percent: percent, doubled_percent: percent, kept_back_percent: percent };
        let number = self.starts.fetch_add(1, Ordering::Relaxed);
        let bus = Bus::faulty_with(self.order.seed ^ number, rates);
        let ports = Ports {
            store: self.store.clone(),
            bus: bus.clone(),
            blobs: self.blobs.clone(),
            pictures: self.pictures.clone(),
            runtime: self.clock.clone(),
        };
        let settings = Settings {
            code_delivery: self.letters.clone(),
            delivery: self.order.delivery,
            bounds: self.profile().bounds,
            media: MediaSettings { grace_seconds: MEDIA_GRACE_SECONDS, ..MediaSettings::default() },
            proof_of_work_bits: 0,
            ..Settings::default()
        };
        Ok((Platform::open(ports, settings).await?, bus))
    }

    /// Begins to serve.
    pub fn serve(&self, (platform, bus): (Platform, Bus)) {
        self.trace.line("the server serves");
        self.run_outbox(&platform);
        self.collect_media(&platform);
        *self.server.lock() = Some(Running { platform, bus });
    }

    /// The process ends where it stands: so many batches of those that waited still reach the disk.
    pub fn crash(&self, written: usize) {
        let running = self.server.lock().take();
        self.executor.kill(Group::Server);
        self.faults.crash(written);
        drop(running);
        let line = self.trace.line(format_args!("the server dies; {written} waiting commits reach the disk"));
        self.history.cut_off(line);
    }

    /// One request over the network, and what is heard of it.
    pub async fn call(self: &Arc<Self>, device: Device, request: Request) -> Reply {
        let profile = self.profile();
        let (tell, told) = oneshot::channel();
        let slot = Arc::new(Mutex::new(Some(tell)));
        let copies = if self.dice.falls(profile.lost) { 0 } else { 1 + usize::from(self.dice.falls(profile.doubled)) };
        for _ in 0..copies {
            let (world, request, slot) = (self.clone(), request.clone(), slot.clone());
            let way_ms = self.dice.number(0, profile.way_ms);
            self.executor.spawn(Group::World, async move {
                world.executor.sleep(way_ms).await;
                world.arrive(device, request, slot);
            });
        }
        drop(slot);
        match self.executor.within(ANSWER_WAIT_MS, told).await {
            Some(Ok(reply)) => reply,
            _ => Reply::Silence,
        }
    }

    /// Requests that arrive together, once or not at all, and what is heard of each.
    pub async fn call_together(self: &Arc<Self>, device: Device, requests: &[Request]) -> Vec<Reply> {
        let profile = self.profile();
        let (tell, told) = oneshot::channel();
        if !self.dice.falls(profile.lost) {
            let (world, requests) = (self.clone(), requests.to_vec());
            let way_ms = self.dice.number(0, profile.way_ms);
            self.executor.spawn(Group::World, async move {
                world.executor.sleep(way_ms).await;
                world.arrive_together(device, requests, tell);
            });
        }
        match self.executor.within(ANSWER_WAIT_MS, told).await {
            Some(Ok(replies)) => replies,
            _ => vec![Reply::Silence; requests.len()],
        }
    }

    /// The server begins them in their order, as it does with those of one session.
    fn arrive_together(self: &Arc<Self>, device: Device, requests: Vec<Request>, tell: oneshot::Sender<Vec<Reply>>) {
        let Some(platform) = self.platform() else { return };
        let world = self.clone();
        self.executor.spawn(Group::Server, async move {
            // Whose key it is, is known before the first begins.
            let _trouble = platform.auth_key(device.key).await;
            let replies = join_all(requests.iter().map(|request| world.answer(&platform, device, request))).await;
            world.judge(in_order(&requests, &replies));
            if !world.dice.falls(world.profile().unheard) {
                let _ = tell.send(replies);
            }
        });
    }

    fn arrive(self: &Arc<Self>, device: Device, request: Request, slot: Arc<Mutex<Option<oneshot::Sender<Reply>>>>) {
        let Some(platform) = self.platform() else { return };
        let world = self.clone();
        self.executor.spawn(Group::Server, async move {
            let reply = world.answer(&platform, device, &request).await;
            let profile = world.profile();
            if world.dice.falls(profile.unheard) {
                return;
            }
            let (way_ms, traveller) = (world.dice.number(0, profile.way_ms), world.clone());
            world.executor.spawn(Group::World, async move {
                traveller.executor.sleep(way_ms).await;
                if let Some(tell) = slot.lock().take() {
                    let _ = tell.send(reply);
                }
            });
        });
    }

    async fn answer(&self, platform: &Platform, device: Device, request: &Request) -> Reply {
        let begun = self.trace.line(format_args!("> {}.{} {request:?}", device.person, device.number));
        let deed = self.history.begin(device.number, request, begun);
        let mut user = None;
        let known = |who| {
            user = Some(who);
            deed.inspect(|deed| self.history.name(*deed, who));
        };
        let outcome = perform(platform, device.key, request, known).await;
        let shown = outcome.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        let ended = self.trace.line(format_args!("< {}.{} #{begun} {shown}", device.person, device.number));
        if let Err(PlatformError::Damaged { .. } | PlatformError::Store(StoreError::Damaged(_))) = outcome {
            self.judge(broken("nothing is damaged", shown));
        }
        if let (Some(user), Ok(answer)) = (user, &outcome) {
            self.judge(self.history.show(user, (begun, ended), answer));
        }
        if let Some(deed) = deed {
            self.history.end(deed, ended, judged(request, &outcome));
        }
        match outcome {
            Ok(answer) => Reply::Answer(answer),
            Err(PlatformError::Refused(refusal)) => Reply::Refused(refusal),
            Err(_) => Reply::Trouble,
        }
    }

    /// Removes what nobody holds any more, again and again, as servers do.
    fn collect_media(&self, platform: &Platform) {
        let (platform, executor) = (platform.clone(), self.executor.clone());
        self.executor.spawn(Group::Server, async move {
            loop {
                executor.sleep(COLLECT_EVERY_MS).await;
                let _trouble = platform.collect_media(COLLECT_TIMERS).await;
            }
        });
    }

    fn run_outbox(&self, platform: &Platform) {
        let (platform, executor) = (platform.clone(), self.executor.clone());
        let pause = move |time: Duration| {
            let sleep = executor.sleep(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
            sleep.boxed()
        };
        self.executor.spawn(Group::Server, async move { platform.run_outbox(pause).await });
    }
}

/// New messages that a device sent in one go are numbered as it sent them.
fn in_order(requests: &[Request], replies: &[Reply]) -> Result<(), Broken> {
    let numbers = replies.iter().filter_map(|reply| match reply {
        Reply::Answer(Answer::Sent(sent)) => sent.first().map(|sent| sent.message.id),
        _ => None,
    });
    let numbers: Vec<_> = numbers.collect();
    if numbers.is_sorted() {
        return Ok(());
    }
    broken("what is sent in one go keeps its order", format!("{requests:?} became {numbers:?}"))
}

fn judged(request: &Request, outcome: &Result<Answer, PlatformError>) -> Outcome {
    match outcome {
        Ok(answer) => Outcome::Answered(answer.clone()),
        Err(PlatformError::Refused(refusal)) => Outcome::Refused(*refusal),
        Err(PlatformError::Store(StoreError::Unknown(_))) => Outcome::Unknown,
        Err(_) if request.is_one_batch() => Outcome::Failed,
        Err(_) => Outcome::Unknown,
    }
}
