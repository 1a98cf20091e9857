//! What is to be played, as the command line says it and as workers are told it.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::place::Transport;

/// What a fleet does.
#[derive(Clone, Debug, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum Scene {
    /// Newcomers: key exchange, code, account, first dialogs
    Signup(Signup),
    /// Pairs of people who write to each other; done when the receiver has it
    Pairs(Pairs),
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
}

impl Scene {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Signup(_) => "signup",
            Self::Pairs(_) => "pairs",
        }
    }

    /// What the server's cost is divided by.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Signup(_) => "signup",
            Self::Pairs(_) => "delivery",
        }
    }

    /// Connections it holds at a time, roughly.
    #[must_use]
    pub fn connections(&self) -> u64 {
        match self {
            Self::Signup(it) => u64::from(it.window) + it.rate.map_or(0, |rate| rate as u64),
            Self::Pairs(it) => 2 * u64::from(it.pairs),
        }
    }

    /// One worker's part of it.
    #[must_use]
    pub fn part(&self, index: u32, of: u32) -> Self {
        let share = |all: u32| all / of + u32::from(index < all % of);
        let mut part = self.clone();
        match &mut part {
            Self::Signup(it) => {
                it.rate = it.rate.map(|rate| rate / f64::from(of));
                it.window = share(it.window);
            }
            Self::Pairs(it) => it.pairs = share(it.pairs),
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
}
