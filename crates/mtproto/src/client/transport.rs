//! Beginning a connection.

use crypto::{Entropy, random_array};

use crate::transport::{Codec, Detection, Framing, Obfuscation, Surface, detect};

/// A codec for the client's end, and the bytes that announce it. `None` for the one combination that does not exist: the
/// full transport has no obfuscated form.
#[must_use]
pub fn connect(framing: Framing, is_obfuscated: bool, entropy: &mut dyn Entropy) -> Option<(Codec, Vec<u8>)> {
    if is_obfuscated {
        let (obfuscation, header) = Obfuscation::connect(&random_header(entropy), framing)?;
        return Some((Codec::client(framing, Some(obfuscation)), header.to_vec()));
    }
    let announcement = match framing {
        Framing::Abridged => vec![0xef],
        Framing::Intermediate => vec![0xee; 4],
        Framing::Padded => vec![0xdd; 4],
        Framing::Full => Vec::new(),
    };
    Some((Codec::client(framing, None), announcement))
}

/// Random bytes that begin like no other transport: those of which eight do not decide.
fn random_header(entropy: &mut dyn Entropy) -> [u8; 64] {
    loop {
        let header = random_array::<64>(entropy);
        if matches!(detect(&header[..8], Surface::Socket), Detection::Incomplete) {
            return header;
        }
    }
}
