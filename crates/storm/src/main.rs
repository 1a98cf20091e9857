//! The command line of the fleet.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use storm::faults::plan::{Plan, run};
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
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command: Command::Faults(plan) } = Cli::parse();
    // Dropping the run ends its server and unmounts its disks.
    let ended = tokio::select! {
        ended = run(&plan) => ended,
        signal = interrupted() => Err(anyhow::anyhow!("interrupted by {signal}")),
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

/// Waits for a signal that asks to stop; its name.
async fn interrupted() -> &'static str {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = tokio::signal::ctrl_c() => "SIGINT",
    }
}
