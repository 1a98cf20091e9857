//! From frames to what they mean, in the order in which they must come: a header, then records, files with their bytes, and
//! gaps, then the totals, which must be those of what came.

use super::content::{FileHead, Gap, Header, Totals, decode_records, of_json};
use super::format::Kind;
use super::reader::Frame;
use store::{Key, Record};

/// What a frame means.
#[derive(Debug)]
pub enum Item {
    /// The first of all.
    Header(Header),
    /// Records.
    Records(Vec<(Key, Record)>),
    /// A file begins.
    File(FileHead),
    /// Its next bytes; whether they are its last.
    Bytes(Vec<u8>, bool),
    /// Something was missing from the beginning.
    Gap(Gap),
    /// The last of all, and it agrees with what came.
    End,
}

/// What came so far.
#[derive(Default)]
pub struct Walk {
    totals: Totals,
    has_header: bool,
    /// The file whose bytes come, and how many of them are missing.
    file: Option<(FileHead, u64)>,
    /// A damaged frame was stepped over: what it held is missing, so the totals say nothing.
    is_torn: bool,
}

impl Walk {
    /// What came so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The file whose bytes are coming.
    pub fn file(&self) -> Option<String> {
        self.file.as_ref().map(|(file, _)| file.name())
    }

    /// What an intact frame means; what is wrong with it at this place otherwise.
    pub fn take(&mut self, frame: Frame) -> Result<Item, String> {
        let at = format!("frame {} at byte {}", frame.number, frame.at);
        if !self.is_torn && self.has_header == (frame.kind == Kind::Header) {
            return Err(format!("{at}: the header is not the first"));
        }
        if frame.kind != Kind::Bytes {
            self.expect_no_bytes(&at)?;
        }
        let nonsense = || format!("{at}: it does not hold what it says");
        match frame.kind {
            Kind::Header => {
                self.has_header = true;
                of_json(&frame.payload).map(Item::Header).ok_or_else(nonsense)
            }
            Kind::Records => {
                let records = decode_records(frame.payload).ok_or_else(nonsense)?;
                records.iter().for_each(|(key, record)| self.totals.count(key, record));
                Ok(Item::Records(records))
            }
            Kind::File => {
                let file: FileHead = of_json(&frame.payload).ok_or_else(nonsense)?;
                self.totals.count_file(&file);
                self.file = Some((file.clone(), file.size())).filter(|(_, missing)| *missing > 0);
                Ok(Item::File(file))
            }
            Kind::Bytes => self.bytes(frame.payload, &at),
            Kind::Gap => {
                self.totals.gaps += 1;
                of_json(&frame.payload).map(Item::Gap).ok_or_else(nonsense)
            }
            Kind::End => self.end(of_json(&frame.payload).ok_or_else(nonsense)?, &at),
        }
    }

    /// Steps over a frame that is damaged.
    pub fn step_over(&mut self) {
        self.is_torn = true;
        self.file = None;
    }

    fn expect_no_bytes(&mut self, at: &str) -> Result<(), String> {
        match self.file.take() {
            Some((file, missing)) => Err(format!("{at}: {missing} bytes of {} are missing before it", file.name())),
            None => Ok(()),
        }
    }

    fn bytes(&mut self, payload: Vec<u8>, at: &str) -> Result<Item, String> {
        let Some((_, missing)) = &mut self.file else {
            // The rest of a file of which a part was stepped over.
            return if self.is_torn {
                Ok(Item::Bytes(Vec::new(), false))
            } else {
                Err(format!("{at}: bytes of no file"))
            };
        };
        let left =
            missing.checked_sub(payload.len() as u64).ok_or_else(|| format!("{at}: more bytes than the file has"))?;
        *missing = left;
        if left == 0 {
            self.file = None;
        }
        Ok(Item::Bytes(payload, left == 0))
    }

    fn end(&mut self, totals: Totals, at: &str) -> Result<Item, String> {
        if !self.is_torn && totals != self.totals {
            return Err(format!("{at}: it speaks of {totals:?}, there is {:?}", self.totals));
        }
        Ok(Item::End)
    }
}
