//! What came of an order: the same values as JSON for machines and as a table for people.

use serde::{Deserialize, Serialize};

use crate::backup::Report;
use crate::civil::Civil;
use crate::config::SignUp;
use crate::doctor::Finding;

/// What came of an order.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One sentence.
    Done(String),
    /// People.
    Users(Vec<UserRow>),
    /// One person and their devices.
    User(UserRow, Vec<DeviceRow>),
    /// Some of the phone numbers that wait for approval, and after which to go on; empty when there are no more.
    Waiting(Vec<WaitingRow>, String),
    /// What was reported, the person reported most often first.
    Reports(Vec<ReportRow>),
    /// A login code under way.
    Code(CodeRow),
    /// Invites.
    Invites(Vec<InviteRow>),
    /// Some of the people searched for, and after which id to go on; 0 when all were looked at.
    Found(Vec<UserRow>, i64),
    /// Settings that change while the server runs.
    Settings(Vec<SettingRow>),
    /// How the server is.
    Overview(Box<OverviewRow>),
    /// What administrators did.
    Audit(Vec<AuditRow>),
    /// A backup.
    Backup(Box<Report>),
    /// What the doctor found.
    Checkup(Vec<Finding>),
}

/// A person.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct UserRow {
    /// The user id.
    pub id: i64,
    /// Digits with a plus.
    pub phone: String,
    /// First and last name.
    pub name: String,
    /// Without the at sign; empty when there is none.
    pub username: String,
    /// `administrator`, `banned`, `deleted`; of one person also `second password`.
    pub marks: Vec<String>,
    /// Signed up, Unix seconds.
    #[serde(default)]
    pub since: i64,
    /// Of one person: what their photos and files take, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_bytes: Option<u64>,
}

/// A signed-in device.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// What the client calls itself.
    pub client: String,
    /// What it runs on.
    pub device: String,
    /// Where it was last seen from.
    pub ip: String,
    /// Signed in since, Unix seconds.
    pub since: i64,
    /// Last seen, Unix seconds.
    pub seen: i64,
}

/// A setting.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingRow {
    /// Its name.
    pub name: String,
    /// What holds.
    pub value: String,
    /// `administrator`, `configuration` or `default`.
    pub from: String,
    /// What the configuration says.
    pub configured: String,
    /// What it is.
    pub about: String,
}

/// How the server is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewRow {
    /// The product.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether a server runs; without one `connections` and `up_seconds` are 0.
    pub running: bool,
    /// Since it was ready.
    pub up_seconds: i64,
    /// Open connections of every kind.
    pub connections: i64,
    /// Accounts.
    pub people: u64,
    /// Sign-ups since midnight UTC.
    pub came_today: u64,
    /// Sign-ups that wait for approval.
    pub waiting: u64,
    /// People who were reported.
    pub reported: u64,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// The data folder without media.
    pub store_bytes: u64,
    /// Photos and files.
    pub media_bytes: u64,
    /// Left on the disk of the data folder.
    pub free_bytes: u64,
    /// Whether the store takes no writes at the moment.
    pub read_only: bool,
}

/// Something an administrator did.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// What.
    pub act: String,
    /// To whom or what.
    pub target: String,
    /// The administrator's id; 0 is whoever may read the data folder.
    pub by: i64,
    /// Their name, or `local`.
    pub by_name: String,
}

/// A phone number that waits for approval.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// Digits with a plus.
    pub phone: String,
    /// The name given.
    pub name: String,
    /// Since, Unix seconds.
    pub since: i64,
}

/// A report.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Of whom.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// How often they were reported.
    pub count: u64,
    /// Why this time.
    pub reason: String,
    /// In the reporter's own words.
    pub comment: String,
    /// By whom.
    pub by: i64,
    /// When, Unix seconds.
    pub at: i64,
}

/// A login code under way.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeRow {
    /// Digits with a plus.
    pub phone: String,
    /// The code.
    pub code: String,
}

/// An invite.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct InviteRow {
    /// The code.
    pub code: String,
    /// How many people it still lets in.
    pub uses_left: u32,
    /// How many came in.
    pub used: u32,
    /// Whether the operator took it back.
    pub revoked: bool,
    /// The only number it is for; empty when it is for any.
    pub phone: String,
    /// Until, Unix seconds; 0 is for ever.
    pub expires: i64,
    /// Whether whoever uses it becomes an administrator.
    pub administrator: bool,
    /// Where its bearer comes in; empty when nobody can any more.
    #[serde(default)]
    pub link: String,
}

impl Outcome {
    /// For people.
    pub fn table(&self) -> String {
        match self {
            Self::Done(sentence) => format!("{sentence}\n"),
            Self::Users(users) => table(&USER_HEAD, &users.iter().map(UserRow::cells).collect::<Vec<_>>()),
            Self::User(user, devices) => {
                let devices = devices.iter().map(DeviceRow::cells).collect::<Vec<_>>();
                table(&USER_HEAD, &[user.cells()])
                    + "\n"
                    + &table(&["CLIENT", "DEVICE", "IP", "SINCE", "SEEN"], &devices)
            }
            Self::Waiting(waiting, next) => {
                let rows = waiting.iter().map(|row| vec![row.phone.clone(), row.name.clone(), date(row.since)]);
                let more = if next.is_empty() { String::new() } else { format!("more: --after {next}\n") };
                table(&["PHONE", "NAME", "SINCE"], &rows.collect::<Vec<_>>()) + &more
            }
            Self::Reports(reports) => {
                let rows = reports.iter().map(ReportRow::cells).collect::<Vec<_>>();
                table(&["ID", "NAME", "REPORTS", "REASON", "COMMENT", "BY", "AT"], &rows)
            }
            Self::Code(row) => table(&["PHONE", "CODE"], &[vec![row.phone.clone(), row.code.clone()]]),
            Self::Found(users, next) => {
                let rows = users.iter().map(UserRow::cells).collect::<Vec<_>>();
                let more = if *next > 0 { format!("more: --after {next}\n") } else { String::new() };
                table(&USER_HEAD, &rows) + &more
            }
            Self::Settings(settings) => {
                let rows = settings.iter().map(SettingRow::cells).collect::<Vec<_>>();
                table(&["NAME", "VALUE", "FROM", "MEANING"], &rows)
            }
            Self::Overview(overview) => overview.lines(),
            Self::Backup(report) => report.text(),
            Self::Checkup(findings) => findings.iter().map(Finding::lines).collect(),
            Self::Audit(acts) => {
                let rows = acts.iter().map(AuditRow::cells).collect::<Vec<_>>();
                table(&["WHEN (UTC)", "WHAT WAS DONE", "TO WHOM OR WHAT", "BY WHOM"], &rows)
            }
            Self::Invites(invites) => table(
                &["CODE", "USES LEFT", "USED", "EXPIRES", "PHONE", "MAKES", "LINK"],
                &invites.iter().map(InviteRow::cells).collect::<Vec<_>>(),
            ),
        }
    }
}

const USER_HEAD: [&str; 5] = ["ID", "PHONE", "NAME", "USERNAME", "MARKS"];

impl SettingRow {
    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.value.clone(), self.from.clone(), self.about.clone()]
    }
}

impl AuditRow {
    fn cells(&self) -> Vec<String> {
        vec![date(self.at_ms / 1_000), self.act.clone(), self.target.clone(), self.by_name.clone()]
    }
}

impl OverviewRow {
    fn lines(&self) -> String {
        const MIB: u64 = 1024 * 1024;
        let state = match (self.running, self.read_only) {
            (false, _) => "not running".to_owned(),
            (true, true) => "running, read-only".to_owned(),
            (true, false) => format!("running for {} min", self.up_seconds / 60),
        };
        let rows = [
            ("server", format!("{} {}, {state}", self.name, self.version)),
            ("people", format!("{}, {} came today", self.people, self.came_today)),
            ("sign-up", format!("{:?}, {} wait for approval", self.sign_up, self.waiting).to_lowercase()),
            ("reported", self.reported.to_string()),
            ("connections", self.connections.to_string()),
            ("records", format!("{} MiB", self.store_bytes / MIB)),
            ("media", format!("{} MiB", self.media_bytes / MIB)),
            ("disk free", format!("{} MiB", self.free_bytes / MIB)),
        ];
        rows.iter().map(|(name, value)| format!("{name:<12} {value}\n")).collect()
    }
}

impl ReportRow {
    fn cells(&self) -> Vec<String> {
        let (id, count, by) = (self.id.to_string(), self.count.to_string(), self.by.to_string());
        vec![id, self.name.clone(), count, self.reason.clone(), self.comment.clone(), by, date(self.at)]
    }
}

impl UserRow {
    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.phone.clone(), self.name.clone(), self.username.clone(), self.marks.join(" ")]
    }
}

impl DeviceRow {
    fn cells(&self) -> Vec<String> {
        vec![self.client.clone(), self.device.clone(), self.ip.clone(), date(self.since), date(self.seen)]
    }
}

impl InviteRow {
    fn cells(&self) -> Vec<String> {
        let makes = if self.administrator { "administrator" } else { "member" };
        let expires = if self.revoked { "revoked".to_owned() } else { date(self.expires) };
        let (left, used) = (self.uses_left.to_string(), self.used.to_string());
        vec![self.code.clone(), left, used, expires, self.phone.clone(), makes.to_owned(), self.link.clone()]
    }
}

/// Columns as wide as their widest cell. Control characters of names never reach the terminal.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head = head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> =
        std::iter::once(&head).chain(rows).map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    lines.iter().map(line).collect()
}

fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

/// A moment in Unix seconds; 0 is never.
fn date(seconds: i64) -> String {
    if seconds == 0 { "never".to_owned() } else { Civil::of(seconds).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_civil() {
        assert_eq!(date(0), "never");
        assert_eq!(date(951_782_400), "2000-02-29 00:00");
        assert_eq!(date(1_633_356_000), "2021-10-04 14:00");
        assert_eq!(date(1_709_251_199), "2024-02-29 23:59");
        assert_eq!(date(4_107_542_400), "2100-03-01 00:00");
    }

    #[test]
    fn tables_align_and_disarm_names() {
        let user = UserRow {
            id: 7,
            phone: "+15550001".into(),
            name: "A\u{1b}[2Jni".into(),
            username: String::new(),
            marks: vec!["banned".into()],
            since: 0,
            stored_bytes: None,
        };
        let text = Outcome::Users(vec![user]).table();
        assert_eq!(text, "ID  PHONE      NAME     USERNAME  MARKS\n7   +15550001  A\u{fffd}[2Jni            banned\n");
    }
}
