//! The entries of the fuzz targets `media` and `letters`: any bytes as a file reference, as what is stored of media, as parts
//! of an upload; as a letter, its key, and what a letter leads to in a mailbox. None may panic; what is read is written as
//! it was, and an upload is whole as its folder says.

use crate::codec::{self, Stored};
use crate::keys::user_suffix;
use crate::mailbox::{ChangeRecord, Dialog, Event, Head, Message, keys as suffix};
use crate::media::fuzzing::{file_reference, parts, records};
use crate::outbox::{Letter, Number};

/// Bytes of a letter's key under its sender: what it is, its number, its recipient.
const LETTER_KEY_BYTES: usize = 1 + 8 + 8;

/// Takes any bytes.
///
/// # Panics
/// When what was read is not what is written again: what fuzzing looks for.
pub fn media(input: &[u8]) {
    file_reference(input);
    records(input);
    parts(input);
}

/// Takes any bytes.
///
/// # Panics
/// When what was read is not what is written again: what fuzzing looks for.
pub fn letters(input: &[u8]) {
    again::<Letter>(input);
    again::<Number>(input);
    again::<Message>(input);
    again::<Event>(input);
    again::<ChangeRecord>(input);
    again::<Dialog>(input);
    again::<Head>(input);
    if let Some((number, to)) = suffix::letter_parts(input)
        && input.len() == LETTER_KEY_BYTES
        && input.first() == Some(&user_suffix::LETTER)
    {
        assert_eq!(suffix::letter(number, to), input, "the key of a letter has one form");
    }
}

/// What was read can be written and read again, as the same.
pub(crate) fn again<T: Stored>(input: &[u8]) {
    let Ok(read) = codec::decode::<T>(input) else { return };
    let written = codec::encode(&read);
    let second = codec::decode::<T>(&written).expect("what is written can be read");
    assert_eq!(codec::encode(&second), written, "writing is stable");
}

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

#[cfg(test)]
mod tests {
    /// Mutations of each corpus, in runs of the entry.
    const MUTATIONS: u64 = 50_000;

    #[test]
    fn corpus() {
        super::replay::replay("media", MUTATIONS, super::media);
        super::replay::replay("letters", MUTATIONS, super::letters);
    }
}
