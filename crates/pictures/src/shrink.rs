//! Smaller copies, each made of the next larger one.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, GenericImageView, ImageEncoder, RgbImage};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder};

use crate::header::{damaged, decode, guarded};
use crate::limits::{LARGE_PICTURE_PIXELS, STRIPPED_SIDE, TARGETS_MAX};
use crate::{Coding, Fit, Header, Made, Order, PictureError, Shrunk, stripped};

/// Quality of copies, of 100.
const JPEG_QUALITY: u8 = 87;
/// From this ratio on a picture is first shrunk by averaging blocks, which is fast.
const COARSE_RATIO: u32 = 3;
const WHITE: u16 = 255;

/// Makes what is ordered; asks between its steps whether anybody still waits for it.
pub(crate) fn shrink(bytes: &[u8], order: &Order, is_wanted: impl Fn() -> bool) -> Result<Shrunk, PictureError> {
    guarded(|| made_of(bytes, order, is_wanted))
}

fn made_of(bytes: &[u8], order: &Order, is_wanted: impl Fn() -> bool) -> Result<Shrunk, PictureError> {
    let (header, picture) = decode(bytes, order.used_as)?;
    let mut source = picture;
    let mut made: Vec<Made> = Vec::with_capacity(order.targets.len());
    for target in chosen(order, header.width.max(header.height)) {
        if !is_wanted() {
            return Err(PictureError::Busy);
        }
        source = fitted(source, target.fit, header);
        let bytes = encoded(&source, order.coding)?;
        made.push(Made { letter: target.letter, width: source.width(), height: source.height(), bytes });
    }
    let stripped = if order.stripped { stripped::make(&thumbnail(source))? } else { None };
    made.reverse();
    Ok(Shrunk { header, made, stripped })
}

/// Boxes larger than the picture would all hold the same copy: of those only the smallest counts.
fn chosen(order: &Order, longer: u32) -> impl Iterator<Item = crate::Target> + '_ {
    let side = |fit| match fit {
        Fit::Inside(side) | Fit::Square(side) => side,
    };
    let targets = &order.targets[..order.targets.len().min(TARGETS_MAX)];
    targets.iter().enumerate().filter_map(move |(index, target)| {
        let is_repeated = targets[index + 1..].iter().any(|smaller| side(smaller.fit) >= longer);
        let is_inside = matches!(target.fit, Fit::Inside(_));
        (!(is_inside && is_repeated)).then_some(*target)
    })
}

/// The copy for a box. Its sides come from the picture's own, so that no error adds up from copy to copy.
fn fitted(picture: DynamicImage, fit: Fit, header: Header) -> DynamicImage {
    match fit {
        Fit::Inside(side) => scaled(picture, within((header.width, header.height), side)),
        Fit::Square(side) => {
            let (width, height) = picture.dimensions();
            let edge = width.min(height);
            let is_square = width == height;
            let middle = |picture: DynamicImage| picture.crop_imm((width - edge) / 2, (height - edge) / 2, edge, edge);
            scaled(if is_square { picture } else { middle(picture) }, within((edge, edge), side))
        }
    }
}

/// The sides of a copy that fits into a square.
fn within((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longer = u64::from(width.max(height)).max(1);
    if longer <= u64::from(side) {
        return (width, height);
    }
    let scaled = |length: u32| ((u64::from(length) * u64::from(side) + longer / 2) / longer).max(1) as u32;
    (scaled(width), scaled(height))
}

fn scaled(picture: DynamicImage, (new_width, new_height): (u32, u32)) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if (width, height) == (new_width, new_height) {
        return picture;
    }
    // The fine way keeps a copy of floating-point numbers: too much memory for a large picture.
    if u64::from(width) * u64::from(height) > LARGE_PICTURE_PIXELS {
        return picture.thumbnail_exact(new_width, new_height);
    }
    let is_much_larger = width / new_width.max(1) >= COARSE_RATIO;
    let picture = if is_much_larger {
        picture.thumbnail_exact(new_width * 2, new_height.saturating_mul(2).min(height))
    } else {
        picture
    };
    picture.resize_exact(new_width, new_height, FilterType::Triangle)
}

fn thumbnail(picture: DynamicImage) -> RgbImage {
    let sides = within(picture.dimensions(), STRIPPED_SIDE);
    on_white(&scaled(picture, sides))
}

fn encoded(picture: &DynamicImage, coding: Coding) -> Result<Bytes, PictureError> {
    match coding {
        Coding::Jpeg => jpeg(&on_white(picture)),
        Coding::Webp => webp(picture),
    }
}

fn jpeg(picture: &RgbImage) -> Result<Bytes, PictureError> {
    let mut bytes = Vec::new();
    let (width, height) = sides(picture)?;
    let mut encoder = Encoder::new(&mut bytes, JPEG_QUALITY);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(|error| damaged(&error))?;
    Ok(bytes.into())
}

/// JPEG's sides have 16 bits.
pub(crate) fn sides(picture: &RgbImage) -> Result<(u16, u16), PictureError> {
    let (width, height) = picture.dimensions();
    let side = |length: u32| u16::try_from(length).map_err(|_| PictureError::Dimensions { width, height });
    Ok((side(width)?, side(height)?))
}

fn webp(picture: &DynamicImage) -> Result<Bytes, PictureError> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = picture.dimensions();
    let encoder = WebPEncoder::new_lossless(&mut bytes);
    let written = encoder.write_image(&picture.to_rgba8(), width, height, ExtendedColorType::Rgba8);
    written.map_err(|error| damaged(&error))?;
    Ok(bytes.into_inner().into())
}

/// What is transparent shows white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    let mut flat = RgbImage::new(source.width(), source.height());
    for (from, to) in source.pixels().zip(flat.pixels_mut()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        let blend = |colour: u16| ((colour * alpha + WHITE * (WHITE - alpha)) / WHITE) as u8;
        to.0 = [blend(red), blend(green), blend(blue)];
    }
    flat
}
