//! The entry of the fuzz target `media`: any bytes as a file reference, as what is stored of media, and as parts of an
//! upload. None may panic; what is read is written as it was, and an upload is whole as its folder says.

use crate::media::fuzzing::{file_reference, parts, records};

/// Takes any bytes.
///
/// # Panics
/// When what was read is not what is written again: what fuzzing looks for.
pub fn media(input: &[u8]) {
    file_reference(input);
    records(input);
    parts(input);
}

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

#[cfg(test)]
mod tests {
    /// Mutations of the corpus, in runs of the entry.
    const MUTATIONS: u64 = 50_000;

    #[test]
    fn corpus() {
        super::replay::replay("media", MUTATIONS, super::media);
    }
}
