//! Named places in the code where the fault runs make a process die, fail or wait: `failpoint!("store.commit.before_write")`.
//!
//! Without the feature `armed` the macro is nothing, and the shipped binary has no trace of it (a test looks). With it, the
//! environment says what happens where, for instance
//!
//! ```text
//! KENTONG_FAILPOINTS="store.commit.before_write=kill@17;blobs.put=error@3;store.read=error@5+;store.commit.unsynced=error@1+"
//! ```
//!
//! `kill` is SIGKILL at that very place, `error` makes the place fail in its own way, `pause(250)` sleeps so many
//! milliseconds; `@17` means the 17th time only, `@5+` the fifth time and ever after, no number the first time. Names
//! stand in docs/failure-model.md. Not for anything but tests: it reads the environment once and has no switch at run time.

#[cfg(feature = "armed")]
mod armed;

#[cfg(feature = "armed")]
pub use armed::fails;

/// A place where a process may be told to die, fail or wait. With a second argument, that is what failing means there, such
/// as `return Err(…)`.
#[cfg(feature = "armed")]
#[macro_export]
macro_rules! failpoint {
    ($name:literal) => {
        let _ = $crate::fails($name);
    };
    ($name:literal, $failing:expr) => {
        if $crate::fails($name) {
            $failing;
        }
    };
}

/// A place where a test build may be told to die, fail or wait; here it is nothing.
#[cfg(not(feature = "armed"))]
#[macro_export]
macro_rules! failpoint {
    ($name:literal $(, $failing:expr)?) => {};
}
