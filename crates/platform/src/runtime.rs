//! Time and randomness come in from outside, so that the same code runs in a deterministic simulator.

/// The two things the platform may not fetch for itself.
pub trait Runtime: Send + Sync {
    /// Milliseconds since the Unix epoch; never steps back.
    fn now_ms(&self) -> i64;
    /// The time last told by [`Runtime::now_ms`], for what is content with that: no clock need be read.
    fn told_ms(&self) -> i64 {
        self.now_ms()
    }
    /// Fills the buffer with cryptographically secure random bytes.
    fn fill_random(&self, buffer: &mut [u8]);

    /// Seconds since the Unix epoch, as the protocol's int.
    fn now(&self) -> i32 {
        i32::try_from(self.now_ms() / 1000).unwrap_or(i32::MAX)
    }
}
