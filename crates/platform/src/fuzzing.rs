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
mod replay {
    use std::path::Path;

    use super::media;

    /// Mutations of the corpus, in runs of the entry.
    const MUTATIONS: u64 = 50_000;

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
        let folder = Path::new(&here).join("../../fuzz/corpus/media");
        let entries = std::fs::read_dir(folder).expect("the corpus is committed");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        files.sort();
        let corpus: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).expect("a readable file")).collect();
        assert!(corpus.len() >= 5);
        corpus.iter().for_each(|input| media(input));
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MUTATIONS {
            let mut input = corpus[random.below(corpus.len())].clone();
            mutate(&mut random, &mut input);
            media(&input);
        }
    }
}
