//! Which UTF-16 offsets of a text lie between characters.

/// The boundaries of a text's characters, in UTF-16 code units.
pub(super) struct Units {
    is_start: Vec<bool>,
}

impl Units {
    pub(super) fn of(text: &str) -> Self {
        let mut is_start = Vec::with_capacity(text.len() + 1);
        for character in text.chars() {
            is_start.push(true);
            is_start.extend(std::iter::repeat_n(false, character.len_utf16() - 1));
        }
        is_start.push(true);
        Self { is_start }
    }

    /// Whether an entity may begin or end there.
    pub(super) fn is_boundary(&self, unit: i32) -> bool {
        usize::try_from(unit).ok().and_then(|unit| self.is_start.get(unit)).copied().unwrap_or(false)
    }
}
