//! Every bound of the platform, with its unit.

pub mod chats;
pub mod mailbox;
pub mod media;
pub mod outbox;

/// Auth keys kept in memory besides those in use, in keys.
pub const AUTH_KEY_CACHE_ITEMS: usize = 100_000;
/// Parts of the list of auth keys in use, each with a lock of its own.
pub const AUTH_KEY_SHARDS: usize = 64;
/// A part with fewer keys than this is not looked through for those that nobody uses any more.
pub const AUTH_KEYS_SWEPT_FROM: usize = 64;
/// Profiles kept in memory, in people.
pub const PROFILE_CACHE_ITEMS: usize = 100_000;
/// Longest life of a temporary key that is honoured, in seconds; clients ask for one day, Telegram's page shows a week.
pub const TEMPORARY_KEY_MAX_SECONDS: i32 = 30 * 24 * 3600;
/// Temporary keys bound to one permanent key at a time, in keys.
pub const TEMPORARY_KEYS_PER_KEY_MAX: usize = 32;
/// Times an id drawn at random may collide before the operation is given up, in attempts.
pub const ID_ATTEMPTS_MAX: usize = 16;
/// People and how they stand to each other kept in memory, in pairs of people.
pub const RELATION_CACHE_ITEMS: usize = 300_000;
/// People whose coming and going is remembered, in people.
pub const PRESENCE_ITEMS: usize = 200_000;
/// Times a record that others change too is read and written again, in attempts.
pub const CONFLICT_ATTEMPTS_MAX: usize = 16;
/// Bytes read by one page of a scan of people's records.
pub const PEOPLE_SCAN_MAX_BYTES: usize = 1024 * 1024;
/// Fewest digits of a phone number.
pub const PHONE_MIN_DIGITS: usize = 5;
/// Most digits of a phone number (E.164).
pub const PHONE_MAX_DIGITS: usize = 15;
/// Shortest username, in characters.
pub const USERNAME_MIN_CHARS: usize = 5;
/// Longest username, in characters.
pub const USERNAME_MAX_CHARS: usize = 32;
/// Letters of a username that a search must give; also what parts its index, so on-disk format.
pub const USERNAME_SEARCH_MIN_CHARS: usize = 3;
/// Longest first or last name, in characters.
pub const NAME_MAX_CHARS: usize = 64;
/// Longest line under a name, in characters (`about_length_limit_default`).
pub const ABOUT_MAX_CHARS: usize = 70;
/// Photos of a person that are kept, in photos; they stand in the profile.
pub const PROFILE_PHOTOS_MAX: usize = 100;
/// Contacts in one address book, in people.
pub const CONTACTS_MAX: usize = 10_000;
/// Entries in one upload of an address book, in entries.
pub const CONTACTS_PER_IMPORT: usize = 1_000;
/// Contacts written by one batch: two records each.
pub const CONTACTS_PER_BATCH: usize = 200;
/// Contacts of one upload that are told one by one; past it the other devices read the whole book again.
pub const CONTACT_NEWS_MAX: usize = 20;
/// People one person may block, in people.
pub const BLOCKED_MAX: usize = 10_000;
/// People who hear at once that somebody changed their name, in people.
pub const NEWS_FAN_OUT_MAX: usize = 200;
/// People looked at when somebody comes or leaves, in people.
pub const STATUS_FAN_OUT_MAX: usize = 500;
/// Dialogs whose other side hears when somebody comes or leaves, in dialogs.
pub const STATUS_DIALOGS_MAX: i32 = 100;
/// How long one sign of life counts, in seconds (`online_cloud_timeout_ms`).
pub const ONLINE_SECONDS: i32 = 300;
/// How often the time of the last sign of life is written, in seconds.
pub const LAST_SEEN_INTERVAL_SECONDS: i32 = 600;
/// How often a device's last sign of life is written, in seconds.
pub const ACTIVE_INTERVAL_SECONDS: i32 = 3600;
/// Rules for one privacy key, in rules.
pub const PRIVACY_RULES_MAX: usize = 16;
/// People and groups named by the rules of one key.
pub const PRIVACY_NAMED_MAX: usize = 1_000;
/// The rules of all keys together, in encoded bytes: they are one record, within `store::limits::VALUE_MAX_BYTES`.
pub const PRIVACY_MAX_BYTES: usize = 60 * 1024;
/// Peers with notification settings of their own, in peers.
pub const NOTIFY_EXCEPTIONS_MAX: usize = 1_000;
/// Peers whose media are saved in a way of their own, in peers.
pub const AUTO_SAVE_EXCEPTIONS_MAX: usize = 1_000;
/// Suggestions a person dismissed that are remembered, in suggestions: the oldest gives way.
pub const DISMISSED_SUGGESTIONS_MAX: usize = 64;
/// Longest name of a suggestion, and longest emoji of a reaction, in bytes.
pub const SHORT_NAME_MAX_BYTES: usize = 64;
/// Reports by one person in [`FLOOD_WINDOW_SECONDS`].
pub const REPORTS_PER_PERSON: u32 = 60;
/// Reports of one person that are kept, in reports; the rest is a count.
pub const REPORTS_KEPT_PER_PERSON: usize = 20;
/// Longest comment of a report, in characters.
pub const REPORT_COMMENT_MAX_CHARS: usize = 512;
/// Messages named by one report, in messages.
pub const REPORT_MESSAGES_MAX: usize = 100;
/// Title and data of a notification's sound together, in bytes.
pub const SOUND_NAME_MAX_BYTES: usize = 512;
/// Addresses whose acts are counted, in counters.
pub const FLOOD_COUNTERS_ITEMS: usize = 100_000;
/// The time in which acts of an address are counted, in seconds.
pub const FLOOD_WINDOW_SECONDS: i32 = 3600;
/// Login codes one address may ask for in that time; many people may share one behind a carrier's NAT.
pub const CODES_PER_ADDRESS: u32 = 3_000;
/// Auth keys one address may make in that time: each is kept, whether or not anybody ever signs in with it.
pub const KEYS_PER_ADDRESS: u32 = 10_000;
/// Codes and invites one address may try in that time.
pub const TRIES_PER_ADDRESS: u32 = 6_000;
/// Phone numbers one person may look up in that time, uploads of address books included.
pub const LOOK_UPS_PER_PERSON: u32 = 10_000;
/// Comings and goings of one person that are told to others in that time.
pub const STATUS_NEWS_PER_PERSON: u32 = 600;
/// Changes of one person's profile that are told to others in that time.
pub const PROFILE_NEWS_PER_PERSON: u32 = 60;
/// Digits of a login code.
pub const CODE_DIGITS: u32 = 6;
/// How long a login code counts, in seconds.
pub const CODE_SECONDS: i32 = 15 * 60;
/// The time in which codes for one number are counted, in seconds.
pub const CODE_WINDOW_SECONDS: i32 = 24 * 3600;
/// Codes for one number in that time.
pub const CODES_PER_PHONE: u32 = 30;
/// Wrong codes after which a code is worthless.
pub const CODE_TRIES: u32 = 5;
/// Wrong codes after which one that was shown at the door is worthless: more, since strangers can try while it counts.
pub const DOOR_CODE_TRIES: u32 = 20;
/// Smallest id of a person.
pub const USER_ID_MIN: i64 = 1_000_000_000;
/// One more than the greatest id of a person: clients' bounds lie between 10^12 and 2^52.
pub const USER_ID_MAX: i64 = 10_000_000_000;
/// Digits of an invite: longer than a login code.
pub const INVITE_DIGITS: u32 = 12;
/// Wrong guesses at invites in [`INVITE_GUESSES_SECONDS`], of everybody together, after which who guessed wrong waits.
pub const INVITE_GUESSES_WRONG: u32 = 120;
/// The time in which they are counted, in seconds.
pub const INVITE_GUESSES_SECONDS: i32 = 60;
/// Public pages and photos of people that one address looks at in [`FLOOD_WINDOW_SECONDS`].
pub const PAGES_PER_ADDRESS: u32 = 3_000;
/// Devices one person is signed in with, imported keys included, before more come in only with a login code.
pub const DEVICES_MAX: usize = 1_000;
/// Devices signed out by one batch, in devices: three records each, within `store::limits::BATCH_MAX_RECORDS`.
pub const DEVICES_PER_BATCH: usize = 300;
/// Seconds in the FLOOD_WAIT of a device that finds no room.
pub const DEVICES_FULL_WAIT_SECONDS: u32 = 3600;
/// Bytes of the token that carries an authorisation to another DC.
pub const EXPORT_TOKEN_BYTES: usize = 64;
/// How long that token counts, in seconds.
pub const EXPORT_SECONDS: i32 = 600;
/// Records in one page of what the operator lists.
pub const ADMIN_PAGE: usize = 1_000;
/// Sign-ups of one network that wait for the operator, in numbers; a village may share one.
pub const PENDING_PER_VISITOR: usize = 200;
/// Seconds in the FLOOD_WAIT of a newcomer from a network of which so many wait.
pub const PENDING_FULL_WAIT_SECONDS: u32 = 3600;
/// Sign-ups that wait which are counted, in numbers.
pub const PENDING_COUNTED_MAX: usize = 100_000;
/// How long a count of all people counts, in seconds.
pub const CENSUS_SECONDS: i32 = 600;
/// Pages of [`ADMIN_PAGE`] people in one part of the list, at most: a hundred million people.
pub const CENSUS_PAGES_MAX: usize = 6_250;
/// Sign-ups of a while that are counted, in people.
pub const ARRIVALS_COUNTED_MAX: u64 = 100_000;
/// Largest profile photo that a public page shows, in bytes.
pub const PUBLIC_PHOTO_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How long an administrator who proved to be there may act before they prove it again, in seconds.
pub const STEWARD_SECONDS: i32 = 15 * 60;
/// Keys on which administrators proved it that are remembered, in keys.
pub const STEWARD_KEYS_ITEMS: usize = 1_024;
/// People looked at by one search of the operator, in people; the next one goes on where it ended.
pub const ADMIN_SEARCH_MAX: usize = 20_000;
/// Longest text an operator searches for, in characters.
pub const ADMIN_SEARCH_MAX_CHARS: usize = 100;
/// Push tokens of one device, in tokens.
pub const PUSH_TOKENS_MAX: usize = 10;
/// Longest push token, in bytes (web push tokens are JSON).
pub const PUSH_TOKEN_MAX_BYTES: usize = 4_096;
/// How long a contact link counts, in seconds.
pub const CONTACT_TOKEN_SECONDS: i32 = 24 * 3600;
/// Keys with a password check under way that are remembered, in keys.
pub const PASSWORD_CHECKS_ITEMS: usize = 20_000;
/// Password checks under way on one key: the oldest gives way.
pub const PASSWORD_CHECKS_PER_KEY: usize = 4;
/// Password checks begun on one key in [`FLOOD_WINDOW_SECONDS`].
pub const PASSWORD_CHECKS_BEGUN_PER_KEY: u32 = 300;
/// How long a password check may take, in seconds: people type passwords slowly.
pub const PASSWORD_CHECK_SECONDS: i32 = 15 * 60;
/// Wrong passwords for one person in [`PASSWORD_WINDOW_SECONDS`], counted apart for devices signed in and others, and by one
/// visitor at the door.
pub const PASSWORD_TRIES: u32 = 10;
/// The time in which tries are counted, in seconds.
pub const PASSWORD_WINDOW_SECONDS: i32 = 3600;
/// How long a device that gave the code may wait with the password, in seconds.
pub const PASSWORD_WAITING_SECONDS: i32 = 24 * 3600;
/// How long a reset without the password waits, in seconds.
pub const PASSWORD_RESET_SECONDS: i32 = 7 * 24 * 3600;
/// How long after a declined reset none can be asked for, in seconds.
pub const PASSWORD_RESET_RETRY_SECONDS: i32 = 24 * 3600;
/// Longest hint, in characters.
pub const PASSWORD_HINT_MAX_CHARS: usize = 255;
/// Random bytes a client adds to the first salt, in bytes; the page says 32.
pub const PASSWORD_SALT_ADDED_BYTES: std::ops::RangeInclusive<usize> = 32..=64;
/// Longest secret of encrypted documents, and its salt, in bytes.
pub const SECURE_SECRET_MAX_BYTES: usize = 256;
/// Longest life of a temporary password, and shortest, in seconds.
pub const TMP_PASSWORD_SECONDS: std::ops::RangeInclusive<i32> = 60..=24 * 3600;
/// Longest address of mail, in bytes.
pub const EMAIL_MAX_BYTES: usize = 254;
/// How long a code sent by mail counts, in seconds.
pub const MAIL_CODE_SECONDS: i32 = 3600;
/// Codes mailed to one person in [`FLOOD_WINDOW_SECONDS`].
pub const MAILS_PER_PERSON: u32 = 5;
/// Devices of a person that are asked for its language, in devices.
pub const LANGUAGE_DEVICES_MAX: usize = 16;
/// How long an account counts as new, in seconds: its first recovery code belongs to the coming in and is no news.
pub const NEW_ACCOUNT_SECONDS: i32 = 15 * 60;
/// How long a login token (QR code) counts, in seconds; devices then show a new one.
pub const LOGIN_TOKEN_SECONDS: i32 = 30;
/// How long a device at another DC has to go on at home after it was let in, in seconds.
pub const LET_IN_SECONDS: i32 = 600;
/// Days of silence after which a device may be signed out, at most.
pub const AUTHORIZATION_TTL_MAX_DAYS: i32 = 366;
/// Days of silence after which a device is signed out unless another count was set.
pub const AUTHORIZATION_TTL_DEFAULT_DAYS: i32 = 183;
/// Days of absence after which an account may be deleted, at least and at most.
pub const ACCOUNT_TTL_DAYS: std::ops::RangeInclusive<i32> = 30..=730;
/// Days of absence after which an account is deleted unless another count was set.
pub const ACCOUNT_TTL_DEFAULT_DAYS: i32 = 548;
/// Seconds in the FLOOD_WAIT of somebody whose picture finds the queue full.
pub const PICTURES_WAIT_SECONDS: u32 = 5;
/// Messages of a deleted account whose media are let go by one batch, in messages: two records each.
pub const RELEASE_BATCH_MESSAGES: usize = 400;
/// How long a proof of work counts, in seconds.
pub const CHALLENGE_SECONDS: i32 = 10 * 60;
/// The most work asked of anybody, in zero bits: a phone of today takes minutes for it.
pub const PROOF_OF_WORK_MAX_BITS: u32 = 24;
/// Numbers given to one address in [`FLOOD_WINDOW_SECONDS`] before the work grows, and again each time they doubled.
pub const NUMBERS_PER_WORK_STEP: u32 = 32;
/// Challenges given to one address in that time before the work grows, likewise: more, since not everybody goes on.
pub const CHALLENGES_PER_WORK_STEP: u32 = 64;
/// Challenges given to one key in that time.
pub const CHALLENGES_PER_KEY: u32 = 30;
/// Numbers of this server's own given to one address in that time.
pub const NUMBERS_PER_ADDRESS: u32 = 1_000;
/// Challenges one key may use in [`CHALLENGE_SECONDS`].
pub const NUMBERS_PER_KEY: usize = 10;
/// Digits of this server's own numbers after the prefix.
pub const RESERVED_DIGITS: u32 = 9;
/// How long a number is kept for the key that it was given to, in seconds.
pub const RESERVATION_SECONDS: i32 = 3600;
/// How long it is kept while the operator decides, in seconds.
pub const RESERVATION_PENDING_SECONDS: i32 = 30 * 24 * 3600;
/// How long a number rests after its account was deleted, in seconds: a year.
pub const NUMBER_REST_SECONDS: i32 = 366 * 24 * 3600;
/// Mails asked for at the door for one number in [`CODE_WINDOW_SECONDS`], by whoever asks.
pub const DOOR_MAILS_PER_PHONE: u32 = 12;
/// Of these by one visitor.
pub const DOOR_MAILS_PER_VISITOR: u32 = 6;
/// Wrong codes after which a code from such a mail is worthless to everybody; to whoever tried it is after [`CODE_TRIES`].
pub const DOOR_MAIL_TRIES: u32 = 15;
/// Wrong passwords at the door for one number in [`PASSWORD_WINDOW_SECONDS`], by whoever tries; [`PASSWORD_TRIES`] by one
/// visitor.
pub const DOOR_PASSWORDS_PER_PHONE: u32 = 100;
/// Bytes of an IPv6 address that tell one visitor of the door from another, in bytes.
pub const VISITOR_V6_BYTES: usize = 6;
/// Letters of a recovery code: five bits each.
pub const RECOVERY_CODE_LETTERS: usize = 24;
/// Places in the waiting room, in newcomers.
pub const WAITING_PLACES_MAX: usize = 65_536;
/// Places of one address, in newcomers; a village may share one.
pub const WAITING_PLACES_PER_ADDRESS: u32 = 1_024;
/// Newcomers in the waiting room at which the work at the door grows by one bit; by another each time they double.
pub const WAITING_PER_WORK_STEP: usize = 256;
/// How long a place is kept for somebody who does not ask when they were told to, in milliseconds.
pub const WAITING_GRACE_MS: i64 = 30_000;
/// How often those who stopped asking are looked for, in milliseconds.
pub const WAITING_SWEEP_MS: i64 = 10_000;
/// How long whoever was let in has to come in, in milliseconds.
pub const WAITING_ADMITTED_MS: i64 = 30 * 60 * 1000;
/// Newcomers let in who have no account yet, in newcomers.
pub const WAITING_ADMITTED_MAX: usize = 200_000;
/// The part of a minute's newcomers that may come together when nobody came before.
pub const WAITING_TOGETHER_PART: u32 = 10;
/// The longest time until somebody who waits is to ask again, in seconds.
pub const WAITING_ASK_MAX_SECONDS: u32 = 50;
/// Invites one person may take back for new ones in [`FLOOD_WINDOW_SECONDS`]: each stays on the disk.
pub const INVITE_RENEWALS_PER_PERSON: u32 = 20;
