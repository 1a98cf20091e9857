//! The entry of the fuzz target `pictures`: any bytes as a picture. None may panic out of this crate, and what comes out must be pictures of
//! the sizes it claims.

use crate::{Coding, Order, inspect, shrink};

/// Larger pictures are only inspected here: a fuzzer wants many small ones.
const DECODED_MAX_PIXELS: u64 = 200_000;

/// Takes any bytes.
///
/// # Panics
/// When a copy is not what it claims to be: what fuzzing looks for.
pub fn pictures(input: &[u8]) {
    let Ok(header) = inspect(input) else { return };
    if header.pixels() > DECODED_MAX_PIXELS {
        return;
    }
    for order in [Order::photo(), Order::profile_photo(), Order::preview(Coding::Webp)] {
        let Ok(shrunk) = shrink::shrink(input, &order, || true) else { continue };
        assert_eq!(shrunk.header, header, "the header says what is decoded");
        for made in &shrunk.made {
            let copy = inspect(&made.bytes).expect("a copy is a picture");
            assert_eq!((copy.width, copy.height), (made.width, made.height));
        }
    }
}

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

#[cfg(test)]
mod tests {
    /// Mutations of the corpus, in runs of the entry.
    const MUTATIONS: u64 = 2_000;

    #[test]
    fn corpus() {
        super::replay::replay("pictures", MUTATIONS, super::pictures);
    }
}
