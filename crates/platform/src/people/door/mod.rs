//! The door for people without a phone: a number of this server's own, and its login codes.
//!
//! A newcomer does a proof of work ([`challenge`]) and is given a number with the reserved prefix ([`reservation`]), which
//! belongs to their auth key until they sign up. No road leads to such a number: its login code is shown, at the door, to
//! the key that reserved it, or to whoever proves to be the account's holder by what they keep ([`proofs`]): the password,
//! the recovery code, or the address of mail on file. Nothing here tells whether a number is somebody's: a number that
//! nobody has is asked for the same proofs, counted the same way, and refused with the same words.

pub mod challenge;
pub mod proofs;
pub mod reservation;
pub(crate) mod tries;
