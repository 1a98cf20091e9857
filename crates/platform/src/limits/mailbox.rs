//! Bounds of mailboxes and messages.

/// Mailboxes kept in memory, in mailboxes; one in use or with a commit under way is never evicted.
pub const MAILBOXES_MAX: usize = 20_000;
/// Mailboxes that are not in memory any more whose place is remembered (16 bytes each), for each that may be in memory.
pub const RESTING_PER_MAILBOX: usize = 16;
/// Events between two checkpoints of a mailbox's projections: the most that a load replays, in events.
pub const CHECKPOINT_EVENTS: usize = 256;
/// Changed dialogs that make a checkpoint due before that, in dialogs: with what one more write may change, a checkpoint
/// stays within `store::limits::BATCH_MAX_RECORDS`.
pub const CHECKPOINT_DIALOGS: usize = 400;
/// Places of messages in one run of a conversation's index, in places of at most 16 bytes.
pub const RUN_PLACES_MAX: usize = 256;
/// Runs that a look into the index reads first; each further page reads twice as many.
pub const RUNS_AT_ONCE: usize = 4;
/// Dialogs moved to or from the archive by one call, in dialogs.
pub const MOVES_MAX: usize = 200;
/// Recent events of a mailbox kept in memory for pushes, in events.
pub const RING_EVENTS: usize = 256;
/// What those may weigh together, in bytes of text and a flat sum each; older ones are read from the log.
pub const RING_BYTES: usize = 64 * 1024;
/// Sent messages whose `random_id` is remembered, in messages. A replay of an older one makes a new message.
pub const REPLAY_WINDOW_MESSAGES: usize = 16_384;
/// Events in which the `random_id`s of deleted messages are looked for after a restart, in events.
pub const REPLAY_WINDOW_EVENTS: usize = 16_384;
/// How long a `random_id` is remembered after a restart, in seconds.
pub const REPLAY_WINDOW_SECONDS: i32 = 24 * 3600;
/// How far back the event log reaches, in pts; a client further behind gets `differenceTooLong`.
pub const LOG_PTS_MAX: i32 = 1_000_000;
/// Entries trimmed from each log in one step, in records.
pub const LOG_TRIM_RECORDS: usize = 250;
/// By how much a restored mailbox goes on beyond its backup, in pts: more than may have happened since. There is room for
/// two hundred restores.
pub const RESTORED_PTS_JUMP: i32 = 10_000_000;
/// By how much the numbers of its messages go on beyond its backup, in ids.
pub const RESTORED_IDS_JUMP: i32 = 1_000_000;
/// How far back the second log reaches, in seconds.
pub const CHANGE_LOG_SECONDS: i32 = 30 * 24 * 3600;
/// Changes returned by one difference, in records; past it the oldest are left out (clients re-read what they show).
pub const DIFFERENCE_CHANGES_MAX: usize = 1_000;
/// Events in one slice of a difference, in events.
pub const DIFFERENCE_SLICE_EVENTS: usize = 500;
/// Encoded messages in one slice of a difference, in bytes.
pub const DIFFERENCE_SLICE_BYTES: usize = 768 * 1024;
/// Events behind which a push cursor is told to ask for the difference instead, in events.
pub const PUSH_EVENTS_MAX: usize = 2_000;
/// Bytes read by one page of a scan.
pub const PAGE_MAX_BYTES: usize = 512 * 1024;
/// Longest text of a message, in UTF-16 code units (`config.message_length_max`).
pub const MESSAGE_TEXT_MAX_UNITS: usize = 4_096;
/// Longest text of a message in bytes, whatever its units.
pub const MESSAGE_TEXT_MAX_BYTES: usize = 35 * 1024;
/// Longest record of a message or draft with its links and cards, in encoded bytes; a little below what the store takes,
/// because flags come later.
pub const RECORD_MAX_BYTES: usize = 60 * 1024;
/// Values of one batch, in bytes: with their keys and what is wrapped around them they stay within
/// `store::limits::BATCH_MAX_BYTES`. A message to a large group that does not fit is refused as too long.
pub const BATCH_VALUES_MAX_BYTES: usize = 3 * 1024 * 1024;
/// Longest words under a picture or file, in UTF-16 code units (`caption_length_limit_default`).
pub const CAPTION_MAX_UNITS: usize = 1_024;
/// Photos, videos or files in one album.
pub const ALBUM_MAX: usize = 10;
/// Entities in one message that a sender may give or the server may find, in entities.
pub const MESSAGE_ENTITIES_MAX: usize = 100;
/// Longest quote of a reply, in UTF-16 code units (`quote_length_max`).
pub const QUOTE_MAX_UNITS: usize = 1_024;
/// How long a sender may edit, in seconds (`config.edit_time_limit`). Saved Messages have no limit.
pub const EDIT_TIME_SECONDS: i32 = 48 * 3600;
/// Ids in one `messages.deleteMessages`, `getMessages`, `readMessageContents`, in ids.
pub const IDS_MAX: usize = 1_000;
/// Messages removed by one batch, in messages: own copies cost at most two records each (themselves and a run) and one event, the others' copies up to
/// three each, and both two more where they held a medium, within `store::limits::BATCH_MAX_RECORDS`.
pub const DELETE_BATCH_MESSAGES: usize = 100;
/// Voices and videos marked as played by one call, in messages.
pub const READ_CONTENTS_MAX: usize = 250;
/// Of those, written by one batch: each rewrites two copies of at most [`RECORD_MAX_BYTES`].
pub const READ_CONTENTS_BATCH: usize = 8;
/// Messages written by one batch (forwards, unpinning), in encoded bytes of the own copies: with the others' copies and the
/// keys they stay within `store::limits::BATCH_MAX_BYTES`.
pub const COPIES_BATCH_BYTES: usize = 256 * 1024;
/// Batches in one `messages.deleteHistory`; a client repeats the call for the rest.
pub const DELETE_HISTORY_BATCHES: usize = 50;
/// Messages in one `messages.forwardMessages` (`config.forwarded_count_max`).
pub const FORWARD_MAX: usize = 100;
/// Messages in one page of history or search, in messages.
pub const HISTORY_PAGE_MAX: usize = 100;
/// Messages that one search looks at before it answers with what it found, in messages.
pub const SEARCH_SCAN_MESSAGES: usize = 20_000;
/// Days in one `messages.getSearchResultsCalendar`, in days.
pub const CALENDAR_DAYS_MAX: usize = 100;
/// Places in one `messages.getSearchResultsPositions`, in messages.
pub const POSITIONS_MAX: usize = 100;
/// Words of a search that are looked at, in words.
pub const SEARCH_WORDS_MAX: usize = 16;
/// Longest search that is looked at, in characters.
pub const SEARCH_QUERY_MAX_CHARS: usize = 256;
/// Dialogs in one page of `messages.getDialogs`, in dialogs.
pub const DIALOGS_PAGE_MAX: usize = 100;
/// Pinned dialogs in the main list and in the archive, in dialogs (`dialogs_pinned_limit_default`).
pub const PINNED_DIALOGS_MAX: usize = 5;
/// Pinned dialogs in the archive, in dialogs (`dialogs_folder_pinned_limit_default`).
pub const PINNED_ARCHIVED_MAX: usize = 100;
/// Pinned dialogs of Saved Messages, in dialogs (`saved_dialogs_pinned_limit_default`).
pub const PINNED_SAVED_MAX: usize = 5;
/// Pinned messages remembered per dialog, in messages.
pub const PINNED_MESSAGES_MAX: usize = 1_000;
/// Folders a person may make, in folders (`dialog_filters_limit_default`).
pub const FILTERS_MAX: usize = 30;
/// Peers in each list of a folder, in peers (`dialog_filters_chats_limit_default`).
pub const FILTER_PEERS_MAX: usize = 100;
/// Longest title of a folder, in UTF-16 code units.
pub const FILTER_TITLE_MAX_UNITS: usize = 12;
/// Messages a person may send in one second on average before `FLOOD_WAIT`, in messages.
pub const SEND_RATE_PER_SECOND: i64 = 2_000;
/// Messages a person may send at once after a pause, in messages.
pub const SEND_BURST: i64 = 40_000;
/// Queues of senders; people share them by their numbers, in queues.
pub const TURN_LANES: usize = 1_024;
/// Shortest time between two typing notices of one person to one peer, in milliseconds.
pub const TYPING_INTERVAL_MS: i64 = 300;
/// Pairs whose last typing notice is remembered, in pairs.
pub const TYPING_PAIRS_MAX: usize = 10_000;
/// Events looked through for the time at which a message was read, in events.
pub const READ_DATE_SCAN_EVENTS: usize = 5_000;
/// How long the time of reading is told, in seconds (`pm_read_date_expire_period`).
pub const READ_DATE_SECONDS: i32 = 7 * 24 * 3600;
/// Times a read is repeated after a failed commit took its state away, in attempts.
pub const READ_ATTEMPTS: usize = 3;
