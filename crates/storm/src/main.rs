//! The command line of the fleet.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use storm::faults::plan::{Plan, run};
use storm::flood::cli::{self, Storm};
use tokio::signal::unix::{SignalKind, signal};

/// Real clients against a real server.
#[derive(Debug, Parser)]
#[command(name = "storm", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Break everything under a server, and see that nothing acknowledged is lost
    Faults(Box<Plan>),
    /// Load on a server, and what it costs
    Load(Box<Storm>),
}

fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Faults(plan) => break_everything(&plan),
        Command::Load(storm) => cli::run(*storm, &["load"]),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("storm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn break_everything(plan: &Plan) -> anyhow::Result<bool> {
    // Dropping the run ends its server and unmounts its disks.
    tokio::select! {
        ended = run(plan) => ended,
        signal = interrupted() => Err(anyhow::anyhow!("interrupted by {signal}")),
    }
}

/// Waits for a signal that asks to stop; its name.
async fn interrupted() -> &'static str {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = tokio::signal::ctrl_c() => "SIGINT",
    }
}
