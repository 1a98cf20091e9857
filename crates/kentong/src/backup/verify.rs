//! Reading a whole backup to see whether it is what was written.

use std::io::Read;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use super::reader::{Next, Reader};
use super::report::Report;
use super::walk::{Item, Walk};

/// Reads all of the backup at `path` and says what it holds and what is wrong with it.
///
/// # Errors
/// When it is no backup at all, or of a newer format, or cannot be read.
pub fn verify(path: &Path) -> Result<Report> {
    verify_from(&path.display().to_string(), Reader::open(path)?)
}

fn verify_from(name: &str, mut reader: Reader<impl Read>) -> Result<Report> {
    let started = Instant::now();
    let mut report = Report::new(name);
    let mut walk = Walk::default();
    loop {
        match reader.next()? {
            Next::Over => break,
            Next::Lost(what) => {
                report.damage.push(what);
                break;
            }
            Next::Damaged(what) => {
                let within = walk.file().map_or_else(String::new, |file| format!(", within {file}"));
                report.damage.push(what + &within);
                walk.step_over();
            }
            Next::Frame(frame) => match walk.take(frame) {
                Ok(Item::Header(header)) => report.header = Some(header),
                Ok(Item::Gap(gap)) => report.gaps.push(gap),
                Ok(_) => {}
                Err(what) => {
                    report.damage.push(what);
                    walk.step_over();
                }
            },
        }
    }
    report.totals = walk.totals().clone();
    report.bytes = reader.at();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use store::{Key, Record};

    use super::*;
    use crate::backup::content::{FileHead, Gap, Header, Totals, encode_records, to_json};
    use crate::backup::format::Kind;
    use crate::backup::writer::Writer;

    const FLIPS: u64 = 200;
    const CUTS: u64 = 50;

    /// A small backup with everything in it.
    fn sample(folder: &Path, name: &str, gaps: u64) -> PathBuf {
        let path = folder.join(name);
        let mut writer = Writer::create(&path).unwrap();
        let mut totals = Totals { gaps, ..Totals::default() };
        let header = Header {
            product: "Kentong".into(),
            version: "1".into(),
            data_format: 1,
            engine: "memory".into(),
            at_ms: 1_800_000_000_000,
        };
        writer.frame(Kind::Header, &to_json(&header)).unwrap();
        for user in 1..20 {
            let owner = platform::keys::user(platform::UserId(user));
            let record = |place: u8| {
                let value = vec![place; 30 * usize::from(place)].into();
                (Key::new(&owner, &[0x10, 0, 0, 0, place]), Record { version: 0, value })
            };
            let records: Vec<_> = (0..10).map(record).collect();
            records.iter().for_each(|(key, record)| totals.count(key, record));
            writer.frame(Kind::Records, &encode_records(&records)).unwrap();
        }
        let file = FileHead::Media { folder: 7, name: "original".into(), size: 3_000 };
        totals.count_file(&file);
        writer.frame(Kind::File, &to_json(&file)).unwrap();
        for piece in 0..3 {
            writer.frame(Kind::Bytes, &noise(piece, 1_000)).unwrap();
        }
        for _ in 0..gaps {
            writer.frame(Kind::Gap, &to_json(&Gap { name: "media/x".into(), what: "missing".into() })).unwrap();
        }
        writer.frame(Kind::End, &to_json(&totals)).unwrap();
        writer.finish().unwrap();
        path
    }

    fn noise(seed: u64, bytes: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut step = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        (0..bytes).map(|_| step()).collect()
    }

    fn is_refused(bytes: &[u8]) -> bool {
        match Reader::new(bytes) {
            Err(_) => true,
            Ok(reader) => !verify_from("", reader).unwrap().damage.is_empty(),
        }
    }

    #[test]
    fn a_whole_backup_is_fine_and_says_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let report = verify(&sample(folder.path(), "whole", 0)).unwrap();
        assert!(report.is_fine(), "{}", report.text());
        assert_eq!((report.totals.records, report.totals.messages, report.totals.objects), (190, 190, 1));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the draft is gone");
        let incomplete = verify(&sample(folder.path(), "incomplete", 2)).unwrap();
        assert!(!incomplete.is_fine() && incomplete.damage.is_empty() && incomplete.gaps.first.len() == 2);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::read(sample(folder.path(), "whole", 1)).unwrap();
        assert!(!is_refused(&whole));
        let bits = whole.len() as u64 * 8;
        for round in 0..FLIPS {
            let bit = usize::try_from(round * 0x9e37_79b9 % bits).unwrap();
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(is_refused(&flipped), "bit {bit} of {bits}");
        }
    }

    #[test]
    fn every_cut_and_every_addition_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::read(sample(folder.path(), "whole", 0)).unwrap();
        for round in 0..CUTS {
            let end = usize::try_from(whole.len() as u64 * round / CUTS).unwrap();
            assert!(is_refused(&whole[..end]), "cut at {end}");
        }
        for end in whole.len() - 60..whole.len() {
            assert!(is_refused(&whole[..end]), "cut at {end}");
        }
        assert!(is_refused(&[&whole[..], &[0]].concat()));
        assert!(
            is_refused(&[&whole[..whole.len() / 2], &whole[whole.len() / 2 + 100..]].concat()),
            "a piece is missing"
        );
    }

    #[test]
    fn damage_names_the_file_it_is_in_and_what_follows_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::read(sample(folder.path(), "whole", 0)).unwrap();
        let piece = noise(1, 1_000);
        let at = whole.windows(piece.len()).position(|window| window == piece).unwrap();
        let mut flipped = whole.clone();
        flipped[at + 10] ^= 1;
        let report = verify_from("", Reader::new(&flipped[..]).unwrap()).unwrap();
        assert_eq!(report.damage.first.len(), 2, "the piece, and the sum over the whole: {:?}", report.damage);
        assert!(report.damage.first[0].contains("media/07/0000000000000007/original"), "{:?}", report.damage);
    }

    #[test]
    fn a_newer_format_is_refused_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut newer = fs::read(sample(folder.path(), "whole", 0)).unwrap();
        newer[8] = 9;
        let sum = crc32c::crc32c(&newer[..12]);
        newer[12..16].copy_from_slice(&sum.to_le_bytes());
        let refused = Reader::new(&newer[..]).err().unwrap().to_string();
        assert!(refused.contains("format 9") && refused.contains("newer"), "{refused}");
    }

    #[test]
    fn nothing_is_replaced_and_an_unfinished_one_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = sample(folder.path(), "whole", 0);
        assert!(Writer::create(&path).is_err());
        let unfinished = Writer::create(&folder.path().join("other")).unwrap();
        assert!(Writer::create(&folder.path().join("other")).is_err(), "somebody writes it");
        drop(unfinished);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
