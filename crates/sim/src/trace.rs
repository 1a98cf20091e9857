//! Everything that can be seen of a run, line by line: hashed, so that two runs can be compared, and its end kept, so that
//! a failure can be read.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::executor::Executor;
use crate::limits::TAIL_LINES;

/// The trace of a run; clones share it.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<State>>);

struct State {
    hash: Sha256,
    tail: VecDeque<String>,
    lines: u64,
    executor: Executor,
    is_loud: bool,
}

impl Trace {
    /// An empty trace; a loud one also goes to the terminal.
    #[must_use]
    pub fn new(executor: Executor, is_loud: bool) -> Self {
        Self(Arc::new(Mutex::new(State { hash: Sha256::new(), tail: VecDeque::new(), lines: 0, executor, is_loud })))
    }

    /// Adds a line and gives its number: the order of everything that was seen.
    pub fn line(&self, words: impl std::fmt::Display) -> u64 {
        let mut state = self.0.lock();
        let line = format!("{:>9} {words}", state.executor.elapsed_ms());
        state.hash.update(line.as_bytes());
        state.hash.update(b"\n");
        if state.is_loud {
            println!("{line}");
        }
        if state.tail.len() == TAIL_LINES {
            state.tail.pop_front();
        }
        state.tail.push_back(line);
        state.lines += 1;
        state.lines
    }

    /// The hash of all lines so far, and their count.
    #[must_use]
    pub fn sum(&self) -> (String, u64) {
        let state = self.0.lock();
        (hex::encode(&state.hash.clone().finalize()[..16]), state.lines)
    }

    /// The last lines.
    #[must_use]
    pub fn tail(&self) -> Vec<String> {
        self.0.lock().tail.iter().cloned().collect()
    }
}
