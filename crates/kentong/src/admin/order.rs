//! What an administrator may ask for: the command line and the socket's orders in one.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Subcommand;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::limits::{ROWS_DEFAULT, ROWS_MAX};
use crate::config::SignUp;

/// Rows of a list.
const ROWS: RangeInclusive<i64> = 1..=ROWS_MAX as i64;
/// People whom an invite lets in.
const USES: RangeInclusive<i64> = 1..=u32::MAX as i64;
/// Ten years: the protocol's seconds since the epoch are 31 bits.
const HOURS: RangeInclusive<i64> = 0..=87_600;

fn rows<'de, D: Deserializer<'de>>(json: D) -> Result<u32, D::Error> {
    number_in(json, ROWS)
}

fn uses<'de, D: Deserializer<'de>>(json: D) -> Result<u32, D::Error> {
    number_in(json, USES)
}

fn hours<'de, D: Deserializer<'de>>(json: D) -> Result<u32, D::Error> {
    number_in(json, HOURS)
}

/// A number of JSON, in the range that holds on the command line.
fn number_in<'de, D: Deserializer<'de>>(json: D, range: RangeInclusive<i64>) -> Result<u32, D::Error> {
    let number = u32::deserialize(json)?;
    if range.contains(&i64::from(number)) {
        return Ok(number);
    }
    Err(D::Error::custom(format_args!("{number} is not in {}..={}", range.start(), range.end())))
}

/// An order. A person is named by id, +phone or @username.
#[derive(Clone, Debug, PartialEq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// People
    #[command(subcommand)]
    User(UserOrder),
    /// Invites
    #[command(subcommand)]
    Invite(InviteOrder),
    /// Show who may sign up, or set it
    Mode {
        /// The new mode
        mode: Option<SignUp>,
    },
    /// Settings that change while the server runs
    #[command(subcommand)]
    Setting(SettingOrder),
    /// Write a backup there; asked for by `backup create`.
    #[command(skip)]
    Backup {
        /// A file that is not there yet, or a folder.
        target: PathBuf,
    },
    /// Look at all data; asked for by `doctor`.
    #[command(skip)]
    Doctor {},
    /// Show how the server is: people, connections, room on the disk
    Overview {},
    /// List what administrators did, the latest first
    Audit {
        /// Only what was done before this time, in milliseconds of Unix time; 0 is now
        #[arg(long, default_value_t = 0)]
        before: i64,
        /// At most so many
        #[arg(long, default_value_t = ROWS_DEFAULT, value_parser = clap::value_parser!(u32).range(ROWS))]
        #[serde(deserialize_with = "rows")]
        limit: u32,
    },
}

/// Orders about settings.
#[derive(Clone, Debug, PartialEq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingOrder {
    /// List all, and where each comes from
    List,
    /// Set one; it is stored and wins over the configuration
    Set {
        /// Its name
        name: String,
        /// The new value
        value: String,
    },
    /// Give one back to the configuration
    Reset {
        /// Its name
        name: String,
    },
}

/// Orders about people.
#[derive(Clone, Debug, PartialEq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserOrder {
    /// List people
    List {
        /// Only those after this id in the list
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// At most so many
        #[arg(long, default_value_t = ROWS_DEFAULT, value_parser = clap::value_parser!(u32).range(ROWS))]
        #[serde(deserialize_with = "rows")]
        limit: u32,
    },
    /// Find people by a part of their name or username, or the beginning of their number
    Search {
        /// What to look for
        text: String,
        /// Go on after this id, as the last answer said
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// At most so many
        #[arg(long, default_value_t = ROWS_DEFAULT, value_parser = clap::value_parser!(u32).range(ROWS))]
        #[serde(deserialize_with = "rows")]
        limit: u32,
    },
    /// List those who came last
    Latest {
        /// At most so many
        #[arg(long, default_value_t = ROWS_DEFAULT, value_parser = clap::value_parser!(u32).range(ROWS))]
        #[serde(deserialize_with = "rows")]
        limit: u32,
    },
    /// List those who wait for approval, by their numbers
    Waiting {
        /// Go on after this number, as the last answer said
        #[arg(long, default_value_t)]
        after: String,
        /// At most so many
        #[arg(long, default_value_t = ROWS_DEFAULT, value_parser = clap::value_parser!(u32).range(ROWS))]
        #[serde(deserialize_with = "rows")]
        limit: u32,
    },
    /// Let someone in who waits for approval
    Approve {
        /// The phone number
        phone: String,
    },
    /// Refuse someone who waits for approval
    Refuse {
        /// The phone number
        phone: String,
    },
    /// Show one person and their devices
    Show {
        /// Id, +phone or @username
        who: String,
    },
    /// Show the login code under way, to pass it on by another road
    Code {
        /// Id, +phone or @username; a phone number that nobody has yet as well
        who: String,
    },
    /// Take someone's second password away, for whoever forgot it
    RemovePassword {
        /// Id, +phone or @username
        who: String,
    },
    /// List what people report to you about others
    Reports,
    /// Forget what was reported of someone: it is dealt with
    DismissReports {
        /// Id, +phone or @username
        who: String,
    },
    /// Sign someone out everywhere
    Reset {
        /// Id, +phone or @username
        who: String,
    },
    /// Sign someone out everywhere and keep them out
    Ban {
        /// Id, +phone or @username
        who: String,
    },
    /// Let someone in again
    Unban {
        /// Id, +phone or @username
        who: String,
    },
    /// Make someone an administrator
    Appoint {
        /// Id, +phone or @username
        who: String,
    },
    /// Make someone an administrator no longer
    Demote {
        /// Id, +phone or @username
        who: String,
    },
    /// Delete an account and what it holds
    Delete {
        /// Id, +phone or @username
        who: String,
    },
}

/// Orders about invites.
#[derive(Clone, Debug, PartialEq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOrder {
    /// Make one
    Create {
        /// How many people it lets in
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(USES))]
        #[serde(deserialize_with = "uses")]
        uses: u32,
        /// Hours until it expires; 0 is never
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(HOURS))]
        #[serde(deserialize_with = "hours")]
        hours: u32,
        /// Whoever uses it becomes an administrator
        #[arg(long)]
        administrator: bool,
        /// Only for this phone number
        #[arg(long)]
        phone: Option<String>,
    },
    /// List all, spent and revoked ones included
    List,
    /// Make one worthless
    Revoke {
        /// Its code
        code: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_back_from_json() {
        for order in [
            Order::User(UserOrder::List { after: 7, limit: 9 }),
            Order::User(UserOrder::Ban { who: "@ani".into() }),
            Order::Invite(InviteOrder::Create { uses: 1, hours: 0, administrator: true, phone: None }),
            Order::Mode { mode: Some(SignUp::Approval) },
            Order::Mode { mode: None },
            Order::Overview {},
            Order::Doctor {},
            Order::Backup { target: "/backups".into() },
            Order::Audit { before: 0, limit: 1 },
            Order::Setting(SettingOrder::Set { name: "quota_mib".into(), value: "7".into() }),
            Order::User(UserOrder::Waiting { after: "+15550001".into(), limit: 1 }),
            Order::User(UserOrder::Search { text: "Ayu".into(), after: 0, limit: 5 }),
        ] {
            let line = serde_json::to_string(&order).unwrap();
            assert_eq!(serde_json::from_str::<Order>(&line).unwrap(), order, "{line}");
        }
    }

    /// What the command line refuses, JSON does not smuggle in.
    #[test]
    fn numbers_out_of_their_range_are_no_orders() {
        let wrong = [
            r#"{"user":{"list":{"after":0,"limit":0}}}"#,
            r#"{"user":{"list":{"after":0,"limit":1001}}}"#,
            r#"{"user":{"search":{"text":"a","after":0,"limit":0}}}"#,
            r#"{"user":{"latest":{"limit":4294967295}}}"#,
            r#"{"user":{"waiting":{"after":"","limit":0}}}"#,
            r#"{"audit":{"before":0,"limit":0}}"#,
            r#"{"invite":{"create":{"uses":0,"hours":0,"administrator":false,"phone":null}}}"#,
            r#"{"invite":{"create":{"uses":1,"hours":87601,"administrator":false,"phone":null}}}"#,
        ];
        for order in wrong {
            let error = serde_json::from_str::<Order>(order).expect_err(order);
            assert!(error.to_string().contains("is not in"), "{order}: {error}");
        }
        let right = r#"{"invite":{"create":{"uses":4294967295,"hours":87600,"administrator":false,"phone":null}}}"#;
        serde_json::from_str::<Order>(right).unwrap();
        serde_json::from_str::<Order>(r#"{"user":{"waiting":{"after":"","limit":1000}}}"#).unwrap();
    }
}
