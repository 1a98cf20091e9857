//! The bounds of this crate, each with its unit.

/// Most wrappers (invokeWithLayer, initConnection, gzip …) around one query, in levels.
pub const WRAPPERS_MAX: usize = 16;
/// Most bytes a query may inflate to.
pub const QUERY_MAX_BYTES: usize = 1024 * 1024;
/// Most messages a query may wait for with invokeAfterMsgs.
pub const INVOKE_AFTER_MAX: usize = 1024;
/// Longest text kept of what a client says of itself (device model, versions, language), in characters.
pub const CLIENT_TEXT_MAX_CHARS: usize = 128;
/// Log entries in one pushed container of updates, in entries.
pub const PUSH_ITEM_ENTRIES_MAX: usize = 100;
/// Messages of groups whose rendering is kept for their other members, in messages: those of the last moment.
pub const PATTERNS_KEPT: usize = 64;
/// Members from which on a group's messages are rendered for many at once, in people: fewer are not worth the second writing.
pub const PATTERN_MEMBERS_MIN: usize = 8;
/// Layers of the api in which one rendering is kept, in layers; clients of more are told by translating each time.
pub const PATTERN_LAYERS_MAX: usize = 8;
/// People named by a message that is rendered for many at once, in people.
pub const STENCIL_PEOPLE_MAX: usize = 3;
/// Greatest number of a DC that clients are told of.
pub const DC_ID_MAX: i32 = 5;
/// Temporary keys that a client may name in one call, in keys.
pub const TEMP_KEYS_MAX: usize = 64;
/// Input users, phones or contacts in one call, in items.
pub const PEOPLE_PER_CALL_MAX: usize = 1_000;
/// People found by one search, in people.
pub const SEARCH_PEOPLE_MAX: usize = 100;
/// Blocked people in one page, in people.
pub const BLOCKED_PAGE_MAX: usize = 100;
/// Languages on offer, in languages.
pub const LANGUAGES_MAX: usize = 200;
/// Largest file of words, in bytes.
pub const LANGUAGE_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Words of one language, in keys.
pub const LANGUAGE_WORDS_MAX: usize = 40_000;
/// Longest key, in bytes.
pub const LANGUAGE_KEY_MAX_BYTES: usize = 256;
/// Longest words of one key, in bytes.
pub const LANGUAGE_WORD_MAX_BYTES: usize = 8 * 1024;
/// Keys in one `langpack.getStrings`, in keys.
pub const LANGUAGE_KEYS_PER_CALL_MAX: usize = 5_000;
/// Languages in one `messages.getEmojiKeywordsLanguages`, in languages.
pub const EMOJI_LANGUAGES_PER_CALL_MAX: usize = 100;
/// Login codes in one `account.invalidateSignInCodes`, in codes.
pub const SIGN_IN_CODES_MAX: usize = 100;
/// Random bytes in one `messages.getDhConfig`, in bytes.
pub const DH_RANDOM_MAX_BYTES: usize = 1024;
/// Longest note about a contact, in characters.
pub const CONTACT_NOTE_MAX_CHARS: usize = 128;
/// Profile photos in one call or page, in photos.
pub const PHOTOS_PER_CALL_MAX: usize = 100;
/// Bytes of a file hashed for one `upload.getFileHashes`.
pub const FILE_HASHES_BYTES: u32 = 1024 * 1024;
/// Kinds counted by one `messages.getSearchCounters`, in kinds: clients ask for those that exist, each once.
pub const SEARCH_COUNTERS_MAX: usize = 20;
/// Longest JSON text of one call of an extension, in bytes.
pub const EXTENSION_PARAMS_MAX_BYTES: usize = 64 * 1024;
/// Pages of a history taken away with somebody who is taken out of a group, in pages of 100 messages.
pub const FORGET_HISTORY_PAGES: usize = 20;
