//! What is told of a backup: the same for machines and for people.

use serde::{Deserialize, Serialize};

use super::content::{Gap, Header, Totals};
use super::limits::NAMED_MAX;
use crate::civil::Civil;

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;

/// What a backup is, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Where it is.
    pub path: String,
    /// What it is a backup of, as far as it can be read.
    pub header: Option<Header>,
    /// What it holds.
    pub totals: Totals,
    /// Its size, in bytes.
    pub bytes: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What could not be read when it was made: some of it, and how much more.
    pub gaps: Named<Gap>,
    /// What of it is damaged, in words: some of it, and how much more.
    pub damage: Named<String>,
}

/// The first of many things, and how many more there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named<T> {
    /// At most `limits::NAMED_MAX`.
    pub first: Vec<T>,
    /// The number of the others.
    pub more: u64,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { first: Vec::new(), more: 0 }
    }
}

impl<T> Named<T> {
    /// Adds one.
    pub fn push(&mut self, thing: T) {
        if self.first.len() < NAMED_MAX {
            self.first.push(thing);
        } else {
            self.more += 1;
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    fn lines(&self, line: impl Fn(&T) -> String) -> String {
        let more = if self.more > 0 { format!("  and {} more\n", self.more) } else { String::new() };
        self.first.iter().map(|thing| format!("  {}\n", line(thing))).collect::<String>() + &more
    }
}

impl Report {
    /// Whether nothing is damaged and nothing was missing from the beginning.
    pub fn is_fine(&self) -> bool {
        self.damage.is_empty() && self.gaps.is_empty()
    }

    /// For people.
    pub fn text(&self) -> String {
        let totals = &self.totals;
        let speed = self.bytes_of_content() as f64 / MIB / self.seconds.max(0.001);
        let mut text = format!("{}\n", self.path);
        if let Some(header) = &self.header {
            let Header { product, version, engine, .. } = header;
            let at = Civil::of(header.at_ms.div_euclid(1_000));
            text += &format!("  instant   {at} UTC, by {product} {version}, from the engine \"{engine}\"\n");
        }
        text += &format!("  people    {}\n  messages  {}\n", totals.people, totals.messages);
        text += &format!("  records   {}, {}\n", totals.records, amount(totals.record_bytes));
        text +=
            &format!("  media     {} in {} objects, {}\n", totals.media, totals.objects, amount(totals.media_bytes));
        text += &format!("  files     {}\n", totals.files);
        text += &format!("  size      {}\n", amount(self.bytes));
        text += &format!("  took      {:.1} s, {speed:.1} MiB/s\n", self.seconds);
        text += &self.complaints();
        text
    }

    fn bytes_of_content(&self) -> u64 {
        self.totals.record_bytes + self.totals.media_bytes
    }

    /// What is wrong; empty when nothing is.
    pub fn complaints(&self) -> String {
        let mut text = String::new();
        if !self.gaps.is_empty() {
            text += "These could not be read when the backup was made; `kentong doctor` tells more about them:\n";
            text += &self.gaps.lines(|gap| format!("{}: {}", gap.name, gap.what));
        }
        if !self.damage.is_empty() {
            text += "The backup is damaged:\n";
            text += &self.damage.lines(Clone::clone);
        }
        text
    }
}

/// Bytes, for people.
fn amount(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes < MIB { format!("{:.1} KiB", bytes / KIB) } else { format!("{:.1} MiB", bytes / MIB) }
}

impl Report {
    /// Of a backup of which nothing is known yet.
    pub fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            header: None,
            totals: Totals::default(),
            bytes: 0,
            seconds: 0.0,
            gaps: Named::default(),
            damage: Named::default(),
        }
    }
}
