//! Stripped thumbnails (page "Stripped thumbnails"): a JPEG of at most 40 pixels without its header and end, both of which
//! every client has built in. The header fixes the quantisation tables (those of the standard at quality 20), the Huffman
//! tables (those of the standard) and the halved colours; what is left is a version, the height, the width and the scan.

use image::RgbImage;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use crate::PictureError;
use crate::header::damaged;
use crate::limits::STRIPPED_MAX_BYTES;
use crate::shrink::sides;

const VERSION: u8 = 1;
/// The quality whose tables are in the clients' header.
const QUALITY: u8 = 20;
const MARKER: u8 = 0xff;
const START_OF_SCAN: u8 = 0xda;
const END_BYTES: usize = 2;

/// The thumbnail of a picture that is small already; none if it would be too long to be part of a message.
pub(crate) fn make(picture: &RgbImage) -> Result<Option<Vec<u8>>, PictureError> {
    let (width, height) = sides(picture)?;
    let (Ok(narrow), Ok(low)) = (u8::try_from(width), u8::try_from(height)) else { return Ok(None) };
    let whole = whole(picture)?;
    let Some(scan) = scan(&whole) else { return Ok(None) };
    let mut stripped = vec![VERSION, low, narrow];
    stripped.extend_from_slice(scan);
    Ok((stripped.len() <= STRIPPED_MAX_BYTES).then_some(stripped))
}

fn whole(picture: &RgbImage) -> Result<Vec<u8>, PictureError> {
    let (width, height) = sides(picture)?;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(|error| damaged(&error))?;
    Ok(bytes)
}

/// What stands between the head of the scan and the end of the picture.
fn scan(jpeg: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    loop {
        let (marker, kind) = (*jpeg.get(at)?, *jpeg.get(at + 1)?);
        if marker != MARKER {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*jpeg.get(at + 2)?, *jpeg.get(at + 3)?]));
        at += 2 + length;
        if kind == START_OF_SCAN {
            return jpeg.get(at..jpeg.len().checked_sub(END_BYTES)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments of the clients' header, by their markers.
    fn segment(jpeg: &[u8], wanted: u8, number: usize) -> Vec<u8> {
        let (mut at, mut seen) = (2, 0);
        loop {
            let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
            if jpeg[at + 1] == wanted {
                if seen == number {
                    return jpeg[at + 4..at + 2 + length].to_vec();
                }
                seen += 1;
            }
            at += 2 + length;
        }
    }

    /// The first and last numbers of both tables in the clients' header, and the layout of its frame and scan.
    #[test]
    fn the_part_left_out_is_the_one_that_clients_put_back() {
        let picture = RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 90]));
        let jpeg = whole(&picture).unwrap();
        let bright = segment(&jpeg, 0xdb, 0);
        assert_eq!(bright[..17], [0, 40, 28, 30, 35, 30, 25, 40, 35, 33, 35, 45, 43, 40, 48, 60, 100]);
        let colour = segment(&jpeg, 0xdb, 1);
        assert_eq!(colour[..13], [1, 43, 45, 45, 60, 53, 60, 118, 65, 65, 118, 248, 165]);
        // The numbers that name the components (7, 10, 13 here) are the header's own affair.
        let frame = segment(&jpeg, 0xc0, 0);
        assert_eq!(frame[..6], [8, 0, 30, 0, 40, 3]);
        assert_eq!([&frame[7..9], &frame[10..12], &frame[13..15]].concat(), [0x22, 0, 0x11, 1, 0x11, 1]);
        let scan = segment(&jpeg, 0xda, 0);
        assert_eq!([scan[2], scan[4], scan[6]], [0, 0x11, 0x11]);
        let codes: Vec<u8> = (0..4).map(|number| segment(&jpeg, 0xc4, number)[0]).collect();
        assert_eq!(codes, [0x00, 0x10, 0x01, 0x11]);
    }

    #[test]
    fn a_thumbnail_says_its_height_before_its_width() {
        let picture = RgbImage::new(40, 22);
        let stripped = make(&picture).unwrap().expect("small enough");
        assert_eq!(stripped[..3], [1, 22, 40]);
        assert!(stripped.len() < 200, "{} bytes of black", stripped.len());
    }
}
