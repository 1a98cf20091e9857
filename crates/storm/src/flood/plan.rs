//! What is to be played, as the command line says it and as workers are told it.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::place::Transport;
use super::scenes::arrivals::WAVE;

/// What a fleet does.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum Scene {
    /// Newcomers: key exchange, code, account, first dialogs
    Signup(Signup),
    /// Pairs of people who write to each other; done when the receiver has it
    Pairs(Pairs),
    /// A group in which one writes and all others read; counts for everybody who has it
    Group(Group),
    /// People who come back with their keys
    Resume(Resume),
    /// Connections at rest, and what they take of the server's memory: it is restarted before they come
    Idle(Idle),
    /// The server is killed under everybody, and all come back as TDLib does
    Herd(Herd),
    /// Messages, returns and newcomers, each at its own rate
    Mixed(Mixed),
    /// Strangers who ask for more than their pace and are told to wait, which is to cost next to nothing
    Refused(Refused),
    /// The day of the flood, scaled: newcomers along its curve, while those who are here write
    Day(Day),
}

/// Newcomers.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Signup {
    /// Newcomers a second, whether the server keeps up or not [default: as many as are answered, --window at a time]
    #[arg(long)]
    pub rate: Option<f64>,
    /// Newcomers under way at a time, where there is no rate
    #[arg(long, default_value_t = 64)]
    pub window: u32,
    /// How long they come, in seconds
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
    /// The part of them with a temporary key beside the permanent one
    #[arg(long, default_value_t = 0.0)]
    pub temporary: f64,
}

/// Pairs.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Pairs {
    /// Pairs of people
    #[arg(long, default_value_t = 200)]
    pub pairs: u32,
    /// Messages of each pair under way at a time
    #[arg(long, default_value_t = 4)]
    pub window: u32,
    /// How long they write, in seconds
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
    /// The part of them with a temporary key
    #[arg(long, default_value_t = 0.0)]
    pub temporary: f64,
    /// Others who are connected meanwhile and say nothing
    #[arg(long, default_value_t = 0)]
    pub bystanders: u32,
}

/// A group.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Group {
    /// Its members, whoever writes included
    #[arg(long, default_value_t = 200)]
    pub members: u32,
    /// Messages under way at a time
    #[arg(long, default_value_t = 4)]
    pub window: u32,
    /// How long they write, in seconds
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
}

/// People who come back.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Resume {
    /// Those who come in turn
    #[arg(long, default_value_t = 1000)]
    pub people: u32,
    /// Returns a second [default: as many as are answered, --window at a time]
    #[arg(long)]
    pub rate: Option<f64>,
    /// Under way at a time, where there is no rate
    #[arg(long, default_value_t = 64)]
    pub window: u32,
    /// How long, in seconds
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
    /// The part of them with a temporary key
    #[arg(long, default_value_t = 0.5)]
    pub temporary: f64,
}

/// Connections at rest.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Idle {
    /// How many
    #[arg(long, default_value_t = 19_000)]
    pub connections: u32,
    /// How long they rest, in seconds
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// The part of them with a temporary key
    #[arg(long, default_value_t = 0.0)]
    pub temporary: f64,
}

/// The herd.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Herd {
    /// Those connected when the server dies
    #[arg(long, default_value_t = 15_000)]
    pub people: u32,
    /// The part of them with a temporary key
    #[arg(long, default_value_t = 0.5)]
    pub temporary: f64,
    /// How long they try, in seconds
    #[arg(long, default_value_t = 120)]
    pub seconds: u64,
}

/// Everything at once.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Mixed {
    /// Pairs of people who are here
    #[arg(long, default_value_t = 100)]
    pub pairs: u32,
    /// Messages a second
    #[arg(long, default_value_t = 200.0)]
    pub messages: f64,
    /// Newcomers a second
    #[arg(long, default_value_t = 20.0)]
    pub signups: f64,
    /// Newcomers under way at a time in place of a rate, which finds what the server takes in beside everything else
    #[arg(long, default_value_t = 0, conflicts_with = "signups")]
    pub window: u32,
    /// Returns a second
    #[arg(long, default_value_t = 20.0)]
    pub resumes: f64,
    /// Those who come back in turn
    #[arg(long, default_value_t = 200)]
    pub people: u32,
    /// How long, in seconds
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// How long those who are here go on alone afterwards, in seconds
    #[arg(long, default_value_t = 0)]
    pub calm: u64,
    /// Send the newcomers to a sink instead of the server: the control run of a flood
    #[arg(long)]
    pub sink: bool,
    /// Let the newcomers follow the curve of the day, with --signups at its peak
    #[arg(long)]
    pub day: bool,
}

/// One's share of so many.
fn share(all: u32, index: u32, of: u32) -> u32 {
    all / of + u32::from(index < all % of)
}

impl Mixed {
    /// Whether there are newcomers.
    #[must_use]
    pub fn has_newcomers(&self) -> bool {
        self.signups > 0.0 || self.window > 0
    }

    /// The people who are here for the first worker, the newcomers for the others.
    fn apart(&self, index: u32, of: u32) -> Self {
        match index {
            0 => Self { signups: 0.0, window: 0, ..self.clone() },
            _ => Self {
                pairs: 0,
                people: 0,
                messages: 0.0,
                resumes: 0.0,
                signups: self.signups / f64::from(of - 1),
                window: share(self.window, index - 1, of - 1),
                ..self.clone()
            },
        }
    }
}

/// Strangers beyond their pace.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Refused {
    /// How many
    #[arg(long, default_value_t = 20)]
    pub strangers: u32,
    /// Calls of each under way at a time
    #[arg(long, default_value_t = 8)]
    pub window: u32,
    /// How long they ask, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
}

/// The day.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Args)]
pub struct Day {
    /// Newcomers a second at the peak
    #[arg(long, default_value_t = 100.0)]
    pub peak: f64,
    /// The time into which the twenty-four hours are pressed, in seconds
    #[arg(long, default_value_t = 240)]
    pub seconds: u64,
    /// Pairs of people who are here
    #[arg(long, default_value_t = 100)]
    pub pairs: u32,
    /// Their messages a second
    #[arg(long, default_value_t = 200.0)]
    pub messages: f64,
}

impl Day {
    /// What it consists of.
    #[must_use]
    pub fn mixed(&self) -> Mixed {
        let Self { peak: signups, seconds, pairs, messages } = *self;
        let (resumes, people, window, calm, sink) = (0.0, 0, 0, 0, false);
        Mixed { pairs, messages, signups, window, resumes, people, seconds, calm, sink, day: true }
    }

    /// The second in which this hour of the day begins.
    fn second(&self, hour: f64) -> u64 {
        (self.seconds as f64 * hour / 24.0) as u64
    }

    /// What the clock of that day says in this second.
    fn clock(&self, second: u64) -> String {
        let minute = second * 24 * 60 / self.seconds.max(1);
        format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
    }
}

impl Scene {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Signup(_) => "signup",
            Self::Pairs(_) => "pairs",
            Self::Group(_) => "group",
            Self::Resume(_) => "resume",
            Self::Idle(_) => "idle",
            Self::Herd(_) => "herd",
            Self::Mixed(_) => "mixed",
            Self::Refused(_) => "refused",
            Self::Day(_) => "day",
        }
    }

    /// What the server's cost is divided by.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Signup(_) | Self::Day(_) => "signup",
            Self::Pairs(_) | Self::Group(_) | Self::Mixed(_) => "delivery",
            Self::Resume(_) | Self::Idle(_) => "resume",
            Self::Herd(_) => "served",
            Self::Refused(_) => "refusal",
        }
    }

    /// What else is told of it while it runs: what those notice who are here already.
    #[must_use]
    pub fn beside(&self) -> Option<&'static str> {
        matches!(self, Self::Day(_)).then_some("delivery")
    }

    /// Whether several things are done, so that the server's cost is not that of one of them.
    #[must_use]
    pub fn is_of_several_kinds(&self) -> bool {
        matches!(self, Self::Mixed(_) | Self::Day(_))
    }

    /// What the clock says in this second, where the scene has one.
    #[must_use]
    pub fn clock(&self, second: u64) -> Option<String> {
        match self {
            Self::Day(it) => Some(it.clock(second)),
            _ => None,
        }
    }

    /// Its parts, if it has any that are worth telling apart: names, and the seconds from which and up to which they last.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, u64, u64)> {
        match self {
            Self::Day(it) => {
                let (wave, evening) = (it.second(WAVE.0), it.second(WAVE.1));
                vec![("before the wave", 0, wave), ("in the wave", wave, evening), ("after it", evening, u64::MAX)]
            }
            _ => Vec::new(),
        }
    }

    /// Whether the server is killed and started again once the people are made.
    #[must_use]
    pub fn restarts(&self) -> bool {
        matches!(self, Self::Idle(_) | Self::Herd(_))
    }

    /// Connections it holds at a time, roughly.
    #[must_use]
    pub fn connections(&self) -> u64 {
        match self {
            Self::Signup(it) => u64::from(it.window) + it.rate.map_or(0, |rate| rate as u64),
            Self::Pairs(it) => 2 * u64::from(it.pairs) + u64::from(it.bystanders),
            Self::Group(it) => it.members.into(),
            Self::Resume(it) => it.window.into(),
            Self::Idle(it) => it.connections.into(),
            Self::Herd(it) => it.people.into(),
            Self::Mixed(it) => 2 * u64::from(it.pairs) + u64::from(it.window) + (it.signups + it.resumes) as u64,
            Self::Refused(it) => it.strangers.into(),
            Self::Day(it) => 2 * u64::from(it.pairs) + it.peak as u64,
        }
    }

    /// Whether the first worker has the people who are here for itself, and the others have the newcomers. In one worker those
    /// whose latencies are measured would stand behind what the fleet computes for newcomers, which is more the more of them
    /// the server lets in.
    #[must_use]
    pub fn parts_newcomers(&self) -> bool {
        match self {
            Self::Mixed(it) => it.has_newcomers() && it.pairs > 0,
            Self::Day(it) => it.peak > 0.0 && it.pairs > 0,
            _ => false,
        }
    }

    /// One worker's part of it. A group is one worker's: its latencies are of one clock.
    #[must_use]
    pub fn part(&self, index: u32, of: u32) -> Self {
        match self {
            Self::Mixed(it) if self.parts_newcomers() && of > 1 => Self::Mixed(it.apart(index, of)),
            Self::Day(it) if self.parts_newcomers() && of > 1 => Self::Mixed(it.mixed().apart(index, of)),
            _ => self.even_part(index, of),
        }
    }

    fn even_part(&self, index: u32, of: u32) -> Self {
        let share = |all: u32| share(all, index, of);
        let rate = |all: f64| all / f64::from(of);
        let mut part = self.clone();
        match &mut part {
            Self::Signup(it) => (it.rate, it.window) = (it.rate.map(rate), share(it.window)),
            Self::Pairs(it) => (it.pairs, it.bystanders) = (share(it.pairs), share(it.bystanders)),
            Self::Group(_) => {}
            Self::Resume(it) => {
                (it.people, it.window, it.rate) = (share(it.people), share(it.window), it.rate.map(rate));
            }
            Self::Idle(it) => it.connections = share(it.connections),
            Self::Herd(it) => it.people = share(it.people),
            Self::Refused(it) => it.strangers = share(it.strangers),
            Self::Mixed(it) => {
                (it.pairs, it.people, it.window) = (share(it.pairs), share(it.people), share(it.window));
                (it.messages, it.signups, it.resumes) = (rate(it.messages), rate(it.signups), rate(it.resumes));
            }
            Self::Day(it) => (it.pairs, it.peak, it.messages) = (share(it.pairs), rate(it.peak), rate(it.messages)),
        }
        part
    }
}

/// What one worker is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Orders {
    /// Its part of the scene.
    pub scene: Scene,
    /// The server.
    pub address: SocketAddr,
    /// The server's public key.
    pub public_key: String,
    /// The server's log, which tells login codes.
    pub log: PathBuf,
    /// How frames travel.
    pub transport: Transport,
    /// What its people's phones begin with.
    pub phones: String,
    /// Where its source addresses begin.
    pub first_source: u32,
    /// Its part of a population that was written beforehand: the first of its people and how many there are.
    pub seeded: Option<(u32, u32)>,
    /// Whether it leaves the processor to the other workers.
    pub yields: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(signups: f64) -> Scene {
        let (pairs, messages, window, resumes, people) = (100, 200.0, 0, 10.0, 50);
        let (seconds, calm, sink, day) = (1, 0, false, false);
        Scene::Mixed(Mixed { pairs, messages, signups, window, resumes, people, seconds, calm, sink, day })
    }

    fn sums(scene: &Scene, of: u32) -> (u32, f64, f64) {
        let parts = (0..of).map(|index| match scene.part(index, of) {
            Scene::Mixed(it) => (it.pairs, it.messages, it.signups),
            other => panic!("{other:?}"),
        });
        parts.fold((0, 0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1, sum.2 + it.2))
    }

    #[test]
    fn newcomers_are_other_workers_than_those_who_are_measured() {
        for of in 1..5 {
            assert_eq!(sums(&mixed(60.0), of), (100, 200.0, 60.0), "{of} workers");
            assert_eq!(sums(&mixed(0.0), of), (100, 200.0, 0.0), "{of} workers");
        }
        let Scene::Mixed(first) = mixed(60.0).part(0, 3) else { panic!("the same scene") };
        assert_eq!((first.pairs, first.people, first.signups), (100, 50, 0.0));
        let Scene::Mixed(other) = mixed(60.0).part(2, 3) else { panic!("the same scene") };
        assert_eq!((other.pairs, other.people, other.signups), (0, 0, 30.0));
    }

    #[test]
    fn a_day_has_a_clock_and_its_newcomers_workers_of_their_own() {
        let scene = Scene::Day(Day { peak: 60.0, seconds: 240, pairs: 10, messages: 50.0 });
        assert_eq!(
            [0, 120, 239].map(|second| scene.clock(second)),
            ["00:00", "12:00", "23:54"].map(|at| Some(at.into()))
        );
        assert_eq!(sums(&scene, 3), (10, 50.0, 60.0));
        let Scene::Mixed(newcomers) = scene.part(1, 3) else { panic!("a part of it") };
        assert!(newcomers.day && newcomers.pairs == 0, "they follow the curve");
        let parts = scene.parts();
        assert!(parts.windows(2).all(|pair| pair[0].2 == pair[1].1) && parts[1].1 == 156, "{parts:?}");
    }

    #[test]
    fn newcomers_under_way_at_a_time_are_other_workers_as_well() {
        let Scene::Mixed(flat) = mixed(0.0) else { panic!("the same scene") };
        let scene = Scene::Mixed(Mixed { window: 65, ..flat });
        let windows = |of: u32| -> Vec<u32> {
            let windows = (0..of).map(|index| match scene.part(index, of) {
                Scene::Mixed(it) => it.window,
                other => panic!("{other:?}"),
            });
            windows.collect()
        };
        assert!(scene.parts_newcomers());
        assert_eq!([windows(1), windows(2), windows(3)], [vec![65], vec![0, 65], vec![0, 33, 32]]);
    }
}
