//! The binary: configuration, wiring, command line.
//!
//! It owns what the crates below may not have: the process, the clock, randomness, the folder on disk, and the order in
//! which everything starts and stops. It knows nothing of the protocol and nothing of messages.

mod address;
mod admin;
mod adopt;
mod backup;
mod civil;
mod cli;
mod clock;
mod config;
mod connect;
mod doctor;
mod greeting;
mod health;
mod keys;
mod languages;
mod logging;
mod mail;
mod methods;
mod network;
mod open;
mod secure;
mod seed;
mod serve;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use adopt::Extent;
use cli::{Cli, Command, ConfigCommand, Place, Serve};
use config::{Config, Flags};
use mimalloc::MiMalloc;

/// A message allocates on one thread what another gives back, many times; the system's allocator spent a fifth of all time
/// on that (docs/measured.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // The allocator asks for pages of 2 MiB, of which the state of thousands of idle connections leaves most bytes empty. A
    // kernel without such pages has nothing to refuse.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    tls::install();
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}: {error:#}", platform::product::BINARY);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let Cli { place, command } = cli;
    let done = match command {
        Command::Doctor { treatment, json } => return doctor::run(&place.flags(), environment(), treatment, json),
        Command::Storm(storm) => return storm_a_server(*storm),
        Command::Backup(command) => return backup::run(&quiet(&place)?, command),
        Command::Serve(arguments) => serve(&place, arguments),
        Command::Connect { client } => print(&connect::text(&quiet(&place)?, client)?),
        Command::Adopt { address, key_only, input, output } => {
            let extent = if key_only { Extent::Keys } else { Extent::All };
            print(&adopt::adopt(&quiet(&place)?, address, extent, &input, &output)?)
        }
        Command::Config(ConfigCommand::Example { markdown }) => {
            print(&if markdown { config::markdown() } else { config::example() })
        }
        Command::Seed { people, temporary } => seed::run(&quiet(&place)?, people, temporary),
        Command::Plan(capacity) => print(&capacity.text()?),
        Command::Config(ConfigCommand::Check) => check(&place),
        Command::Health { address } => ask_health(&place, address),
        Command::Admin { json, order } => administer(&place, json, order),
        Command::Methods { summary } => print(&methods::text(summary)),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn storm_a_server(storm: storm::flood::cli::Storm) -> Result<ExitCode> {
    let is_sound = storm::flood::cli::run(storm, &["storm"])?;
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn serve(place: &Place, arguments: Serve) -> Result<()> {
    let Serve { listen, base_url, accept_unsafe, no_network } = arguments;
    let flags = Flags { listen, base_url, accept_unsafe, ..place.flags() };
    let loaded = config::load(&flags, environment())?;
    logging::start(&loaded.config.log)?;
    for variable in &loaded.unknown_variables {
        tracing::warn!(variable, "this variable of the environment means nothing");
    }
    serve::run(loaded.config, no_network)
}

/// The configuration for commands that only look: they log warnings at most.
fn quiet(place: &Place) -> Result<Config> {
    let mut config = config::load(&place.flags(), environment())?.config;
    "warn".clone_into(&mut config.log.filter);
    logging::start(&config.log)?;
    Ok(config)
}

fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn check(place: &Place) -> Result<()> {
    let loaded = config::load(&place.flags(), environment())?;
    if let Some(variable) = loaded.unknown_variables.first() {
        anyhow::bail!("environment variable {variable}: there is no such setting");
    }
    print("the configuration is fine\n")
}

fn ask_health(place: &Place, address: Option<std::net::SocketAddr>) -> Result<()> {
    let address = match address {
        Some(address) => address,
        None => {
            let listening = address::read_listening(&quiet(place)?.data_dir());
            address::from_here(*listening.first().context("not running: the data folder names no address")?)
        }
    };
    let body = health::ask(address)?;
    print(&format!("{body} ({address})\n"))
}

fn administer(place: &Place, json: bool, order: admin::Order) -> Result<()> {
    let outcome = admin::ask(&quiet(place)?, order)?;
    print(&if json { serde_json::to_string(&outcome)? + "\n" } else { outcome.table() })
}

/// To standard output, which may be closed early by `head`.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
