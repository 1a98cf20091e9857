//! Every bound of the fleet, with its unit.

use std::time::Duration;

/// Calls of one client that wait to be written, in calls.
pub const COMMANDS_MAX: usize = 256;
/// Calls of one client without an answer, in calls: well below what a server lets a session have.
pub const CALLS_IN_FLIGHT_MAX: usize = 512;
/// Calls put into one container, in calls.
pub const CONTAINER_MAX_MESSAGES: usize = 100;
/// Bytes after which a container takes no further call.
pub const CONTAINER_MAX_BYTES: usize = 64 * 1024;
/// Bytes waiting to be written after which no further call is taken.
pub const OUTBOX_MAX_BYTES: usize = 1024 * 1024;
/// Messages after which their arrival is acknowledged at once.
pub const ACKS_WAITING_MAX: usize = 256;
/// Most that a packed answer may inflate to, in bytes.
pub const ANSWER_MAX_BYTES: usize = 16 * 1024 * 1024;
/// How often acknowledgements and pings go out.
pub const TICK: Duration = Duration::from_millis(500);
/// A server from which nothing comes for so long, although it owes answers, is dialled anew.
pub const SILENCE: Duration = Duration::from_secs(12);
/// The pause before dialling again.
pub const REDIAL: Duration = Duration::from_millis(20);
/// A dialled server must take the connection within this time.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(5);
/// One step of a key exchange may take so long.
pub const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// Key exchanges tried before giving up, in exchanges.
pub const EXCHANGE_ATTEMPTS: usize = 200;
/// How often a call that is told to come back comes back, in attempts.
pub const PERSISTENCE: usize = 600;
/// Longest pause before coming back, whatever the server says: less patient than any real client.
pub const COME_BACK_MAX: Duration = Duration::from_millis(250);
/// The pause between two counts of acknowledgements.
pub const ACKS_NAP: Duration = Duration::from_millis(5);
/// A server must be ready within this time.
pub const READY_TIMEOUT: Duration = Duration::from_secs(120);
/// A server must have ended within this time.
pub const END_TIMEOUT: Duration = Duration::from_secs(60);
/// An order on the command line must be done within this time.
pub const ORDER_TIMEOUT: Duration = Duration::from_secs(120);
/// What is under way must be answered within this time once the server is well.
pub const FINISH_TIMEOUT: Duration = Duration::from_secs(180);
/// Lines of a server's log that are kept for whoever has to find out, in lines.
pub const LOG_LINES_KEPT: usize = 100;
/// Things found wrong that are told in words, in findings; the rest is counted.
pub const FINDINGS_KEPT: usize = 20;
/// The pts of a mailbox in which nothing has happened.
pub const FIRST_PTS: i32 = 1;
/// Messages asked for in one page of a history, in messages.
pub const PAGE_MESSAGES: i32 = 100;
/// Pages of one history or difference, in pages: a million messages.
pub const PAGES_MAX: usize = 10_000;
