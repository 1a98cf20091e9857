//! On which shard of a distributed database an owner's records are, as Citus tells it: each shard has a range of PostgreSQL's
//! own hashes.
//!
//! Groups form per shard: a transaction on one shard is that machine's own, one over several must be agreed upon by all of
//! them. Batches over several shards, such as a message that is folded into two mailboxes, go together in groups of their
//! own; by letter a batch has one owner, and so one shard. A database that is not distributed is one shard.

use crate::{Batch, judge};

/// The greatest hash of each shard, ascending; none where the records are not distributed.
#[derive(Clone, Debug, Default)]
pub(super) struct Shards(Vec<i32>);

/// Where a batch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The only shard, or the one of this number.
    One(usize),
    /// More than one.
    Several,
}

impl Shards {
    /// Shards whose hashes end with these.
    pub(super) fn new(mut last_hashes: Vec<i32>) -> Self {
        last_hashes.sort_unstable();
        Self(last_hashes)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len().max(1)
    }

    /// Where all of `batch` is.
    pub(super) fn place(&self, batch: &Batch) -> Place {
        if self.count() == 1 {
            return Place::One(0);
        }
        let mut places = judge::keys(batch).map(|key| self.of(key.columns().0));
        let first = places.next().unwrap_or_default();
        if places.all(|place| place == first) { Place::One(first) } else { Place::Several }
    }

    fn of(&self, owner: &[u8]) -> usize {
        let hash = hash(owner).cast_signed();
        self.0.partition_point(|last| *last < hash)
    }
}

/// PostgreSQL's hash of these bytes, the same for `bytea` and `text`: lookup3 by Bob Jenkins, begun with the length and a
/// number of PostgreSQL's own.
fn hash(bytes: &[u8]) -> u32 {
    let begun = 0x9e37_79b9_u32.wrapping_add(bytes.len() as u32).wrapping_add(3_923_095);
    let mut state = [begun; 3];
    let (blocks, rest) = bytes.as_chunks::<12>();
    for block in blocks {
        add(&mut state, block);
        mix(&mut state);
    }
    // The lowest byte of the last word belongs to the length.
    let mut last = [0; 12];
    let (low, high) = rest.split_at(rest.len().min(8));
    last[..low.len()].copy_from_slice(low);
    last[9..9 + high.len()].copy_from_slice(high);
    add(&mut state, &last);
    finish(state)
}

fn add(state: &mut [u32; 3], block: &[u8; 12]) {
    for (word, bytes) in state.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = word.wrapping_add(u32::from_le_bytes(*bytes));
    }
}

/// Takes the word before it from each, stirs that in, and adds the third to it, round and round.
fn mix(state: &mut [u32; 3]) {
    for (step, turn) in [4, 6, 8, 16, 19, 4].into_iter().enumerate() {
        let (this, other, before) = (step % 3, (step + 1) % 3, (step + 2) % 3);
        state[this] = state[this].wrapping_sub(state[before]) ^ state[before].rotate_left(turn);
        state[before] = state[before].wrapping_add(state[other]);
    }
}

fn finish(mut state: [u32; 3]) -> u32 {
    for (step, turn) in [14, 11, 25, 16, 4, 14, 24].into_iter().enumerate() {
        let (this, before) = ((step + 2) % 3, (step + 1) % 3);
        state[this] = (state[this] ^ state[before]).wrapping_sub(state[before].rotate_left(turn));
    }
    state[2]
}

#[cfg(test)]
mod tests {
    use testing_postgres::Instance;

    use super::*;
    use crate::{Class, Key, Owner};

    #[test]
    fn the_hash_is_the_databases() {
        // Of bytes no statement can ask it, of text any can.
        let text = "Kentongan, kul-kul, slit drum, тўқмоқ, 木魚: whoever hears it beats the next one";
        let parts: Vec<_> = text.char_indices().map(|(end, _)| &text[..end]).collect();
        let asked: Vec<_> = parts.iter().map(|part| format!("hashtext('{part}')")).collect();
        let told = Instance::shared().sql(&format!("SELECT concat_ws(' ', {})", asked.join(", ")));
        let told: Vec<i32> = told.split(' ').map(|hash| hash.parse().expect("a number")).collect();
        let ours: Vec<_> = parts.iter().map(|part| hash(part.as_bytes()).cast_signed()).collect();
        assert_eq!(ours, told);
    }

    #[test]
    fn a_batch_is_where_all_of_its_owners_are() {
        let key = |owner: u8, suffix: &[u8]| Key::new(&Owner::new(1, &[owner]), suffix);
        let batch = |keys: &[Key]| {
            let mut batch = Batch::new(Class::C1);
            keys.iter().for_each(|key| batch.put(key.clone(), Vec::new()));
            batch
        };
        let shards = Shards::new(vec![i32::MAX, -1]);
        let place = |owner| shards.of(key(owner, b"").columns().0);
        let here: Vec<u8> = (0..=255).filter(|owner| place(*owner) == 0).collect();
        let there: Vec<u8> = (0..=255).filter(|owner| place(*owner) == 1).collect();
        assert!(here.len() > 64 && here.len() + there.len() == 256, "{} are in the lower half", here.len());
        assert_eq!(shards.place(&batch(&[key(here[0], b"a"), key(here[1], b"b")])), Place::One(0));
        assert_eq!(shards.place(&batch(&[key(there[0], b"a")])), Place::One(1));
        assert_eq!(shards.place(&batch(&[key(here[0], b"a"), key(there[0], b"a")])), Place::Several);
        assert_eq!(Shards::default().place(&batch(&[key(here[0], b"a"), key(there[0], b"a")])), Place::One(0));
    }
}
