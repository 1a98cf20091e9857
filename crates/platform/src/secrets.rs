//! The server's secrets, made once and kept in the store, and what is derived from them.
//!
//! An access hash is a keyed hash of (viewer, peer), DESIGN §3: nobody can address a person whom the server did not show
//! to them, and a hash stolen from one viewer is worth nothing to another. Nothing here is ever logged.

use sha2::{Digest, Sha256};
use store::{Batch, Check, Class, Key, Record, Store};
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

use crate::codec::{self, Stored};
use crate::keys::{self, system_suffix};
use crate::{Platform, PlatformError, Runtime, UserId};

/// The server's secrets.
#[derive(ZeroizeOnDrop)]
pub(crate) struct Secrets {
    access: [u8; 32],
}

#[derive(minicbor::Encode, minicbor::Decode)]
struct SecretRecord {
    #[cbor(n(0), with = "minicbor::bytes")]
    access: [u8; 32],
}

impl Stored for SecretRecord {
    const WHAT: &'static str = "server secret";
}

impl Secrets {
    pub(crate) async fn load(store: &Store, runtime: &dyn Runtime) -> Result<Self, PlatformError> {
        let key = Key::new(&keys::system(), &[system_suffix::SECRET]);
        if let Some(record) = store.get(&key).await? {
            return Ok(Self { access: codec::decode::<SecretRecord>(&record.value)?.access });
        }
        let mut access = [0; 32];
        runtime.fill_random(&mut access);
        let mut batch = Batch::new(Class::C1);
        batch.checks.push(Check::Absent(key.clone()));
        batch.puts.push((key, Record { version: 1, value: codec::encode(&SecretRecord { access }) }));
        store.commit(batch).await?;
        Ok(Self { access })
    }

    fn keyed(&self, label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.access);
        hash.update(label);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// Peer kind byte of a person, inside access hashes.
const PERSON: u8 = 1;

impl Platform {
    /// The access hash under which `viewer` addresses the person `peer`. Never 0, which stands for "none".
    #[must_use]
    pub fn access_hash(&self, viewer: UserId, peer: UserId) -> i64 {
        let digest = self.keyed_hash(b"access", &[&viewer.0.to_be_bytes(), &[PERSON], &peer.0.to_be_bytes()]);
        let hash = i64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
        if hash == 0 { 1 } else { hash }
    }

    /// Whether this is the access hash under which `viewer` addresses `peer`; compared in constant time.
    #[must_use]
    pub fn check_access_hash(&self, viewer: UserId, peer: UserId, access_hash: i64) -> bool {
        self.access_hash(viewer, peer).to_be_bytes().ct_eq(&access_hash.to_be_bytes()).into()
    }

    /// A hash that only this server can make.
    pub(crate) fn keyed_hash(&self, label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        self.inner.secrets.keyed(label, parts)
    }
}
