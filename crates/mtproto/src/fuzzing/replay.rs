//! Replays the committed corpora and mutations of them.

use std::path::{Path, PathBuf};

use super::{envelope, handshake, session, transport};

/// A small generator, seeded, so that a failure can be seen again. Its quality does not matter here.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let folder = Path::new(&here).join("../../fuzz/corpus").join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the corpus is committed")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("a readable file"))).collect()
}

fn mutate(random: &mut Random, input: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let place = random.below(input.len());
        match random.below(6) {
            0 if !input.is_empty() => input[place] ^= 1 << random.below(8),
            1 if !input.is_empty() => input[place] = random.byte(),
            2 => input.truncate(place),
            3 => input.insert(place, random.byte()),
            4 if !input.is_empty() => input[place] = [0, 0x7f, 0x80, 0xff][random.below(4)],
            _ => {
                let end = (place + random.below(32)).min(input.len());
                let copy = input[place..end].to_vec();
                input.extend_from_slice(&copy);
            }
        }
    }
}

fn replay(target: &str, mutations: usize, entry: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(corpus.len() >= 5, "{target} has a corpus");
    for (path, input) in &corpus {
        println!("{}", path.display());
        entry(input);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..mutations {
        let mut input = corpus[random.below(corpus.len())].1.clone();
        mutate(&mut random, &mut input);
        entry(&input);
    }
}

#[test]
fn transport_corpus() {
    replay("transport", 20_000, transport);
}

#[test]
fn envelope_corpus() {
    replay("envelope", 20_000, envelope);
}

/// Fewer, since most of them cost RSA and a power.
#[test]
fn handshake_corpus() {
    replay("handshake", 2_000, handshake);
}

#[test]
fn session_corpus() {
    replay("session", 20_000, session);
}
