//! The command line of the fleet.

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use storm::faults::plan::{Plan, run};

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
    let began = Instant::now();
    match run(&plan).await {
        Ok(is_fine) => {
            eprintln!("faults: {:.0} s", began.elapsed().as_secs_f64());
            if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("storm: {error:#}");
            ExitCode::FAILURE
        }
    }
}
