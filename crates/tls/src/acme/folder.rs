//! Where account and certificate are kept between starts: one file each, for the owner's eyes, whole or absent. Beside it
//! lies a file with its hash: one that has rotted is put aside, and its authority asked for another.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use rustls_acme::{AccountCache, CertCache};
use sha2::{Digest, Sha256};

use crate::certificate::{Facts, facts_of_pem};

/// Bytes of a hash in a file name.
const NAME_BYTES: usize = 8;

/// The folder, and what is known of the certificate last read or written.
#[derive(Clone)]
pub(super) struct Folder(Arc<Inner>);

struct Inner {
    path: PathBuf,
    facts: ArcSwapOption<Facts>,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(Arc::new(Inner { path, facts: ArcSwapOption::empty() }))
    }

    /// Of the present certificate.
    pub(super) fn facts(&self) -> Option<Arc<Facts>> {
        self.0.facts.load_full()
    }

    fn note(&self, pem: &[u8]) {
        if let Some(facts) = facts_of_pem(pem) {
            metrics::TLS_CERTIFICATE_ENDS.set(facts.until);
            self.0.facts.store(Some(Arc::new(facts)));
        }
    }

    /// The file for what belongs to these words: other names, another authority, another file.
    fn file(&self, kind: &str, words: &[String], directory: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for word in words.iter().map(String::as_str).chain([directory]) {
            hash.update(word);
            hash.update([0]);
        }
        let name: String = hash.finalize()[..NAME_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.path.join(format!("{kind}-{name}"))
    }

    async fn read(path: PathBuf) -> io::Result<Option<Vec<u8>>> {
        blocking(move || read(&path)).await
    }

    async fn write(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
        blocking(move || write(&path, &bytes)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match fs::read(sums_of(path)) {
        Ok(sums) if !sums.split(|byte| *byte == b'\n').any(|sum| sum == sum_of(&bytes).as_bytes()) => {
            tracing::error!(file = %path.display(), "the file is damaged: it is put aside, and the authority asked again");
            fs::rename(path, path.with_extension("damaged"))?;
            Ok(None)
        }
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        // What earlier releases wrote has no hash.
        _ => Ok(Some(bytes)),
    }
}

/// The file with the hashes of what may be in this one.
fn sums_of(path: &Path) -> PathBuf {
    path.with_extension("sha256")
}

fn sum_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes of the new content and of the present one first: whichever a crash leaves is known.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let present = fs::read(path).map(|present| sum_of(&present)).unwrap_or_default();
    replace(&sums_of(path), format!("{}\n{present}\n", sum_of(bytes)).as_bytes())?;
    replace(path, bytes)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let draft = path.with_extension(if path.extension().is_some() { "sha256-new" } else { "new" });
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[async_trait]
impl CertCache for Folder {
    type EC = io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        let pem = Self::read(self.file("certificate", domains, directory)).await?;
        if let Some(pem) = &pem {
            self.note(pem);
        }
        Ok(pem)
    }

    async fn store_cert(&self, domains: &[String], directory: &str, pem: &[u8]) -> io::Result<()> {
        self.note(pem);
        Self::write(self.file("certificate", domains, directory), pem.to_owned()).await
    }
}

#[async_trait]
impl AccountCache for Folder {
    type EA = io::Error;

    async fn load_account(&self, contact: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        Self::read(self.file("account", contact, directory)).await
    }

    async fn store_account(&self, contact: &[String], directory: &str, key: &[u8]) -> io::Result<()> {
        Self::write(self.file("account", contact, directory), key.to_owned()).await
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn what_is_kept_comes_back_to_whom_it_belongs() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().join("acme"));
        let (names, others) = (vec!["a.example".to_owned()], vec!["b.example".to_owned()]);
        assert_eq!(folder.load_cert(&names, "https://ca/").await.unwrap(), None);
        folder.store_cert(&names, "https://ca/", b"one").await.unwrap();
        folder.store_cert(&names, "https://ca/", b"two").await.unwrap();
        folder.store_account(&names, "https://ca/", b"key").await.unwrap();
        assert_eq!(folder.load_cert(&names, "https://ca/").await.unwrap().unwrap(), b"two");
        assert_eq!(folder.load_account(&names, "https://ca/").await.unwrap().unwrap(), b"key");
        assert_eq!(folder.load_cert(&others, "https://ca/").await.unwrap(), None);
        assert_eq!(folder.load_cert(&names, "https://other/").await.unwrap(), None);
        for entry in fs::read_dir(place.path().join("acme")).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn what_has_rotted_is_put_aside() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().to_owned());
        let names = vec!["a.example".to_owned()];
        folder.store_cert(&names, "https://ca/", b"certificate").await.unwrap();
        let file = folder.file("certificate", &names, "https://ca/");
        for bit in 0..b"certificate".len() * 8 {
            let mut bytes = b"certificate".to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&file, bytes).unwrap();
            assert_eq!(folder.load_cert(&names, "https://ca/").await.unwrap(), None, "bit {bit}");
            assert!(file.with_extension("damaged").exists() && !file.exists());
        }
        folder.store_cert(&names, "https://ca/", b"another").await.unwrap();
        assert_eq!(folder.load_cert(&names, "https://ca/").await.unwrap().unwrap(), b"another");
        fs::remove_file(sums_of(&file)).unwrap();
        assert_eq!(
            folder.load_cert(&names, "https://ca/").await.unwrap().unwrap(),
            b"another",
            "of an earlier release"
        );
    }
}
