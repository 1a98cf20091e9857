//! Bounds of letters between mailboxes.

use std::time::Duration;

/// Letters of one person that wait to be taken to others, in letters; past it what needs one more is refused.
pub const LETTERS_MAX: usize = 10_000;
/// Of those, letters to one recipient: who cannot be reached keeps nobody from writing to others.
pub const LETTERS_TO_ONE_MAX: usize = 5_000;
/// What is asked of somebody with too many letters waiting, in seconds.
pub const LETTERS_WAIT_SECONDS: u32 = 5;
/// Letters read from an outbox at a time, and taken to one recipient in one batch, in letters: a message costs up to four
/// records and stays within `store::limits::BATCH_MAX_RECORDS`.
pub const LETTERS_PAGE: usize = 200;
/// Bytes of letters read at a time, in bytes: with the keys a page fits into one batch.
pub const LETTERS_PAGE_BYTES: usize = 512 * 1024;
/// Pages of one outbox taken in one go before others get their turn, in pages.
pub const LETTERS_PAGES_MAX: usize = 16;
/// Recipients to whom one sender's letters are taken at the same time, in recipients.
pub const RECIPIENTS_AT_ONCE: usize = 16;
/// Senders whose letters are taken at the same time, in senders.
pub const CARRIERS_MAX: usize = 256;
/// Senders known to have new letters, in senders; past it they are found when all are looked through.
pub const RUNG_MAX: usize = 100_000;
/// Times the letters of a sender are tried before they rest until all are looked through again, in attempts.
pub const CARRY_ATTEMPTS: u32 = 4;
/// Pause after the first failure; it doubles with each more.
pub const CARRY_PAUSE: Duration = Duration::from_millis(25);
/// Time between two looks through everybody with letters: what no bell told of is found then.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// Looks during which somebody wrote no letter before they are no longer listed as a writer, in looks.
pub const QUIET_LOOKS: u32 = 16;
/// Times a drain that was asked for goes on after a failure, in attempts.
pub const DRAIN_ATTEMPTS: usize = 4;
/// Letters that nobody can read of which the log tells in one life of the process, in letters.
pub const UNREADABLE_MAX: usize = 1_000;
/// Places of a conversation's index looked at in one step of the search for a copy, in messages.
pub const COPY_SEARCH_PAGE: usize = 128;
/// Most such steps of one search, in pages. The ranges halve, so that a search reads no more than the conversation: this one is bound to end
/// only where over a million messages stand between those that came by letter.
pub const COPY_SEARCH_PAGES: usize = 8_192;
