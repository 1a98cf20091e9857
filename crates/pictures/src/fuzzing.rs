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
mod replay {
    use std::path::Path;

    use super::pictures;

    /// Mutations of the corpus, in runs of the entry.
    const MUTATIONS: u64 = 2_000;

    /// A small generator (xorshift), the same in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 as usize % bound.max(1)
        }
    }

    fn mutate(random: &mut Random, input: &mut Vec<u8>) {
        for _ in 0..=random.below(4) {
            let place = random.below(input.len());
            match random.below(4) {
                0 if !input.is_empty() => input[place] ^= 1 << random.below(8),
                1 if !input.is_empty() => input[place] = random.below(256) as u8,
                2 => input.truncate(place),
                _ => {
                    let end = (place + random.below(64)).min(input.len());
                    input.extend_from_within(place..end);
                }
            }
        }
    }

    #[test]
    fn corpus() {
        // Asked at run time: clones may share a build folder.
        let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
        let folder = Path::new(&here).join("../../fuzz/corpus/pictures");
        let entries = std::fs::read_dir(folder).expect("the corpus is committed");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        files.sort();
        let corpus: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).expect("a readable file")).collect();
        assert!(corpus.len() >= 5);
        corpus.iter().for_each(|input| pictures(input));
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MUTATIONS {
            let mut input = corpus[random.below(corpus.len())].clone();
            mutate(&mut random, &mut input);
            pictures(&input);
        }
    }
}
