//! Bounds of basic groups.

/// Members of a basic group (`config.chat_size_max`), in people.
pub const MEMBERS_MAX: usize = 200;
/// Longest title, in characters.
pub const TITLE_MAX_CHARS: usize = 128;
/// Longest description (`about_length_limit`), in characters.
pub const ABOUT_MAX_CHARS: usize = 255;
/// Groups kept in memory, in groups; one that is being written is never evicted.
pub const CHATS_KEPT: usize = 20_000;
/// People who were taken out of a group that it remembers, in people; the oldest give way.
pub const REMOVED_MAX: usize = 200;
/// Records of one write to a group, in records: with checks and the group's own ones they stay within
/// `store::limits::BATCH_MAX_RECORDS`.
pub const BATCH_RECORDS: usize = 1_900;
/// Records that one message (or its removal, or its edit) costs a mailbox at most: the message, its place, its event, and what
/// it held and holds.
pub const RECORDS_PER_COPY: usize = 6;
/// Mailboxes of a group that are read into memory at the same time, in mailboxes.
pub const LOADS_AT_ONCE: usize = 16;
/// Pages of a conversation looked through for a copy that is known by its author's number only, in pages of
/// `limits::outbox::COPY_SEARCH_PAGE` messages: what is older is left as it is.
pub const COPY_SEARCH_PAGES: usize = 64;
/// Messages whose authors are told that they were read by one call, in messages, from the newest.
pub const READ_TOLD_MESSAGES: usize = 200;
/// Most members of a group that says who has read a message (`chat_read_mark_size_threshold`), in people.
pub const READ_MARK_MEMBERS_MAX: usize = 100;
/// How long it is said who has read a message (`chat_read_mark_expire_period`), in seconds.
pub const READ_MARK_SECONDS: i32 = 7 * 24 * 3600;
/// Events looked through for the time at which a member read a message, in events.
pub const READ_MARK_SCAN_EVENTS: usize = 1_000;
/// Groups in one `messages.getCommonChats`, in groups.
pub const COMMON_CHATS_PAGE_MAX: usize = 100;
/// Groups in one `messages.getChats`, in groups.
pub const CHATS_PAGE_MAX: usize = 200;
/// Groups that one person may make in `limits::FLOOD_WINDOW_SECONDS`, in groups.
pub const CHATS_PER_PERSON: u32 = 50;
/// Invite links of one administrator of a group, in links, those taken back included.
pub const INVITES_PER_ADMIN: usize = 500;
/// Longest name of an invite link, in characters.
pub const INVITE_TITLE_MAX_CHARS: usize = 32;
/// Most uses of an invite link.
pub const INVITE_USES_MAX: i32 = 99_999;
/// Invite links in one page, in links.
pub const INVITES_PAGE_MAX: usize = 100;
/// People who came by a link in one page, in people.
pub const IMPORTERS_PAGE_MAX: usize = 100;
/// Members shown to somebody who looks at a link, in people.
pub const INVITE_SHOWN_MEMBERS: usize = 5;
/// Batches of histories removed at once when a group is deleted, a mailbox; the rest goes with the next call.
pub const ERASE_CALLS_MAX: usize = 64;
