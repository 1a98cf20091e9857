//! The server's identity: an RSA key pair, made at the first start and never again.
//!
//! Clients carry the public half; whoever loses the private half loses every client, so it is written before it is used,
//! for the owner's eyes only, and never replaced.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};
use crypto::{PrivateKey, Zeroizing};

/// The private half, as PKCS#1 PEM, mode 0600.
pub const PRIVATE_FILE: &str = "private.pem";
/// The public half, as PKCS#1 PEM: what clients are given.
pub const PUBLIC_FILE: &str = "public.pem";

/// Loads the key pair of this data folder, or makes it. The public file is rewritten when missing or different.
pub fn load_or_make(data: &Path) -> Result<PrivateKey> {
    let path = data.join(PRIVATE_FILE);
    let key = match std::fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(pem) => load(&path, &pem)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            refuse_another(data, &path)?;
            make(&path)?
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    publish(data, &key)?;
    Ok(key)
}

/// A server that had a key makes no other: every client would take it for an impostor.
fn refuse_another(data: &Path, path: &Path) -> Result<()> {
    let public = data.join(PUBLIC_FILE);
    if public.exists() {
        bail!(
            "{} is missing: restore it from a backup (or remove {} as well, to begin with a new key that no client knows)",
            path.display(),
            public.display()
        );
    }
    Ok(())
}

/// A folder without any key is not that of a server whose people lie in a database, but one that was mistaken for it (a
/// volume that was not mounted): with a new key every client would take the server for an impostor, and no file is here.
pub fn refuse_strange_folder(data: &Path) -> Result<()> {
    let path = data.join(PRIVATE_FILE);
    if path.exists() || data.join(PUBLIC_FILE).exists() {
        return Ok(());
    }
    bail!(
        "the database has people, and their server's key {} is missing: see whether this is the right data folder, or \
         restore key and media from a backup (or put another private.pem there, which no client knows)",
        path.display()
    )
}

fn load(path: &Path, pem: &str) -> Result<PrivateKey> {
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "{} can be read by others (mode {mode:o}): make it 0600, and a new key if others had access",
            path.display()
        );
    }
    PrivateKey::from_pem(pem).with_context(|| format!("{} is no private key of 2048 bits", path.display()))
}

fn make(path: &Path) -> Result<PrivateKey> {
    let key = PrivateKey::generate().context("cannot make a key pair")?;
    write_atomically(path, key.to_pem()?.as_bytes(), 0o600)?;
    tracing::info!(fingerprint = %fingerprint(&key), "made the server's key pair");
    Ok(key)
}

fn publish(data: &Path, key: &PrivateKey) -> Result<()> {
    let path = data.join(PUBLIC_FILE);
    let pem = key.public().to_pem()?;
    if std::fs::read_to_string(&path).is_ok_and(|present| present == pem) {
        return Ok(());
    }
    write_atomically(&path, pem.as_bytes(), 0o644)
}

/// The fingerprint as people compare it: hexadecimal, as most clients print it.
pub fn fingerprint(key: &PrivateKey) -> String {
    format!("{:016x}", key.public().fingerprint())
}

/// Writes a file so that after a crash it is whole or absent.
pub fn write_atomically(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let draft = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&draft);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = load_or_make(folder.path()).unwrap();
        let mode = std::fs::metadata(folder.path().join(PRIVATE_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_file(folder.path().join(PUBLIC_FILE)).unwrap();
        let second = load_or_make(folder.path()).unwrap();
        assert_eq!(fingerprint(&first), fingerprint(&second));
        let public = std::fs::read_to_string(folder.path().join(PUBLIC_FILE)).unwrap();
        assert!(public.starts_with("-----BEGIN RSA PUBLIC KEY-----\n"), "{public}");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        load_or_make(folder.path()).unwrap();
        let path = folder.path().join(PRIVATE_FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(load_or_make(folder.path()).unwrap_err().to_string().contains("can be read by others"));
    }

    /// Whatever bit of the private key flips: it is refused by its name, or it is still the same key and works.
    #[test]
    fn no_flipped_bit_makes_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = load_or_make(folder.path()).unwrap();
        let path = folder.path().join(PRIVATE_FILE);
        let whole = std::fs::read(&path).unwrap();
        let sealed = key.public().encrypt_raw(&[7; 256]).unwrap();
        for bit in (0..whole.len() * 8).step_by(41) {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, flipped).unwrap();
            match load_or_make(folder.path()) {
                Err(refusal) => assert!(format!("{refusal:#}").contains(PRIVATE_FILE), "bit {bit}: {refusal:#}"),
                Ok(same) => {
                    assert_eq!(fingerprint(&same), fingerprint(&key), "bit {bit}");
                    assert_eq!(same.decrypt_raw(&sealed).unwrap().as_slice(), [7; 256], "bit {bit}");
                }
            }
        }
    }

    #[test]
    fn a_key_that_is_gone_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        load_or_make(folder.path()).unwrap();
        std::fs::remove_file(folder.path().join(PRIVATE_FILE)).unwrap();
        let refusal = load_or_make(folder.path()).unwrap_err().to_string();
        assert!(refusal.contains("private.pem is missing"), "{refusal}");
        assert!(!folder.path().join(PRIVATE_FILE).exists());
    }

    #[test]
    fn a_folder_without_any_key_is_not_that_of_people_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = refuse_strange_folder(folder.path()).unwrap_err().to_string();
        assert!(refusal.contains("private.pem is missing"), "{refusal}");
        load_or_make(folder.path()).unwrap();
        refuse_strange_folder(folder.path()).unwrap();
    }

    #[test]
    fn a_damaged_key_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PRIVATE_FILE);
        write_atomically(&path, b"not a key", 0o600).unwrap();
        assert!(load_or_make(folder.path()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"not a key");
    }
}
