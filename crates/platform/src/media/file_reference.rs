//! File references: what a client shows to be given a file. Made anew with every view, worthless after a while, and to
//! anybody but the person it was made for.
//!
//! On the wire: a version byte, when it ends (u32, seconds), and 16 bytes of a keyed hash over viewer, medium and end.

use subtle::ConstantTimeEq;

use super::MediumId;
use crate::limits::media::REFERENCE_STEP_SECONDS;
use crate::{Platform, Refusal, UserId};

const VERSION: u8 = 1;
const MAC_BYTES: usize = 16;
const BYTES: usize = 1 + 4 + MAC_BYTES;

/// A reference as it is sent.
pub(super) fn write(end: u32, mac: &[u8; MAC_BYTES]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(&end.to_be_bytes());
    bytes.extend_from_slice(mac);
    bytes
}

/// When a reference ends, and its hash.
pub(super) fn read(reference: &[u8]) -> Result<(u32, &[u8; MAC_BYTES]), Refusal> {
    match reference.split_first_chunk::<5>() {
        _ if reference.is_empty() => Err(Refusal::FileReferenceEmpty),
        Some(([VERSION, end @ ..], mac)) => {
            let mac = mac.try_into().map_err(|_| Refusal::FileReferenceInvalid)?;
            Ok((u32::from_be_bytes(*end), mac))
        }
        _ => Err(Refusal::FileReferenceInvalid),
    }
}

impl Platform {
    /// A file reference for this viewer. Within an hour, or its lifetime where that is shorter, it stays the same, so that
    /// two views do not differ by it.
    #[must_use]
    pub fn file_reference(&self, viewer: UserId, medium: MediumId) -> Vec<u8> {
        let lifetime = self.settings().media.reference_seconds;
        let step = lifetime.clamp(1, REFERENCE_STEP_SECONDS);
        let end = i64::from(self.now()).saturating_add(lifetime);
        let end = u32::try_from((end / step + 1) * step).unwrap_or(u32::MAX);
        write(end, &self.reference_mac(viewer, medium, end))
    }

    /// Whether this file reference was made for this viewer and medium, and still counts.
    ///
    /// # Errors
    /// [`Refusal::FileReferenceEmpty`], [`Refusal::FileReferenceInvalid`], [`Refusal::FileReferenceExpired`].
    pub fn check_file_reference(&self, viewer: UserId, medium: MediumId, reference: &[u8]) -> Result<(), Refusal> {
        let (end, mac) = read(reference)?;
        let is_ours: bool = self.reference_mac(viewer, medium, end).ct_eq(mac).into();
        if !is_ours {
            return Err(Refusal::FileReferenceInvalid);
        }
        if i64::from(self.now()) >= i64::from(end) { Err(Refusal::FileReferenceExpired) } else { Ok(()) }
    }

    /// The access hash under which `viewer` addresses the medium. Never 0, which stands for "none".
    #[must_use]
    pub fn medium_access_hash(&self, viewer: UserId, medium: MediumId) -> i64 {
        let digest = self.keyed_hash(b"medium", &[&viewer.0.to_be_bytes(), &medium.0.to_be_bytes()]);
        let hash = i64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
        if hash == 0 { 1 } else { hash }
    }

    /// Whether this is the access hash under which `viewer` addresses the medium; compared in constant time.
    #[must_use]
    pub fn check_medium_access_hash(&self, viewer: UserId, medium: MediumId, access_hash: i64) -> bool {
        self.medium_access_hash(viewer, medium).to_be_bytes().ct_eq(&access_hash.to_be_bytes()).into()
    }

    fn reference_mac(&self, viewer: UserId, medium: MediumId, end: u32) -> [u8; MAC_BYTES] {
        let parts: [&[u8]; 3] = [&viewer.0.to_be_bytes(), &medium.0.to_be_bytes(), &end.to_be_bytes()];
        let digest = self.keyed_hash(b"file reference", &parts);
        digest[..MAC_BYTES].try_into().expect("a digest has 32 bytes")
    }
}
