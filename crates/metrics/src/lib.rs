//! The one inventory of metrics: what is counted, under which name, with which help text. `/metrics` and
//! `docs/metrics.md` are made from it, so that nothing is measured that is not described.
//!
//! To add one: a row below, in the section of its crate, then `KENTONG_BLESS=1 cargo test -p kentong-metrics`, which
//! rewrites `docs/metrics.md` and `docs/grafana.json`. Names are `kentong_<crate>_<what>_<unit or total>`. Four kinds of row:
//!
//! ```text
//! counter    NAME = "…_total", "Help.";                 metrics::NAME.inc()   .add(n)
//! counter_by NAME = "…_total", "Help.", "label";        metrics::NAME.inc("value")
//! gauge      NAME = "…", "Help.";                       metrics::NAME.set(n)  .inc()  .dec()  .add(n)
//! histogram  NAME = "…_seconds", "Help.", SECONDS;      metrics::NAME.observe(0.012)
//! ```
//!
//! It does not sample, push or keep history: that is the scraper's work.

mod dashboard;
mod kinds;

pub use dashboard::dashboard;
pub use kinds::{Counter, CounterBy, Description, Gauge, Histogram, Metric, Observed};

use std::fmt::Write as _;
use std::sync::LazyLock;

use prometheus::{Registry, TextEncoder};

/// Bounds for durations, in seconds: from 50 microseconds (a memory read) to 10 s (the longest wait anything allows).
const SECONDS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Bounds for sizes of groups (records of a batch, messages of a container), in pieces.
const PIECES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

macro_rules! inventory {
    (@type counter) => { Counter };
    (@type counter_by) => { CounterBy };
    (@type gauge) => { Gauge };
    (@type histogram) => { Histogram };
    ($($kind:ident $constant:ident = $name:literal, $help:literal $(, $extra:expr)?;)*) => {
        $(
            #[doc = $help]
            pub static $constant: inventory!(@type $kind) = <inventory!(@type $kind)>::new($name, $help $(, $extra)?);
        )*

        /// Every metric there is, in the order of the inventory.
        pub static INVENTORY: &[&dyn Metric] = &[$(&$constant),*];
    };
}

inventory! {
    // The process.
    gauge READY = "kentong_ready", "1 while the server takes new connections, 0 while it starts or drains.";
    gauge OPEN_FILES = "kentong_process_open_files", "Open file descriptors; every connection is one.";
    gauge OPEN_FILES_MAX = "kentong_process_open_files_max", "Most file descriptors that the system lets the process have.";
    gauge FILES_SCARCE = "kentong_gateway_files_scarce", "1 while so many file descriptors are open that no key exchange of a stranger begins.";
    gauge RESIDENT_BYTES = "kentong_process_resident_bytes", "Memory of the process that is in use.";
    gauge MEMORY_LEFT_BYTES = "kentong_process_memory_left_bytes", "Memory that the process may still take: of its control group where that has a bound, of the machine else.";
    gauge START_SECONDS = "kentong_start_timestamp_seconds", "When the process became ready, as Unix time.";
    gauge BACKUP_SECONDS = "kentong_backup_last_success_timestamp_seconds", "When the last whole backup of this data folder was made, as Unix time; 0 without one.";
    counter_by BACKUPS = "kentong_backups_total", "Backups that this process made or failed to make, by outcome (whole, gaps: something was damaged before, failed).", "outcome";

    // mtproto: key exchange, envelopes, sessions.
    counter_by HANDSHAKE_FAILED = "kentong_mtproto_handshake_failed_total", "Key exchanges that failed, by reason.", "reason";
    counter HANDSHAKE_DONE = "kentong_mtproto_handshake_done_total", "Key exchanges that ended with a stored key.";
    counter_by ENVELOPE_REFUSED = "kentong_mtproto_envelope_refused_total", "Encrypted messages refused before any field was read or because of their shape, by reason.", "reason";
    counter_by BAD_MESSAGE = "kentong_mtproto_bad_message_total", "bad_msg_notification sent, by error code.", "code";

    // store: the committer and the engine.
    histogram STORE_COMMIT_SECONDS = "kentong_store_commit_seconds", "From enqueueing a batch to its durability.", SECONDS;
    histogram STORE_WAIT_SECONDS = "kentong_store_wait_seconds", "From enqueueing a batch to the beginning of the group commit that takes it.", SECONDS;
    histogram STORE_SYNC_SECONDS = "kentong_store_sync_seconds", "One group commit of the engine, its fsync included; stalls show here.", SECONDS;
    histogram STORE_GROUP_BATCHES = "kentong_store_group_batches", "Batches that shared one fsync.", PIECES;
    gauge STORE_QUEUE_BYTES = "kentong_store_queue_bytes", "Bytes waiting for the committer.";
    counter_by STORE_REFUSED = "kentong_store_refused_total", "Batches refused because the queue was past its bound or the disk is full, by class.", "class";
    gauge STORE_READ_ONLY = "kentong_store_read_only", "1 while the store takes no writes (disk nearly full, engine failed, closing).";
    gauge STORE_FREE_BYTES = "kentong_store_free_bytes", "Free bytes on the disk of the store.";
    histogram STORE_STALL_SECONDS = "kentong_store_stall_seconds", "Pauses of the committer while the engine's tables piled up.", SECONDS;
    counter STORE_DAMAGED = "kentong_store_damaged_total", "Records found damaged when read; the log names them.";
    counter STORE_REOPENED = "kentong_store_reopened_total", "Times the engine failed and was reopened.";

    // bus.
    counter BUS_PUBLISHED = "kentong_bus_published_total", "Signals published.";
    counter BUS_DROPPED = "kentong_bus_dropped_total", "Signals a slow listener lost; heads are read again every few seconds.";

    // platform.
    counter SIGN_UPS = "kentong_platform_sign_ups_total", "Accounts made.";
    counter DOOR_NUMBERS = "kentong_platform_door_numbers_total", "Numbers of this server's own given to newcomers.";
    gauge WAITING_ROOM_PLACES = "kentong_platform_waiting_room_places", "Newcomers in the waiting room.";
    counter WAITING_ROOM_ADMITTED = "kentong_platform_waiting_room_admitted_total", "Newcomers let in from the waiting room.";
    counter WAITING_ROOM_FULL = "kentong_platform_waiting_room_full_total", "Newcomers sent away because the waiting room, or the part of it that one address may fill, was full.";
    counter SIGN_INS = "kentong_platform_sign_ins_total", "Devices signed in, imported authorisations and new accounts included.";
    counter_by LOGIN_CODES = "kentong_platform_login_codes_total", "Login codes sent, by road (app: to the person's other devices; delivery: through the port; door: shown to whoever proved to be the holder).", "road";
    counter_by MAILS = "kentong_platform_mails_total", "Mails with codes, by what became of them (sent, failed, dropped).", "outcome";
    counter LOGIN_CODES_WRONG = "kentong_platform_login_codes_wrong_total", "Wrong login codes given.";
    counter PASSWORDS_WRONG = "kentong_platform_passwords_wrong_total", "Wrong second passwords given.";
    counter_by PEOPLE_LIMITED = "kentong_platform_people_limited_total", "Acts refused or not told on because somebody was past a bound, by act.", "act";
    counter MESSAGES_SENT = "kentong_platform_messages_sent_total", "Messages acknowledged to their senders.";

    counter LETTERS_TAKEN = "kentong_platform_letters_taken_total", "Letters between mailboxes taken to their recipients, where deeds travel by letter.";
    counter LETTERS_FAILED = "kentong_platform_letters_failed_total", "Times the letters of a person could not all be taken and were tried again.";
    counter LETTERS_UNREADABLE = "kentong_platform_letters_unreadable_total", "Letters that nobody can read any more; they are passed over and stay for the doctor.";
    counter LETTERS_REFUSED = "kentong_platform_letters_refused_total", "Deeds refused because too many letters of a person waited.";

    // pictures.
    counter_by PICTURES_REFUSED = "kentong_pictures_refused_total", "Pictures that were not made smaller because too many waited, by reason.", "reason";
    counter UPLOAD_PARTS = "kentong_platform_upload_parts_total", "Parts of uploads kept.";
    counter_by MEDIA_LIMITED = "kentong_platform_media_limited_total", "Uploads refused because a person was past a bound: uploads under way, their bytes, or the quota.", "bound";
    counter MEDIA_READ_BYTES = "kentong_platform_media_read_bytes_total", "Bytes of media given out.";
    counter_by MEDIA_DAMAGED = "kentong_platform_media_damaged_total", "Reads of files that found an object missing, cut short or changed, by whose: a medium's or an upload's; the log names it.", "what";
    counter_by MEDIA_REMOVED = "kentong_platform_media_removed_total", "Media that nobody held, and uploads that rested too long, removed.", "what";

    // api.
    counter_by RPC_CALLS = "kentong_api_calls_total", "Requests answered, by outcome: ok or the code of the error.", "outcome";
    histogram RPC_SECONDS = "kentong_api_call_seconds", "From the start of a request to its answer.", SECONDS;

    // gateway.
    gauge CONNECTIONS_OPEN = "kentong_gateway_connections_open", "Open connections of every kind.";
    gauge CONNECTIONS_NEWCOMERS = "kentong_gateway_connections_newcomers", "Open connections of the protocol in the newcomers' runtime: nobody is signed in on them.";
    gauge PRESSURE = "kentong_gateway_pressure", "How much is refused to spare what is urgent: 0 nothing, 100 all that C3 may lose, 200 all that C2 may lose, too.";
    counter_by REFUSED = "kentong_gateway_refused_total", "What was turned away because there was not enough for all, by class: C0 connections past a bound, C2 key exchanges, sign-ins and sign-ups, C3 the rest; key: a key past its pace.", "class";
    gauge NEWCOMERS_BEARABLE = "kentong_gateway_newcomers_per_minute", "Newcomers a minute that an overloaded server lets in; 0 while it bears as many as come.";
    gauge GATE_WAITING = "kentong_gateway_gate_waiting", "Key exchanges that wait for their turn.";
    gauge GATE_WINDOW = "kentong_gateway_gate_window", "Key exchanges that may be under way at once.";
    gauge GATE_UNDER_WAY = "kentong_gateway_gate_under_way", "Key exchanges that are under way.";
    histogram GATE_WAIT_SECONDS = "kentong_gateway_gate_wait_seconds", "How long key exchanges waited for their turn, those that did not get it included.", SECONDS;
    histogram CRYPTO_WAIT_SECONDS = "kentong_gateway_crypto_wait_seconds", "From queueing a job of a key exchange to its beginning.", SECONDS;
    histogram DISPATCH_WAIT_SECONDS = "kentong_gateway_dispatch_wait_seconds", "How long a task waits until a thread takes it up, by probes.", SECONDS;
    histogram NEWCOMERS_DISPATCH_WAIT_SECONDS = "kentong_gateway_newcomers_dispatch_wait_seconds", "The same in the newcomers' runtime.", SECONDS;
    histogram DELIVERY_SECONDS = "kentong_gateway_delivery_seconds", "From the news that a mailbox moved to what moved being with the sessions of its person.", SECONDS;
    counter_by CONNECTIONS_ACCEPTED = "kentong_gateway_connections_accepted_total", "Connections accepted, by transport once it is known.", "transport";
    counter_by CONNECTIONS_CLOSED = "kentong_gateway_connections_closed_total", "Connections the server closed, by reason.", "reason";
    counter UPDATES_PUSHED = "kentong_gateway_updates_pushed_total", "Updates written to sessions.";
    counter UPDATES_LEFT_OUT = "kentong_gateway_updates_left_out_total", "Updates left out because a session had no connection or a slow reader; it is told to fetch the difference.";
    counter_by TLS_HANDSHAKES = "kentong_tls_handshakes_total", "TLS handshakes, by outcome (acme: an ACME server looked whether the name leads here).", "outcome";
    gauge TLS_CERTIFICATE_ENDS = "kentong_tls_certificate_ends_timestamp_seconds", "When the present certificate ends, as Unix time; 0 without one.";
    gauge SESSIONS_OPEN = "kentong_gateway_sessions", "Sessions in memory, with or without a connection.";
    gauge PUMPS = "kentong_gateway_pumps", "People whose updates are followed on this node.";
    gauge RPC_IN_FLIGHT = "kentong_gateway_rpc_in_flight", "Requests under way.";
    counter RPC_PANICS = "kentong_gateway_rpc_panics_total", "Requests whose handler panicked; their clients got an error.";
}

/// The registry of this process, holding the whole inventory.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    for metric in INVENTORY {
        registry.register(metric.collector()).expect("a test renders the whole inventory, so no name appears twice");
    }
    registry
});

/// Everything in the text format of Prometheus.
#[must_use]
pub fn render() -> String {
    TextEncoder::new().encode_to_string(&REGISTRY.gather()).unwrap_or_default()
}

/// The inventory as the Markdown of `docs/metrics.md`.
#[must_use]
pub fn documentation() -> String {
    let mut text = String::from(
        "# Metrics\n\nServed at `/metrics` in the text format of Prometheus. Generated from `crates/metrics/src/lib.rs` by\n\
         `KENTONG_BLESS=1 cargo test -p kentong-metrics`; a test compares.\n\n\
         | name | kind | label | meaning |\n|---|---|---|---|\n",
    );
    for metric in INVENTORY {
        let Description { name, help, kind, label } = metric.description();
        let label = label.map(|label| format!("`{label}`")).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{name}` | {kind} | {label} | {help} |");
    }
    text
}
