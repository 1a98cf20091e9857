//! The entry of the fuzz target `tl`: any bytes as a request, as updates and as something packed. None may panic, and
//! what passes the check must be a request of the home layer.

use crate::schema::{HOME_LAYER, Kind};
use crate::{check, gzip, peers, translate};

/// What a packed object may inflate to here, in bytes.
const INFLATED_MAX_BYTES: usize = 64 * 1024;

/// Some of the older layers: the first, one in the middle, a young one.
const LAYERS: [i32; 3] = [150, 198, 227];

/// Takes any bytes.
///
/// # Panics
/// When a request that was accepted is not one of the home layer: what fuzzing looks for.
pub fn tl(input: &[u8]) {
    if let Ok(request) = translate::request(input) {
        let read = check::value_at_layer(&request, Kind::Query, HOME_LAYER);
        assert!(read.is_ok(), "accepted, and no request of the home layer: {read:?}");
    }
    for layer in LAYERS {
        let _ = translate::updates(layer, input);
    }
    let _ = peers::unresolved_peers(input);
    let _ = gzip::unpack(input, INFLATED_MAX_BYTES);
}

#[cfg(test)]
mod replay {
    use std::path::Path;

    use super::tl;

    /// Mutations of the corpus, in runs of the entry.
    const MUTATIONS: u64 = 20_000;

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
        let folder = Path::new(&here).join("../../fuzz/corpus/tl");
        let entries = std::fs::read_dir(folder).expect("the corpus is committed");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        files.sort();
        let corpus: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).expect("a readable file")).collect();
        assert!(corpus.len() >= 5);
        corpus.iter().for_each(|input| tl(input));
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MUTATIONS {
            let mut input = corpus[random.below(corpus.len())].clone();
            mutate(&mut random, &mut input);
            tl(&input);
        }
    }
}
