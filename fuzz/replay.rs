//! Replays a committed corpus and seeded mutations of it through the entry of a fuzz target. Included by the tests of the
//! crates that have such entries: what plain `cargo test` does in place of a fuzzer.

use std::path::Path;

/// Fewest files of a corpus.
const CORPUS_MIN_FILES: usize = 5;

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

/// Runs the entry on every file of `fuzz/corpus/TARGET`, then on so many mutations of them.
pub fn replay(target: &str, mutations: u64, entry: fn(&[u8])) {
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let folder = Path::new(&here).join("../../fuzz/corpus").join(target);
    let entries = std::fs::read_dir(folder).expect("the corpus is committed");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).expect("a readable file")).collect();
    assert!(corpus.len() >= CORPUS_MIN_FILES, "{target} has a corpus");
    corpus.iter().for_each(|input| entry(input));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..mutations {
        let mut input = corpus[random.below(corpus.len())].clone();
        mutate(&mut random, &mut input);
        entry(&input);
    }
}
