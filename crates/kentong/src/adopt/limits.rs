//! Every bound of `adopt`, with its unit.

/// Bytes read at once from the program being adopted; with the overlap, all that is ever in memory of it.
pub const CHUNK_BYTES: usize = 1024 * 1024;
/// The longest thing looked for: a key in PEM with generous line breaks. Windows overlap by this much.
pub const OVERLAP_BYTES: usize = 1024;
/// The longest text of an address: an IPv6 address that ends in an IPv4 one.
pub const ADDRESS_MAX_CHARS: usize = 45;
/// Keys and addresses in one program. TDLib has 3 and 17, Telegram Desktop 3 and 17; more than this is something else.
pub const PLACES_MAX: usize = 256;
/// Bytes of code searched for short pieces of addresses before the first long one and behind the last.
pub const CODE_AROUND_BYTES: u64 = 512;
/// Bytes of code in which all pieces of addresses are. Of TDLib's builds, the widest has 3 KiB.
pub const CODE_MAX_BYTES: u64 = 64 * 1024;
/// Long pieces of addresses in one program. TDLib's builds have up to 40.
pub const PIECES_MAX: usize = 512;
/// Bytes that one instruction takes from a string, before the rest comes as a piece.
pub const STRING_LOAD_BYTES: usize = 16;
