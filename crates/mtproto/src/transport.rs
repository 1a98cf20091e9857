//! Transports: what is a frame in a stream of bytes, and back.
//!
//! Page "mtproto/mtproto-transports" (abridged, intermediate, padded intermediate, full, obfuscation). A connection's first
//! bytes say which one it is ([`detect`]); from then on one [`Codec`] cuts frames out of the caller's buffer and writes
//! frames into the caller's buffer. The codec keeps no buffer of its own, so that an idle connection costs its state only.
//!
//! What a frame holds is not looked at, with one exception: the padded transport hides how much of a frame is padding,
//! and only the message inside tells.

mod codec;
mod detect;
mod framing;
mod obfuscation;

pub use codec::{Codec, Frame, FrameStart};
pub use detect::{Detection, Surface, detect};
pub use framing::{Framing, TransportError};
pub use obfuscation::Obfuscation;

/// The key that a frame names does not exist, or a key exchange failed (T3, K2). Clients throw their key away on it.
pub const ERROR_KEY_NOT_FOUND: i32 = -404;

#[cfg(test)]
mod tests;
