//! What the fleet says: words that carry who wrote them and as which message, found again in any bytes that the server
//! sends, so that a receiver need not understand a whole update to know that a message arrived.

/// Bytes of a mark.
const MARK_BYTES: usize = 20;
const FILLER: &str = " Assalamualaikum, apa kabar? Kita berkumpul di balai desa nanti sore.";

/// Who wrote a message, and as which of theirs, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The sender's number in the fleet.
    pub sender: u32,
    /// The message's number among theirs.
    pub place: u32,
}

/// The words of a message, of some 90 bytes.
#[must_use]
pub fn text(mark: Mark) -> String {
    format!("<~{:08x}.{:08x}~{FILLER}", mark.sender, mark.place)
}

/// The marks in some bytes, in their order.
pub fn marks(bytes: &[u8]) -> impl Iterator<Item = Mark> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
            rest = &rest[at..];
            if let Some(mark) = read(rest) {
                rest = &rest[MARK_BYTES..];
                return Some(mark);
            }
            rest = &rest[1..];
        }
        None
    })
}

fn read(bytes: &[u8]) -> Option<Mark> {
    let mark: &[u8; MARK_BYTES] = bytes.first_chunk()?;
    let is_mark = mark[1] == b'~' && mark[10] == b'.' && mark[19] == b'~';
    let number = |digits: &[u8]| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    Some(Mark { sender: number(&mark[2..10])?, place: number(&mark[11..19])? }).filter(|_| is_mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_in_any_bytes_in_their_order() {
        let (one, other) = (Mark { sender: 7, place: 1 }, Mark { sender: u32::MAX, place: 0xabc });
        let bytes = format!("<<~x{}\0<~<~{}<~0000", text(one), text(other));
        assert_eq!(marks(bytes.as_bytes()).collect::<Vec<_>>(), [one, other]);
    }
}
