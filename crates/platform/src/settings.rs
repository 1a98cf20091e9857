//! What the platform is told at start: the home DC, who may sign up, how codes travel.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::Refusal;
use crate::limits::mailbox::{CHECKPOINT_EVENTS, LOG_PTS_MAX, MAILBOXES_MAX};
use crate::people::SignUpMode;
use crate::words::Language;

/// Settings of one node's platform.
#[derive(Clone)]
pub struct Settings {
    /// The DC that every account of this server calls home.
    pub home_dc: i32,
    /// Who may sign up, until the operator sets another mode at run time (that one is stored and wins).
    pub sign_up_mode: SignUpMode,
    /// How login codes reach people who are signed in nowhere.
    pub code_delivery: Arc<dyn CodeDelivery>,
    /// How mail reaches people who forgot their password.
    pub mail_delivery: Arc<dyn MailDelivery>,
    /// What a newcomer has to do before a code is sent to them.
    pub newcomer_gate: Arc<dyn NewcomerGate>,
    /// Whether the door gives newcomers numbers of this server's own.
    pub door_numbers: bool,
    /// The work before a number is given, in zero bits of a hash; each bit doubles it. 0: none.
    pub proof_of_work_bits: u32,
    /// How many newcomers may come in within a minute; 0: as many as come.
    pub newcomers_per_minute: u32,
    /// How many newcomers one person may bring in with an invite of their own; 0: people invite nobody.
    pub invites_per_person: u32,
    /// What people may upload and how long it stays.
    pub media: MediaSettings,
    /// How what one person does reaches the other person's mailbox.
    pub delivery: Delivery,
    /// How much of mailboxes is kept at hand.
    pub bounds: Bounds,
}

/// How much of mailboxes is kept at hand. Tests take small numbers: what is rare in a server's life then happens often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Mailboxes in memory, in mailboxes.
    pub mailboxes: usize,
    /// Entries between two checkpoints of a mailbox, in entries.
    pub checkpoint_events: usize,
    /// How far back the event log reaches, in pts.
    pub log_pts: i32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { mailboxes: MAILBOXES_MAX, checkpoint_events: CHECKPOINT_EVENTS, log_pts: LOG_PTS_MAX }
    }
}

/// How what one person does reaches the other person's mailbox (DESIGN §3). What people see is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// One batch writes both mailboxes: half the writes, on an engine where all owners live in one place.
    #[default]
    Folded,
    /// A batch writes the actor's mailbox and letters to the others; each writer applies what was sent to it.
    Outbox,
}

/// What people may upload and how long it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSettings {
    /// Bytes one person may have in uploads that are not finished.
    pub unfinished_max_bytes: u64,
    /// How long an upload may rest before it is removed, in seconds.
    pub unfinished_seconds: i64,
    /// Bytes one person may keep here; `None` is no limit.
    pub quota_bytes: Option<u64>,
    /// How long a medium that nobody holds stays, in seconds.
    pub grace_seconds: i64,
    /// How long a file reference counts, in seconds.
    pub reference_seconds: i64,
}

impl Default for MediaSettings {
    fn default() -> Self {
        Self {
            unfinished_max_bytes: 8_192 * 1024 * 1024,
            unfinished_seconds: 24 * 3600,
            quota_bytes: None,
            grace_seconds: 24 * 3600,
            reference_seconds: 24 * 3600,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            home_dc: 2,
            sign_up_mode: SignUpMode::Open,
            code_delivery: Arc::new(LogDelivery),
            mail_delivery: Arc::new(NoMail),
            newcomer_gate: Arc::new(OpenGate),
            door_numbers: true,
            proof_of_work_bits: 16,
            newcomers_per_minute: 0,
            invites_per_person: 20,
            media: MediaSettings::default(),
            delivery: Delivery::default(),
            bounds: Bounds::default(),
        }
    }
}

/// What stands before the first message to a number that nobody has: a proof of work when the flood comes. It is asked
/// before anything is sent or paid for.
pub trait NewcomerGate: Send + Sync {
    /// Lets the newcomer on, or refuses ([`Refusal::FloodWait`] is what every client understands).
    fn admit<'a>(&'a self, phone: &'a str, ip: IpAddr) -> BoxFuture<'a, Result<(), Refusal>>;
}

/// The default gate: everybody may ask for a code; the counts per number and address still hold.
pub struct OpenGate;

impl NewcomerGate for OpenGate {
    fn admit<'a>(&'a self, _phone: &'a str, _ip: IpAddr) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A road on which login codes travel (SMS, a webhook, the log).
pub trait CodeDelivery: Send + Sync {
    /// Sends `code` to `phone` (digits without a plus). An error means that no code is on its way.
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>>;

    /// Whether the code really reaches the phone, so that knowing it proves who holds the number. With `false` (the
    /// log) an invite alone lets a newcomer in.
    fn proves_possession(&self) -> bool;
}

/// A road on which mail travels: codes that confirm or use an address for recovery.
pub trait MailDelivery: Send + Sync {
    /// Mails `code` to `address` in this language. An error means that no mail is on its way.
    fn deliver<'a>(
        &'a self,
        address: &'a str,
        code: &'a str,
        language: Language,
    ) -> BoxFuture<'a, Result<(), DeliveryError>>;

    /// Mails `code` to `address` without waiting: for whoever must not learn from the time it takes whether a mail went
    /// out. What goes wrong is in the log.
    fn post(&self, address: &str, code: &str, language: Language);

    /// Whether there is a road at all. Without one no address is taken and no password recovered by mail.
    fn is_road(&self) -> bool {
        true
    }
}

/// The default: no mail.
pub struct NoMail;

impl MailDelivery for NoMail {
    fn deliver<'a>(
        &'a self,
        _address: &'a str,
        _code: &'a str,
        _language: Language,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(std::future::ready(Err(DeliveryError("no road for mail is set up".to_owned()))))
    }

    fn post(&self, _address: &str, _code: &str, _language: Language) {}

    fn is_road(&self) -> bool {
        false
    }
}

/// A code could not be sent.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the code could not be delivered: {0}")]
pub struct DeliveryError(pub String);

/// The target of the one line of the log that has a login code: whoever filters the log keeps it, or nobody signs in.
pub const LOGIN_CODE_TARGET: &str = "login_code";

/// The default road: one line of the log, for the operator to pass on.
pub struct LogDelivery;

impl CodeDelivery for LogDelivery {
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        // The one place of the program that may log a code: it is the operator's only road until another is set up.
        tracing::info!(target: LOGIN_CODE_TARGET, "login code phone=+{phone} code={code}");
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        false
    }
}
