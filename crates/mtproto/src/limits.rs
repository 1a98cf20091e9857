//! The bounds of the protocol's state machines, each with its unit.

// Transport.

/// Longest frame accepted, in bytes: a container of 1 MiB (the most that clients build) and its envelope.
pub const FRAME_MAX_BYTES: usize = 1024 * 1024 + 16 * 1024;
/// Shortest frame a client may send, in bytes: a plain message that holds a constructor.
pub const FRAME_MIN_BYTES: usize = 24;
/// Bytes that decide which transport a connection speaks.
pub const DETECT_MAX_BYTES: usize = 64;
/// Most random bytes that the padded transport adds behind a frame.
pub const FRAME_PADDING_MAX_BYTES: usize = 15;

// Envelope.

/// Least padding of an encrypted message, in bytes (page "mtproto/description").
pub const PADDING_MIN_BYTES: usize = 12;
/// Most padding of an encrypted message, in bytes (page "mtproto/description").
pub const PADDING_MAX_BYTES: usize = 1024;
/// Most blocks of 16 bytes that we add to the least padding, so that a length says less about a text.
pub const PADDING_EXTRA_BLOCKS_MAX: u8 = 3;
/// Longest plain message accepted, in bytes: all of them belong to the key exchange, and the longest takes about 400.
pub const PLAIN_MAX_BYTES: usize = 1024;
/// Most random bytes behind a plain request: what TDLib adds to hide which message it is.
pub const PLAIN_PADDING_MAX_BYTES: usize = 255;

// Key exchange.

/// How long a key exchange may take from its first message, in seconds (K14).
pub const HANDSHAKE_SECONDS: i64 = 60;
/// How often a client is asked for another `g_b` before the exchange fails (K12).
pub const HANDSHAKE_RETRIES: u8 = 3;
/// How many exchanges one connection may begin without finishing one: a client restarts, but not for ever.
pub const HANDSHAKE_STARTS: u8 = 8;
/// Longest lifetime of a temporary key, in seconds (K7). Clients ask for a day.
pub const TEMPORARY_KEY_MAX_SECONDS: i32 = 7 * 86_400;
/// Highest data centre that may be dialled; `dc_options` lists 1 to 5.
pub const DC_MAX: i32 = 5;
/// Most RSA keys that a server offers at once: the present one and those being retired.
pub const RSA_KEYS: usize = 4;
