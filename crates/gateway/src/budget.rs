//! Memory that many share: whoever takes much of what came from outside counts it here, and is refused when all is taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many bytes for everybody.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    taken: AtomicUsize,
    most: usize,
}

/// A share; given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    pub(crate) fn of(most: usize) -> Self {
        Self(Arc::new(Shared { taken: AtomicUsize::new(0), most }))
    }

    /// A share of nothing yet.
    pub(crate) fn hold(&self) -> Held {
        Held { budget: self.clone(), bytes: 0 }
    }
}

impl Held {
    /// Holds so many bytes from now on; false, and as many as before, when there is no room for more.
    pub(crate) fn resize(&mut self, bytes: usize) -> bool {
        let Shared { taken, most } = &*self.budget.0;
        if bytes <= self.bytes {
            taken.fetch_sub(self.bytes - bytes, Ordering::AcqRel);
        } else {
            let more = bytes - self.bytes;
            if taken.fetch_add(more, Ordering::AcqRel) + more > *most {
                taken.fetch_sub(more, Ordering::AcqRel);
                return false;
            }
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.0.taken.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let budget = Budget::of(100);
        let (mut one, mut other) = (budget.hold(), budget.hold());
        assert!(one.resize(60) && !other.resize(41) && other.resize(40));
        assert!(!one.resize(61) && one.resize(50) && other.resize(50));
        drop(other);
        assert!(one.resize(100));
        drop(one);
        assert_eq!(budget.0.taken.load(Ordering::Acquire), 0);
    }
}
