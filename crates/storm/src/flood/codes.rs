//! Login codes, read from the log of the server under test: its default way of telling them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use super::limits;

/// The end of a log, followed by one thread.
pub struct Codes(RefCell<Tail>);

struct Tail {
    file: File,
    partial: Vec<u8>,
    /// When it was read last: one reading is for all who wait.
    read_at: Instant,
    known: HashMap<String, String>,
    /// The beginning of the numbers that are of interest: other workers' are not kept.
    prefix: String,
}

impl Codes {
    /// Follows this log for phones that begin so.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn follow(log: &Path, prefix: &str) -> Result<Self> {
        let file = File::open(log).with_context(|| format!("cannot read the log {}", log.display()))?;
        let (partial, read_at, known) = (Vec::new(), Instant::now(), HashMap::new());
        Ok(Self(RefCell::new(Tail { file, partial, read_at, known, prefix: prefix.to_owned() })))
    }

    /// The code for this phone, as soon as it is there.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn of(&self, phone: &str) -> Result<String> {
        let began = Instant::now();
        loop {
            if let Some(code) = self.0.borrow_mut().look(phone)? {
                return Ok(code);
            }
            if began.elapsed() > limits::CODE_TIMEOUT {
                bail!("no code in the log");
            }
            sleep(limits::CODE_NAP).await;
        }
    }
}

impl Tail {
    fn look(&mut self, phone: &str) -> Result<Option<String>> {
        if let Some(code) = self.known.remove(phone) {
            return Ok(Some(code));
        }
        if self.read_at.elapsed() < limits::CODE_NAP {
            return Ok(None);
        }
        self.read_at = Instant::now();
        self.file.read_to_end(&mut self.partial)?;
        let whole = self.partial.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.partial.drain(..whole).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            self.take(line);
        }
        Ok(self.known.remove(phone))
    }

    fn take(&mut self, line: &str) {
        let found = crate::server::login_code(line).filter(|(phone, _)| phone.starts_with(&self.prefix));
        if let Some((phone, code)) = found.filter(|_| self.known.len() < limits::CODES_KEPT) {
            self.known.insert(phone, code);
        }
    }
}
