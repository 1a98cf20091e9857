//! Owners and keys. On-disk format, version 1: a key is `hash16(owner) ‖ owner length (1 byte) ‖ owner ‖ suffix`.

use smallvec::SmallVec;

/// What a record belongs to: a mailbox, an authorisation, a unique name. All records of one owner are neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(SmallVec<[u8; 24]>);

impl Owner {
    /// An owner of this kind (one byte, chosen by the platform) and identity (at most `limits::OWNER_MAX_BYTES` with the
    /// kind; the store refuses keys of a longer one).
    #[must_use]
    pub fn new(kind: u8, identity: &[u8]) -> Self {
        let mut bytes = SmallVec::with_capacity(1 + identity.len());
        bytes.push(kind);
        bytes.extend_from_slice(identity);
        Self(bytes)
    }

    /// Kind byte and identity.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Where in an encoded key the length of its owner stands.
const OWNER_LENGTH_AT: usize = 2;

/// A full key: an owner and the place of the record under it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(SmallVec<[u8; 48]>);

impl Key {
    /// The key of `suffix` under `owner`.
    #[must_use]
    pub fn new(owner: &Owner, suffix: &[u8]) -> Self {
        let owner_bytes = owner.as_bytes();
        let mut bytes = SmallVec::with_capacity(3 + owner_bytes.len() + suffix.len());
        bytes.extend_from_slice(&owner_hash(owner_bytes).to_be_bytes());
        bytes.push(u8::try_from(owner_bytes.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(owner_bytes);
        bytes.extend_from_slice(suffix);
        Self(bytes)
    }

    /// The encoded key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key in these bytes, which [`Key::as_bytes`] gave; `None` if they are no key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(OWNER_LENGTH_AT + 1)?;
        let owner = rest.get(..usize::from(head[OWNER_LENGTH_AT])).filter(|owner| !owner.is_empty())?;
        let is_key = head[..OWNER_LENGTH_AT] == owner_hash(owner).to_be_bytes();
        is_key.then(|| Self::from_encoded(bytes))
    }

    /// The owner's bytes (kind and identity) and the suffix.
    #[must_use]
    pub fn parts(&self) -> (&[u8], &[u8]) {
        let after_length = &self.0[OWNER_LENGTH_AT + 1..];
        after_length.split_at(self.owner_bytes().min(after_length.len()))
    }

    /// What all keys of the owner begin with, and the suffix: together the encoded key.
    pub(crate) fn columns(&self) -> (&[u8], &[u8]) {
        columns(&self.0)
    }

    /// Bytes of the owner; what is over the bound counts as 255.
    pub(crate) fn owner_bytes(&self) -> usize {
        usize::from(self.0[OWNER_LENGTH_AT])
    }

    /// A key that was encoded before.
    pub(crate) fn from_encoded(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_vec()
    }
}

/// Cuts an encoded key, or the beginning of one, behind its owner.
pub(crate) fn columns(encoded: &[u8]) -> (&[u8], &[u8]) {
    let owner_bytes = encoded.get(OWNER_LENGTH_AT).map_or(0, |length| usize::from(*length));
    encoded.split_at((OWNER_LENGTH_AT + 1 + owner_bytes).min(encoded.len()))
}

/// FNV-1a folded to 16 bits: spreads consecutive ids over the key space. Part of the on-disk format.
fn owner_hash(owner: &[u8]) -> u16 {
    let hash = owner
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash ^ (hash >> 32) ^ (hash >> 16) ^ (hash >> 48)) as u16
}
