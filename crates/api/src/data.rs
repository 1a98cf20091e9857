//! Lists that clients ask for at start-up, kept as text in `data/` and read once.

use sha2::{Digest, Sha256};

/// A list and the number by which a client knows that it has it.
pub(crate) struct Versioned<T> {
    /// The list.
    pub value: T,
    /// Changes when the text does; never 0, which clients send when they have nothing.
    pub hash: i32,
}

impl<T> Versioned<T> {
    /// A list made from a text.
    pub fn new(text: &str, make: impl FnOnce(&str) -> T) -> Self {
        Self { value: make(text), hash: hash(text) }
    }
}

fn hash(text: &str) -> i32 {
    let digest = Sha256::digest(text.as_bytes());
    let number = i32::from_le_bytes([digest[0], digest[1], digest[2], digest[3] & 0x7f]);
    number.max(1)
}

/// The rows of a table: columns by tab, comments after `#`.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// Colours in a cell: hexadecimal digits, parted by spaces.
pub(crate) fn hex_colors(cell: &str) -> Vec<i32> {
    cell.split(' ').filter_map(|color| i32::from_str_radix(color, 16).ok()).collect()
}
