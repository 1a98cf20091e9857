//! What the frames say: the header, records, files, gaps, and the totals at the end.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Key, Record};

/// What this is a backup of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The product.
    pub product: String,
    /// Its version.
    pub version: String,
    /// The format of the data, as the data folder counts it.
    pub data_format: u32,
    /// The engine the records come from.
    pub engine: String,
    /// The instant the backup shows, Unix milliseconds.
    pub at_ms: i64,
}

/// A file begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum FileHead {
    /// One of the data folder.
    Data {
        /// Below the data folder, with slashes.
        path: String,
        /// Who may read it.
        mode: u32,
        /// In bytes.
        size: u64,
    },
    /// An object of media.
    Media {
        /// Its folder.
        folder: u64,
        /// Its name in it.
        name: String,
        /// In bytes.
        size: u64,
    },
}

/// Something that should be here and could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Which: a key in hexadecimal, or an object.
    pub name: String,
    /// What was wrong.
    pub what: String,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Records of every kind.
    pub records: u64,
    /// Accounts.
    pub people: u64,
    /// Messages, each mailbox's copy counted.
    pub messages: u64,
    /// Photos and files.
    pub media: u64,
    /// The objects they lie in.
    pub objects: u64,
    /// Their bytes.
    pub media_bytes: u64,
    /// Keys and values together.
    pub record_bytes: u64,
    /// Files of the data folder.
    pub files: u64,
    /// What could not be read.
    pub gaps: u64,
}

impl FileHead {
    /// In bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Data { size, .. } | Self::Media { size, .. } => *size,
        }
    }

    /// For people.
    pub fn name(&self) -> String {
        match self {
            Self::Data { path, .. } => path.clone(),
            Self::Media { folder, name, .. } => object_name(*folder, name),
        }
    }
}

impl Totals {
    /// Counts a record.
    pub fn count(&mut self, key: &Key, record: &Record) {
        use platform::keys::{kind, medium_suffix, user_suffix};
        self.records += 1;
        self.record_bytes += (key.as_bytes().len() + record.value.len()) as u64;
        let (owner, suffix) = key.parts();
        match (owner.first(), suffix.first()) {
            (Some(&kind::USER), Some(&user_suffix::PROFILE)) => self.people += 1,
            (Some(&kind::USER), Some(&user_suffix::MESSAGE)) => self.messages += 1,
            (Some(&kind::MEDIUM), Some(&medium_suffix::RECORD)) => self.media += 1,
            _ => {}
        }
    }

    /// Counts a file.
    pub fn count_file(&mut self, file: &FileHead) {
        match file {
            FileHead::Data { .. } => self.files += 1,
            FileHead::Media { size, .. } => {
                self.objects += 1;
                self.media_bytes += size;
            }
        }
    }
}

/// An object's name for people: its place below the folder of media.
pub fn object_name(folder: u64, name: &str) -> String {
    format!("media/{:02x}/{folder:016x}/{name}", folder as u8)
}

/// As it is written.
pub fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("these values have names for keys")
}

/// What a frame says; `None` when it does not say that.
pub fn of_json<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    serde_json::from_slice(payload).ok()
}

/// Records as a frame holds them, each: key length (u16), key, version (u64), value length (u32), value.
pub fn encode_records(records: &[(Key, Record)]) -> Vec<u8> {
    let bytes = records.iter().map(|(key, record)| 14 + key.as_bytes().len() + record.value.len()).sum();
    let mut payload = Vec::with_capacity(bytes);
    for (key, record) in records {
        let key = key.as_bytes();
        payload.extend_from_slice(&(key.len() as u16).to_le_bytes());
        payload.extend_from_slice(key);
        payload.extend_from_slice(&record.version.to_le_bytes());
        payload.extend_from_slice(&(record.value.len() as u32).to_le_bytes());
        payload.extend_from_slice(&record.value);
    }
    payload
}

/// The records of a frame; `None` when it holds anything else.
pub fn decode_records(payload: Vec<u8>) -> Option<Vec<(Key, Record)>> {
    let mut rest = bytes::Bytes::from(payload);
    let mut records = Vec::new();
    while !rest.is_empty() {
        let key_bytes = u16::from_le_bytes(take(&mut rest)?);
        let key = take_slice(&mut rest, key_bytes.into())?;
        let version = u64::from_le_bytes(take(&mut rest)?);
        let value_bytes = u32::from_le_bytes(take(&mut rest)?);
        let value = take_slice(&mut rest, value_bytes as usize)?;
        records.push((Key::from_bytes(&key)?, Record { version, value }));
    }
    Some(records)
}

fn take<const N: usize>(rest: &mut bytes::Bytes) -> Option<[u8; N]> {
    take_slice(rest, N)?.as_ref().try_into().ok()
}

fn take_slice(rest: &mut bytes::Bytes, bytes: usize) -> Option<bytes::Bytes> {
    (rest.len() >= bytes).then(|| rest.split_to(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_and_cut_ones_do_not() {
        let key = |suffix: &[u8]| Key::new(&platform::keys::user(platform::UserId(7)), suffix);
        let record = |version, value: &'static [u8]| Record { version, value: bytes::Bytes::from_static(value) };
        let records = vec![(key(b""), record(0, b"")), (key(&[0xff; 40]), record(u64::MAX, b"drum"))];
        let payload = encode_records(&records);
        assert_eq!(decode_records(payload.clone()), Some(records));
        assert!(
            (1..payload.len())
                .all(|end| { decode_records(payload[..end].to_vec()).is_none_or(|records| records.len() == 1) })
        );
    }
}
