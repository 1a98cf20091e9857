//! The links of all open connections: when the server stops, each of them is woken. So no connection has to follow that by
//! itself for all its life.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::limits::LINK_SHARDS;
use crate::live::Link;

/// All links that were listed and not forgotten; as many as there are connections.
pub(crate) struct Links {
    shards: Vec<Mutex<HashMap<u64, Weak<Link>>>>,
    made: AtomicU64,
}

impl Links {
    pub(crate) fn new() -> Self {
        Self { shards: (0..LINK_SHARDS).map(|_| Mutex::default()).collect(), made: AtomicU64::new(0) }
    }

    /// A link of whoever follows the server's end without being told.
    pub(crate) fn unlisted(&self) -> Arc<Link> {
        Arc::new(Link::new(self.made.fetch_add(1, Ordering::Relaxed) + 1))
    }

    /// A link that is told of the server's end, until it is forgotten.
    pub(crate) fn listed(&self) -> Arc<Link> {
        let link = self.unlisted();
        self.shard(link.id).lock().insert(link.id, Arc::downgrade(&link));
        link
    }

    /// The connection is over.
    pub(crate) fn forget(&self, link: &Link) {
        self.shard(link.id).lock().remove(&link.id);
    }

    /// Lets every connection look up.
    pub(crate) fn wake_all(&self) {
        for shard in &self.shards {
            let links: Vec<_> = shard.lock().values().filter_map(Weak::upgrade).collect();
            links.iter().for_each(|link| link.wake());
        }
    }

    fn shard(&self, id: u64) -> &Mutex<HashMap<u64, Weak<Link>>> {
        &self.shards[id as usize % LINK_SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_listed_are_woken_and_no_others() {
        let links = Links::new();
        let (listed, gone, unlisted) = (links.listed(), links.listed(), links.unlisted());
        links.forget(&gone);
        links.wake_all();
        listed.woken().await;
        for quiet in [&listed, &gone, &unlisted] {
            assert!(futures::poll!(std::pin::pin!(quiet.woken())).is_pending(), "link {}", quiet.id);
        }
        drop(listed);
        links.wake_all();
    }
}
