//! Who holds a medium: one empty record for each holder, under the medium's owner, written and removed by the same batch
//! that writes and removes what holds it.
//!
//! A new reference checks that the medium is alive in its own batch, so that nothing that is being removed can be
//! referenced. When one goes, a timer is put: after the grace somebody looks whether it was the last
//! ([`super::collect`]).

use store::{Batch, Check, Key};

use super::{Holder, MediumId, medium, timers};
use crate::keys::{self, medium_suffix};
use crate::{Platform, PlatformError, UserId};

/// The version of every medium's record that may be referenced: what [`add`] expects for media that are not read first.
pub const LIVE: u64 = medium::LIVE;

impl Holder {
    fn to_key(self) -> Vec<u8> {
        let mut bytes = vec![medium_suffix::REFERENCE];
        match self {
            Self::Message(UserId(user), id) => {
                bytes.push(1);
                bytes.extend_from_slice(&user.to_be_bytes());
                bytes.extend_from_slice(&id.0.to_be_bytes());
            }
            Self::Profile(UserId(user)) => {
                bytes.push(2);
                bytes.extend_from_slice(&user.to_be_bytes());
            }
            Self::Letter(UserId(user), number) => {
                bytes.push(3);
                bytes.extend_from_slice(&user.to_be_bytes());
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            Self::Chat(chat) => {
                bytes.push(4);
                bytes.extend_from_slice(&chat.to_be_bytes());
            }
        }
        bytes
    }
}

/// The key of a reference.
fn key(medium: MediumId, holder: Holder) -> Key {
    Key::new(&keys::medium(medium), &holder.to_key())
}

/// Puts a reference into the batch that makes its holder: two records (a check and a put). The batch conflicts if the
/// medium is gone or going.
pub fn add(batch: &mut Batch, medium: MediumId, version: u64, holder: Holder) {
    batch.checks.push(Check::Version(medium::record_key(medium), version));
    batch.put(key(medium, holder), Vec::new());
}

/// Puts a reference in the place of another that holds the medium until this batch is written: nothing can have removed
/// it, so nothing is checked. Two records (a put and a delete).
pub fn replace(batch: &mut Batch, medium: MediumId, held: Holder, holder: Holder) {
    batch.put(key(medium, holder), Vec::new());
    batch.deletes.push(key(medium, held));
}

/// Takes a reference away in the batch that removes its holder: two records (a delete and a put).
pub fn remove(platform: &Platform, batch: &mut Batch, medium: MediumId, holder: Holder) {
    batch.deletes.push(key(medium, holder));
    timers::put(platform, batch, timers::Timer::Medium(medium), platform.settings().media.grace_seconds);
}

/// Whether anybody holds the medium.
pub(super) async fn any(platform: &Platform, medium: MediumId) -> Result<bool, PlatformError> {
    let scan = store::Scan {
        owner: keys::medium(medium),
        prefix: vec![medium_suffix::REFERENCE],
        from: None,
        to: None,
        reverse: false,
        limit: 1,
        max_bytes: usize::MAX,
    };
    Ok(!platform.store().scan(&scan).await?.items.is_empty())
}
