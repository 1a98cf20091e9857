//! Every bound of the bus, with its unit.

/// Most bytes of an ephemeral payload; a larger one is a defect of the publisher and dropped.
pub const EPHEMERAL_MAX_BYTES: usize = 1024;
/// Most signals that wait for one listener; what comes beyond is dropped for it and counted.
pub const LISTENER_MAX_SIGNALS: usize = 16 * 1024;
/// Most signals the faulty adapter keeps back at a time in order to reorder them.
pub const KEPT_BACK_MAX_SIGNALS: usize = 8;
