//! A worker: one process, one thread, some thousand clients. It is told its orders on standard input, says when its people
//! are ready, plays when told to, and tells each second what was measured.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use super::codes::Codes;
use super::limits;
use super::meter::{Meter, Second};
use super::place::Place;
use super::plan::Orders;
use super::scenes;

/// What a worker says, one a line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Its people are there.
    Ready,
    /// A second passed.
    Second(Second),
    /// Something is wrong with what the server did.
    Finding(String),
    /// The scene is over: nothing is under way any more.
    Over,
    /// It cannot go on.
    Failed(String),
}

/// What all clients of a worker share.
pub struct Crew {
    /// Its orders.
    pub orders: Orders,
    /// The server.
    pub place: Place,
    /// What is measured.
    pub meter: RefCell<Meter>,
    findings: Cell<usize>,
    next_phone: Cell<u32>,
    next_seedling: Cell<u32>,
}

impl Crew {
    /// A phone nobody has.
    pub fn phone(&self) -> String {
        let number = self.next_phone.get();
        self.next_phone.set(number + 1);
        format!("{}{number:06}", self.orders.phones)
    }

    /// The next of the people written beforehand, if there is one left.
    pub fn seedling(&self) -> Option<u32> {
        let (first, count) = self.orders.seeded?;
        let next = self.next_seedling.get();
        self.next_seedling.set(next + 1);
        (next < count).then(|| first + next)
    }

    /// Something was done that was to begin then.
    pub fn done(&self, kind: &'static str, began: Instant) {
        self.meter.borrow_mut().done(kind, began.elapsed());
    }

    /// Something else happened.
    pub fn count(&self, what: &'static str) {
        self.meter.borrow_mut().count(what);
    }

    /// Something is wrong. Only the first are told in words.
    pub fn find(&self, what: String) {
        self.count("findings");
        self.note(what);
    }

    /// Something is worth a word, though nobody's fault. Only the first are told.
    pub fn note(&self, what: String) {
        self.findings.set(self.findings.get() + 1);
        if self.findings.get() <= limits::FINDINGS_KEPT {
            say(&Word::Finding(what));
        }
    }

    /// The meter begins now.
    pub fn begin(&self) {
        *self.meter.borrow_mut() = Meter::new(Instant::now());
    }

    /// How long the scene has lasted.
    pub fn elapsed(&self) -> Duration {
        self.meter.borrow().began().elapsed()
    }
}

fn say(word: &Word) {
    let line = serde_json::to_string(word).expect("words are plain data");
    let mut out = std::io::stdout().lock();
    // Whoever led us may be gone; then the end of standard input ends us.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Lines of standard input, as they come.
fn ears() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Takes all the open files that it may have. Where it may not have them, connections will tell.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Reads orders and plays them, until told to leave.
///
/// # Errors
/// When the orders cannot be read.
pub fn run() -> Result<()> {
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut heard = ears();
        let orders = heard.recv().await.context("no orders")?;
        if let Err(error) = play(serde_json::from_str(&orders)?, &mut heard).await {
            say(&Word::Failed(format!("{error:#}")));
        }
        Ok(())
    })
}

async fn play(orders: Orders, heard: &mut mpsc::Receiver<String>) -> Result<()> {
    if orders.yields {
        setpriority_process(None, limits::YIELDING_NICE).context("cannot yield")?;
    }
    let codes = Codes::follow(&orders.log, &orders.phones)?;
    let place = Place::new(orders.address, orders.transport, &orders.public_key, codes, orders.first_source)?;
    let meter = RefCell::new(Meter::new(Instant::now()));
    let crew = Rc::new(Crew {
        orders,
        place,
        meter,
        findings: Cell::new(0),
        next_phone: Cell::new(0),
        next_seedling: Cell::new(0),
    });
    let mut scene = scenes::prepare(&crew).await?;
    say(&Word::Ready);
    heard.recv().await.context("left alone")?;
    crew.begin();
    let ticking = tokio::task::spawn_local(tick(crew.clone()));
    let played = tokio::select! {
        played = scene.play(&crew) => played,
        _ = heard.recv() => Err(anyhow::anyhow!("left alone in the middle of a scene")),
    };
    ticking.abort();
    say(&Word::Second(crew.meter.borrow_mut().take()));
    played?;
    say(&Word::Over);
    // People stay connected until the server's cost is known.
    heard.recv().await;
    drop(scene);
    Ok(())
}

async fn tick(crew: Rc<Crew>) {
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + limits::SAMPLE, limits::SAMPLE);
    loop {
        beat.tick().await;
        let mut second = crew.meter.borrow_mut().take();
        // What is taken at the end of a second belongs to it.
        second.at = second.at.saturating_sub(1);
        say(&Word::Second(second));
    }
}
