//! The obfuscated transport ("obfuscated2"): AES-256-CTR with keys that the client's first 64 bytes carry in clear, so
//! that a connection looks like noise to boxes in between. It protects nothing else.

use std::fmt;

use crypto::CtrStream;

use super::framing::Framing;

/// The two key streams of one obfuscated connection.
pub struct Obfuscation {
    inbound: CtrStream,
    outbound: CtrStream,
}

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 64;
const KEY_AT: usize = 8;
const IV_AT: usize = 40;
const TAG_AT: usize = 56;

impl Obfuscation {
    /// The server's side of a header. `None` when the tag inside names no framing. The data centre in it is not read: some
    /// clients fill it with noise.
    #[must_use]
    pub fn accept(header: &[u8; HEADER_BYTES]) -> Option<(Self, Framing)> {
        let mut inbound = stream(header);
        let mut clear = *header;
        inbound.apply(&mut clear);
        let framing = Framing::from_tag(tag(&clear))?;
        Some((Self { inbound, outbound: stream(&reversed(header)) }, framing))
    }

    /// The client's side: finishes 64 random bytes into a header for this framing. The caller has made sure that the
    /// random bytes do not begin like another transport.
    #[must_use]
    pub fn connect(random: &[u8; HEADER_BYTES], framing: Framing) -> Option<(Self, [u8; HEADER_BYTES])> {
        let mut header = *random;
        header[TAG_AT..TAG_AT + 4].copy_from_slice(&framing.tag()?);
        let mut outbound = stream(random);
        let mut encrypted = header;
        outbound.apply(&mut encrypted);
        header[TAG_AT..].copy_from_slice(&encrypted[TAG_AT..]);
        Some((Self { inbound: stream(&reversed(random)), outbound }, header))
    }

    pub(super) fn decrypt(&mut self, bytes: &mut [u8]) {
        self.inbound.apply(bytes);
    }

    pub(super) fn encrypt(&mut self, bytes: &mut [u8]) {
        self.outbound.apply(bytes);
    }
}

impl fmt::Debug for Obfuscation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Obfuscation").finish_non_exhaustive()
    }
}

fn stream(header: &[u8; HEADER_BYTES]) -> CtrStream {
    let mut key = [0; 32];
    key.copy_from_slice(&header[KEY_AT..IV_AT]);
    let mut iv = [0; 16];
    iv.copy_from_slice(&header[IV_AT..TAG_AT]);
    CtrStream::new(&key, &iv)
}

/// The server's keys are the 48 bytes of key and IV read backwards.
fn reversed(header: &[u8; HEADER_BYTES]) -> [u8; HEADER_BYTES] {
    let mut reversed = *header;
    reversed[KEY_AT..TAG_AT].reverse();
    reversed
}

fn tag(clear: &[u8; HEADER_BYTES]) -> [u8; 4] {
    [clear[TAG_AT], clear[TAG_AT + 1], clear[TAG_AT + 2], clear[TAG_AT + 3]]
}
