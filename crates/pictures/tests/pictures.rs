//! Pictures of strangers: copies of the right sizes, turned the right way, without metadata; and what is refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use pictures::limits::{PICTURE_MAX_BYTES, ROOM_KIB, ROOM_MIN_KIB};
use pictures::{Coding, Format, Order, PictureError, Pictures, Shrunk, inspect};
use proptest::prelude::*;

/// Red above, blue below; green at the left edge.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 8, y < height / 2) {
        (true, _) => Rgb([0, 200, 0]),
        (_, true) => Rgb([220, 0, 0]),
        _ => Rgb([0, 0, 220]),
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner().into()
}

/// A JPEG whose EXIF says how it lies; `orientation` as in TIFF 6.0.
fn with_exif(jpeg: &[u8], orientation: u8) -> Bytes {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    exif[6 + 8 + 2 + 9] = orientation;
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes.into()
}

/// A PNG that claims other sides than it has, its checksum in order.
fn claiming(png: &[u8], width: u32, height: u32) -> Bytes {
    let mut bytes = png.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes.into()
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    };
    !bytes.iter().fold(!0, step)
}

async fn shrink(bytes: &Bytes, order: Order) -> Result<Shrunk, PictureError> {
    one(&Pictures::new(1), bytes, order).await
}

async fn one(pool: &Pictures, bytes: &Bytes, order: Order) -> Result<Shrunk, PictureError> {
    let room = pool.room(bytes.len() as u64).await?;
    pool.shrink(room, bytes.clone(), order).await
}

fn letters(shrunk: &Shrunk) -> Vec<(char, u32, u32)> {
    shrunk.made.iter().map(|made| (char::from(made.letter), made.width, made.height)).collect()
}

#[tokio::test]
async fn a_photo_has_every_size_up_to_its_own() {
    let sizes = [
        ((3000, 1500), vec![('m', 320, 160), ('x', 800, 400), ('y', 1280, 640), ('w', 2560, 1280)]),
        ((1280, 960), vec![('m', 320, 240), ('x', 800, 600), ('y', 1280, 960)]),
        ((500, 1000), vec![('m', 160, 320), ('x', 400, 800), ('y', 500, 1000)]),
        ((320, 10), vec![]),
        ((90, 60), vec![('m', 90, 60)]),
    ];
    for ((width, height), expected) in sizes {
        let outcome = shrink(&file(flag(width, height), ImageFormat::Png), Order::photo()).await;
        if expected.is_empty() {
            assert_eq!(outcome, Err(PictureError::Dimensions { width, height }), "too narrow");
            continue;
        }
        let shrunk = outcome.unwrap();
        assert_eq!(letters(&shrunk), expected);
        for made in &shrunk.made {
            let copy = image::load_from_memory(&made.bytes).unwrap();
            assert_eq!(copy.dimensions(), (made.width, made.height));
            assert_looks_like_the_flag(&copy.to_rgb8());
        }
    }
}

#[track_caller]
fn assert_looks_like_the_flag(copy: &RgbImage) {
    let (width, height) = copy.dimensions();
    let near = |x: u32, y: u32, wanted: [u8; 3]| {
        let found = copy.get_pixel(x, y).0;
        assert!(found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 70), "{found:?} at {x}, {y}; {wanted:?} wanted");
    };
    near(width * 3 / 4, height / 4, [220, 0, 0]);
    near(width * 3 / 4, height * 3 / 4, [0, 0, 220]);
}

#[tokio::test]
async fn a_picture_that_lies_on_its_side_is_turned_and_loses_its_metadata() {
    let upright = flag(640, 480);
    let lying = image::imageops::rotate270(&upright);
    let bytes = with_exif(&file(lying, ImageFormat::Jpeg), 6);
    assert!(bytes.windows(4).any(|word| word == b"Exif"));
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.width, header.height), (640, 480));
    let shrunk = shrink(&bytes, Order::photo()).await.unwrap();
    assert_eq!(letters(&shrunk), [('m', 320, 240), ('x', 640, 480)]);
    for made in &shrunk.made {
        assert!(!made.bytes.windows(4).any(|word| word == b"Exif"));
        assert_looks_like_the_flag(&image::load_from_memory(&made.bytes).unwrap().to_rgb8());
    }
}

#[tokio::test]
async fn a_profile_photo_is_the_middle_square() {
    let shrunk = shrink(&file(flag(1000, 700), ImageFormat::Png), Order::profile_photo()).await.unwrap();
    assert_eq!(letters(&shrunk), [('a', 160, 160), ('b', 320, 320), ('c', 640, 640)]);
    let small = shrink(&file(flag(200, 300), ImageFormat::Png), Order::profile_photo()).await.unwrap();
    assert_eq!(letters(&small), [('a', 160, 160), ('b', 200, 200), ('c', 200, 200)]);
}

#[tokio::test]
async fn what_is_transparent_shows_white_in_jpeg_and_stays_in_webp() {
    let picture = RgbaImage::from_fn(300, 300, |x, _| Rgba([200, 0, 0, if x < 150 { 0 } else { 255 }]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = file(picture.clone(), format);
        let white = shrink(&bytes, Order::preview(Coding::Jpeg)).await.unwrap();
        let copy = image::load_from_memory(&white.made[0].bytes).unwrap().to_rgb8();
        assert!(copy.get_pixel(20, 150).0.iter().all(|part| *part > 240), "{:?}", copy.get_pixel(20, 150));
        let clear = shrink(&bytes, Order::preview(Coding::Webp)).await.unwrap();
        assert_eq!(letters(&clear), [('m', 128, 128)]);
        assert_eq!(inspect(&clear.made[0].bytes).unwrap().format, Format::Webp);
        assert_eq!(image::load_from_memory(&clear.made[0].bytes).unwrap().to_rgba8().get_pixel(10, 60).0[3], 0);
    }
}

#[tokio::test]
async fn the_first_picture_of_a_moving_one_is_shown() {
    let shrunk = shrink(&file(flag(300, 200), ImageFormat::Gif), Order::preview(Coding::Jpeg)).await.unwrap();
    assert_eq!((shrunk.header.format, letters(&shrunk)), (Format::Gif, vec![('m', 300, 200)]));
    assert!(shrunk.stripped.is_some());
}

#[tokio::test]
async fn giants_are_refused_by_their_claim() {
    let small = file(flag(60, 40), ImageFormat::Png);
    for (width, height) in [(50_000, 50_000), (1_000_000, 1), (9_000, 1_001), (2_100, 100)] {
        let lie = claiming(&small, width, height);
        assert_eq!(inspect(&lie).map(|header| (header.width, header.height)), Ok((width, height)));
        let refused = shrink(&lie, Order::photo()).await;
        assert_eq!(refused, Err(PictureError::Dimensions { width, height }));
    }
    let giant = shrink(&claiming(&small, 50_000, 50_000), Order::preview(Coding::Jpeg)).await;
    assert_eq!(giant, Err(PictureError::Dimensions { width: 50_000, height: 50_000 }));
}

#[tokio::test]
async fn what_lies_or_is_cut_off_is_refused() {
    let png = file(flag(600, 400), ImageFormat::Png);
    let jpeg = file(flag(600, 400), ImageFormat::Jpeg);
    let webp = file(flag(600, 400), ImageFormat::WebP);
    for whole in [&png, &jpeg, &webp] {
        let cut = whole.slice(..whole.len() * 2 / 3);
        let refused = shrink(&cut, Order::photo()).await;
        assert!(matches!(refused, Err(PictureError::Damaged(_))), "{refused:?}");
    }
    let larger = shrink(&claiming(&png, 1_200, 800), Order::photo()).await;
    assert!(matches!(larger, Err(PictureError::Damaged(_))), "{larger:?}");
    let words = Bytes::from_static(b"not a picture at all");
    assert_eq!(shrink(&words, Order::photo()).await, Err(PictureError::Unknown));
    assert_eq!(shrink(&Bytes::new(), Order::photo()).await, Err(PictureError::Unknown));
    let long = Bytes::from(vec![0xff; PICTURE_MAX_BYTES + 1]);
    assert!(matches!(shrink(&long, Order::photo()).await, Err(PictureError::TooLong { .. })));
}

/// Found by the fuzzer: an animation whose first picture is smaller than it says makes the decoder panic.
#[tokio::test]
async fn a_decoder_that_panics_has_found_a_damaged_picture() {
    let bytes = Bytes::from_static(include_bytes!("../../../fuzz/corpus/pictures/webp_moving_lies"));
    assert!(inspect(&bytes).is_ok(), "its header looks sound");
    let pool = Pictures::new(1);
    for _ in 0..2 {
        assert!(matches!(one(&pool, &bytes, Order::photo()).await, Err(PictureError::Damaged(_))));
    }
    assert!(one(&pool, &file(flag(60, 40), ImageFormat::Png), Order::photo()).await.is_ok(), "the thread lives on");
}

/// A progressive JPEG may go over its picture again and again.
#[tokio::test]
async fn very_many_passes_are_refused() {
    let jpeg = file(flag(2_000, 2_000), ImageFormat::Jpeg);
    let mut long = jpeg[..jpeg.len() - 2].to_vec();
    for _ in 0..200 {
        long.extend_from_slice(&[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    }
    long.extend_from_slice(&[0xff, 0xd9]);
    let refused = shrink(&long.into(), Order::photo()).await;
    let Err(PictureError::Damaged(reason)) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("passes"), "{reason}");
}

#[tokio::test]
async fn threads_exist_only_while_there_is_work() {
    let pool = Pictures::new(2);
    assert_eq!(pool.threads(), 0);
    let picture = file(flag(300, 300), ImageFormat::Jpeg);
    let outcomes = join_all((0..150).map(|_| one(&pool, &picture, Order::photo()))).await;
    assert_eq!(pool.threads(), 2);
    assert!(outcomes.iter().all(Result::is_ok), "who finds no room waits for it");
}

/// Packed profiles and very many pieces make a header as slow as a picture.
#[tokio::test]
async fn headers_are_read_by_the_threads_too() {
    let pool = Pictures::new(1);
    let picture = file(flag(300, 200), ImageFormat::Png);
    let room = pool.room(picture.len() as u64).await.unwrap();
    assert_eq!(pool.inspect(&room, picture.clone()).await, inspect(&picture));
    assert_eq!(pool.threads(), 1);
    let damaged = pool.inspect(&room, picture.slice(..20)).await;
    assert!(matches!(damaged, Err(PictureError::Damaged(_))), "{damaged:?}");
    let room = pool.room(1).await.unwrap();
    assert!(matches!(pool.inspect(&room, picture).await, Err(PictureError::TooLong { .. })));
}

#[tokio::test(start_paused = true)]
async fn memory_holds_only_so_many() {
    let pool = Pictures::new(2);
    let mut rooms = Vec::new();
    for _ in 0..ROOM_KIB / ROOM_MIN_KIB {
        rooms.push(pool.room(1).await.unwrap());
    }
    assert_eq!(pool.room(1).await.err(), Some(PictureError::Busy));
    rooms.pop();
    let room = pool.room(10).await.unwrap();
    let more = pool.shrink(room, Bytes::from_static(b"more than was said"), Order::photo()).await;
    assert_eq!(more, Err(PictureError::TooLong { bytes: 18 }));
    assert_eq!(
        pool.room(PICTURE_MAX_BYTES as u64 + 1).await.err(),
        Some(PictureError::TooLong { bytes: 10 * 1024 * 1024 + 1 })
    );
}

/// All at once, in one task.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in pending.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        let is_done = pending.iter().all(|(_, output)| output.is_some());
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    pending.into_iter().map(|(_, output)| output.unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Copies keep the shape within a pixel, are in rising order and never larger than the picture or their box.
    #[test]
    fn copies_keep_the_shape(width in 1_u32..900, height in 1_u32..900) {
        let bytes = file(RgbImage::new(width, height), ImageFormat::Png);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        match runtime.block_on(shrink(&bytes, Order::photo())) {
            Err(PictureError::Dimensions { .. }) => prop_assert!(width.max(height) > width.min(height) * 20),
            Err(error) => panic!("{error}"),
            Ok(shrunk) => {
                prop_assert!(!shrunk.made.is_empty());
                for made in &shrunk.made {
                    prop_assert!(made.width <= width && made.height <= height);
                    let exact = f64::from(width) * f64::from(made.height) / f64::from(height);
                    let pixel = f64::from(width) / f64::from(height) + 1.0;
                    prop_assert!((exact - f64::from(made.width)).abs() <= pixel);
                }
                prop_assert!(shrunk.made.windows(2).all(|pair| pair[0].width <= pair[1].width));
                let stripped = shrunk.stripped.unwrap();
                prop_assert!(stripped[0] == 1 && stripped[1] <= 40 && stripped[2] <= 40);
            }
        }
    }
}
