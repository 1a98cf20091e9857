//! How fast one person may send: a bucket that fills at a steady rate. Kept in memory only: a restart fills it.

use crate::limits::mailbox::{SEND_BURST, SEND_RATE_PER_SECOND};

/// The bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    messages: i64,
    filled_ms: i64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { messages: SEND_BURST, filled_ms: 0 }
    }
}

impl Allowance {
    /// Takes so many messages out, or says after how many seconds they will be there.
    pub(crate) fn take(&mut self, now_ms: i64, wanted: i64) -> Result<(), u32> {
        let elapsed_ms = now_ms.saturating_sub(self.filled_ms).max(0);
        let earned = elapsed_ms.saturating_mul(SEND_RATE_PER_SECOND) / 1000;
        if earned > 0 {
            self.messages = self.messages.saturating_add(earned).min(SEND_BURST);
            self.filled_ms = now_ms;
        }
        if self.messages >= wanted {
            self.messages -= wanted;
            return Ok(());
        }
        let missing = wanted - self.messages;
        Err(u32::try_from(missing / SEND_RATE_PER_SECOND + 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let mut allowance = Allowance::default();
        for _ in 0..SEND_BURST {
            allowance.take(1_000_000, 1).expect("the burst");
        }
        assert_eq!(allowance.take(1_000_000, 1), Err(1));
        assert_eq!(allowance.take(1_001_000, SEND_RATE_PER_SECOND), Ok(()));
        assert_eq!(allowance.take(1_001_000, 1), Err(1));
    }
}
