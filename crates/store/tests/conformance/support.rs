//! What the suite builds its cases from.

use std::path::Path;

use store::{Batch, Class, EmbeddedOptions, Key, Owner, Page, PostgresOptions, Record, Scan, Store};

/// An embedded store in `folder`.
pub fn open(folder: &Path) -> Store {
    Store::open_embedded(folder, EmbeddedOptions::default()).expect("an intact store opens")
}

/// Where a store is that can be opened again.
pub enum Place {
    /// A folder.
    Embedded(tempfile::TempDir),
    /// The URL of a database.
    Postgres(String),
}

impl Place {
    /// A new folder.
    pub fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A new place in the database that the tests share.
    pub fn postgres() -> Self {
        Self::Postgres(testing_postgres::Instance::shared().fresh_url())
    }

    /// The same in a database that is spread over shards.
    pub fn sharded() -> Self {
        Self::Postgres(testing_postgres::Instance::shared().fresh_sharded_url())
    }

    /// The store there.
    pub async fn open(&self) -> Store {
        match self {
            Self::Embedded(folder) => open(folder.path()),
            Self::Postgres(url) => {
                let options = PostgresOptions::from_url(url).expect("a URL");
                Store::open_postgres(&options).await.expect("an intact store opens")
            }
        }
    }
}

/// The owner most tests use.
pub fn owner() -> Owner {
    Owner::new(1, b"someone")
}

/// A key of [`owner`].
pub fn key(suffix: &[u8]) -> Key {
    Key::new(&owner(), suffix)
}

/// A batch that puts these suffixes of [`owner`], each with its own bytes as the value.
pub fn puts(suffixes: &[&[u8]]) -> Batch {
    let mut batch = Batch::new(Class::C1);
    suffixes.iter().for_each(|suffix| batch.put(key(suffix), suffix.to_vec()));
    batch
}

/// A batch that puts one value.
pub fn put(suffix: &[u8], value: &[u8]) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key(suffix), value.to_vec());
    batch
}

/// A record with this version.
pub fn record(version: u64, value: &[u8]) -> Record {
    Record { version, value: value.to_vec().into() }
}

/// The value under a suffix of [`owner`].
pub async fn value(store: &Store, suffix: &[u8]) -> Option<Vec<u8>> {
    store.get(&key(suffix)).await.expect("reads").map(|record| record.value.to_vec())
}

/// A scan of everything of [`owner`].
pub fn everything() -> Scan {
    Scan {
        owner: owner(),
        prefix: Vec::new(),
        from: None,
        to: None,
        reverse: false,
        limit: 1_000,
        max_bytes: usize::MAX,
    }
}

/// The suffixes of one page.
pub async fn suffixes(store: &Store, scan: &Scan) -> Vec<Vec<u8>> {
    suffixes_of(store.scan(scan).await.expect("scans"))
}

/// The suffixes of `page`.
pub fn suffixes_of(page: Page) -> Vec<Vec<u8>> {
    page.items.into_iter().map(|(suffix, _)| suffix).collect()
}
