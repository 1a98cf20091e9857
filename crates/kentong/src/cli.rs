//! The command line.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::admin::Order;
use crate::backup::BackupCommand;
use crate::config::{BaseUrl, Flags};
use crate::doctor::Treatment;

/// A messaging server that speaks the protocols people's clients already speak.
#[derive(Debug, Parser)]
#[command(name = platform::product::BINARY, version, max_term_width = 100)]
pub struct Cli {
    /// What every command may be told.
    #[command(flatten)]
    pub place: Place,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which server is meant.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The data folder [default: $XDG_DATA_HOME/kentong, else ~/.local/share/kentong]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// A configuration file (see `config example`)
    #[arg(long, value_name = "FILE", global = true, env = "KENTONG_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// As overrides of the configuration.
    pub fn flags(&self) -> Flags {
        Flags { data: self.data.clone(), config: self.config.clone(), ..Flags::default() }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server
    Serve(Serve),
    /// Print what a client needs to reach this server
    Connect {
        /// Only the snippet for this client, ready to run
        #[arg(long = "for", value_name = "CLIENT")]
        client: Option<Client>,
    },
    /// Copy a program with built-in servers (TDLib's library, Telegram Desktop) so that it knows this one instead
    Adopt {
        /// Where the program finds this server [default: the address that clients are told]
        #[arg(long, value_name = "IP")]
        address: Option<IpAddr>,
        /// Replace the keys alone, where the addresses cannot be replaced; says which to lead to this server
        #[arg(long)]
        key_only: bool,
        /// The program or shared library; it is only read
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// Where the copy goes
        #[arg(value_name = "OUT")]
        output: PathBuf,
    },
    /// Show or check the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the running server whether it is ready; the exit code says so
    Health {
        /// Ask this address instead of the one in the data folder
        #[arg(long, value_name = "ADDR:PORT")]
        address: Option<SocketAddr>,
    },
    /// Manage people and invites, with or without a running server
    Admin {
        /// Print JSON instead of a table
        #[arg(long, global = true)]
        json: bool,
        /// What to do.
        #[command(subcommand)]
        order: Order,
    },
    /// Write, check and restore backups
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Look at everything a server stands on, and say what is wrong and what to do; the exit code is 0, 1 or 2
    Doctor {
        /// What it may do.
        #[command(flatten)]
        treatment: Treatment,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Storm a server with real clients and say what it costs: a fresh one, or one that runs on this machine
    Storm(Box<storm::flood::cli::Storm>),
    /// Work out how many machines a day needs, from what one was measured to do
    Plan(storm::flood::capacity::Capacity),
    /// Write people into an empty data folder whose keys the fleet of `storm` knows: fit for measurements alone
    #[command(hide = true)]
    Seed {
        /// How many
        #[arg(long)]
        people: u32,
        /// The part of them with a temporary key beside the permanent one
        #[arg(long, default_value_t = 0.0)]
        temporary: f64,
    },
    /// List the methods of the protocol and how each is answered
    Methods {
        /// Only the counts
        #[arg(long)]
        summary: bool,
    },
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Listen here; several times for several addresses [default: 0.0.0.0:4430]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server over HTTP
    #[arg(long, value_name = "URL")]
    pub base_url: Option<BaseUrl>,
    /// Open the data folder and answer `admin` only
    #[arg(long)]
    pub no_network: bool,
    /// Use a database that has fsync, synchronous_commit or full_page_writes turned off, and may lose messages
    #[arg(long = "unsafe")]
    pub accept_unsafe: bool,
}

/// Questions about the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print a file with every key, its default and its meaning
    Example {
        /// As a page for people
        #[arg(long)]
        markdown: bool,
    },
    /// Read file and environment, and say what is wrong
    Check,
}

/// Clients with a snippet of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// Python
    Telethon,
    /// TypeScript and JavaScript
    Mtcute,
    /// JavaScript
    Gramjs,
    /// Python
    Pyrogram,
    /// Python, Pyrogram's successor
    Kurigram,
    /// Rust; asks the running server for a key
    Grammers,
    /// C++ library under many clients; adopted
    Tdlib,
    /// Telegram Desktop; adopted
    Desktop,
    /// Android, iOS; have to be built
    Apps,
}
