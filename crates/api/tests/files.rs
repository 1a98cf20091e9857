//! Files, as a client sees them: parts in, pieces out, references that end, profile photos, and the documented error of
//! each wrong step.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use devices::{Device, Server, error, input, input_peer, pair};
use sha2::{Digest, Sha256};
use tl::{enums, functions, types};

const AYU: &str = "15550001";
const BUDI: &str = "15550002";
const KIB: usize = 1024;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 3 % 251) as u8).collect()
}

async fn save(device: &Device, file_id: i64, file: &[u8], part_bytes: usize) -> i32 {
    let parts = file.chunks(part_bytes);
    let count = parts.len() as i32;
    for (part, bytes) in parts.enumerate() {
        let (file_part, bytes) = (part as i32, bytes.to_vec());
        let saved = if file.len() > 10 * KIB * KIB {
            let file_total_parts = count;
            device.call(&functions::upload::SaveBigFilePart { file_id, file_part, file_total_parts, bytes }).await
        } else {
            device.call(&functions::upload::SaveFilePart { file_id, file_part, bytes }).await
        };
        assert!(saved.unwrap());
    }
    count
}

fn small(id: i64, parts: i32) -> enums::InputFile {
    types::InputFile { id, parts, name: "file".to_owned(), md5_checksum: String::new() }.into()
}

async fn upload(device: &Device, file_id: i64, file: &[u8]) -> enums::InputFile {
    let parts = save(device, file_id, file, 512 * KIB).await;
    small(file_id, parts)
}

/// A document of this file, sent to oneself.
async fn document(device: &Device, file: enums::InputFile) -> types::Document {
    let media = types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file,
        thumb: None,
        mime_type: "application/x-gamelan".to_owned(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    };
    let request = functions::messages::UploadMedia {
        business_connection_id: None,
        peer: enums::InputPeer::PeerSelf,
        media: media.into(),
    };
    let enums::MessageMedia::Document(media) = device.call(&request).await.unwrap() else { panic!("a document") };
    let Some(enums::Document::Document(document)) = media.document else { panic!("a document") };
    document
}

fn location(document: &types::Document) -> types::InputDocumentFileLocation {
    types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    }
}

fn get(location: impl Into<enums::InputFileLocation>, offset: i64, limit: i32) -> functions::upload::GetFile {
    functions::upload::GetFile { precise: false, cdn_supported: true, location: location.into(), offset, limit }
}

async fn piece(device: &Device, request: &functions::upload::GetFile) -> Result<types::upload::File, api::RpcError> {
    match device.call(request).await? {
        enums::upload::File::File(file) => Ok(file),
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    }
}

#[tokio::test]
async fn a_file_goes_up_and_comes_back() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let file = bytes(11 * KIB * KIB + 77);
    let parts = save(&ayu, 7, &file, 512 * KIB).await;
    let input = types::InputFileBig { id: 7, parts, name: "file".to_owned() };
    let sent = document(&ayu, input.into()).await;
    assert_eq!(sent.size as usize, file.len());
    let mut read = Vec::new();
    for block in 0..=11 {
        read.extend(piece(&ayu, &get(location(&sent), block << 20, 1 << 20)).await.unwrap().bytes);
    }
    assert_eq!(Sha256::digest(&read), Sha256::digest(&file));
    let hashes = functions::upload::GetFileHashes { location: location(&sent).into(), offset: 11 * 1024 * 1024 + 5 };
    let [enums::FileHash::Hash(hash)] = ayu.call(&hashes).await.unwrap().try_into().expect("the last piece");
    assert_eq!((hash.offset, hash.limit), (11 * 1024 * 1024, 77));
    assert_eq!(hash.hash, Sha256::digest(&file[11 * KIB * KIB..]).to_vec());
    let hashes = functions::upload::GetFileHashes { offset: 200 * 1024, ..hashes };
    let first = ayu.call(&hashes).await.unwrap();
    assert_eq!(first.len(), 8);
    let enums::FileHash::Hash(first) = &first[0];
    assert_eq!((first.offset, first.limit), (128 * 1024, 128 * 1024));
    assert_eq!(first.hash, Sha256::digest(&file[128 * KIB..256 * KIB]).to_vec());
}

#[tokio::test]
async fn downloads_have_their_rules() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up(BUDI, "Budi").await);
    let sent = document(&ayu, upload(&ayu, 7, &bytes(9000)).await).await;
    let here = || location(&sent);
    let refused = async |request: functions::upload::GetFile| error(piece(&ayu, &request).await);
    assert_eq!(refused(get(here(), 1, 4096)).await, pair(400, "OFFSET_INVALID"));
    assert_eq!(refused(get(here(), -4096, 4096)).await, pair(400, "OFFSET_INVALID"));
    assert_eq!(refused(get(here(), 0, 100)).await, pair(400, "LIMIT_INVALID"));
    assert_eq!(refused(get(here(), 0, i32::MAX)).await, pair(400, "LIMIT_INVALID"));
    let wrong_hash = types::InputDocumentFileLocation { access_hash: 1, ..here() };
    assert_eq!(refused(get(wrong_hash, 0, 4096)).await, pair(400, "LOCATION_INVALID"));
    let wrong_id = types::InputDocumentFileLocation { id: sent.id + 1, ..here() };
    assert_eq!(refused(get(wrong_id, 0, 4096)).await, pair(400, "LOCATION_INVALID"));
    for size in ["m", "é", "xx", "/"] {
        let no_preview = types::InputDocumentFileLocation { thumb_size: size.to_owned(), ..here() };
        assert_eq!(refused(get(no_preview, 0, 4096)).await, pair(400, "LOCATION_INVALID"));
    }
    let no_photo = types::InputPhotoFileLocation {
        id: sent.id,
        access_hash: sent.access_hash,
        file_reference: sent.file_reference.clone(),
        thumb_size: "m".to_owned(),
    };
    assert_eq!(refused(get(no_photo, 0, 4096)).await, pair(400, "LOCATION_INVALID"));
    let old = types::InputFileLocation { volume_id: 1, local_id: 2, secret: 3, file_reference: Vec::new() };
    assert_eq!(refused(get(old, 0, 4096)).await, pair(400, "LOCATION_INVALID"));
    // What was shown to one is worth nothing to another.
    assert_eq!(error(piece(&budi, &get(here(), 0, 4096)).await), pair(400, "LOCATION_INVALID"));
    let precise = functions::upload::GetFile { precise: true, ..get(here(), 1024, 3 * 1024) };
    assert_eq!(piece(&ayu, &precise).await.unwrap().bytes, bytes(9000)[1024..4096]);
    // At and behind the end there is nothing.
    assert!(piece(&ayu, &get(here(), 12_288, 4096)).await.unwrap().bytes.is_empty());
    assert!(piece(&ayu, &get(here(), 1 << 50, 4096)).await.unwrap().bytes.is_empty());
}

#[tokio::test]
async fn references_end_and_are_made_anew() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let sent = document(&ayu, upload(&ayu, 7, &bytes(9000)).await).await;
    let with =
        |file_reference: Vec<u8>| get(types::InputDocumentFileLocation { file_reference, ..location(&sent) }, 0, 4096);
    assert_eq!(error(piece(&ayu, &with(Vec::new())).await), pair(400, "FILE_REFERENCE_EMPTY"));
    let mut forged = sent.file_reference.clone();
    forged[1] ^= 0x40;
    assert_eq!(error(piece(&ayu, &with(forged)).await), pair(400, "FILE_REFERENCE_INVALID"));
    assert_eq!(error(piece(&ayu, &with(vec![0; 4000])).await), pair(400, "FILE_REFERENCE_INVALID"));
    server.world.pass_seconds(26 * 3600);
    assert_eq!(error(piece(&ayu, &get(location(&sent), 0, 4096)).await), pair(400, "FILE_REFERENCE_EXPIRED"));
    let again =
        ayu.api.platform().file_reference(platform::UserId(ayu.me().await.id), platform::media::MediumId(sent.id));
    assert!(piece(&ayu, &with(again)).await.is_ok());
}

#[tokio::test]
async fn wrong_parts_are_refused_by_name() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let part = |file_part, bytes| functions::upload::SaveFilePart { file_id: 1, file_part, bytes };
    assert_eq!(error(ayu.call(&part(0, Vec::new())).await), pair(400, "FILE_PART_EMPTY"));
    assert_eq!(error(ayu.call(&part(-1, bytes(9))).await), pair(400, "FILE_PART_INVALID"));
    assert_eq!(error(ayu.call(&part(0, bytes(512 * KIB + 1))).await), pair(400, "FILE_PART_TOO_BIG"));
    let big = |file_part, file_total_parts, bytes| functions::upload::SaveBigFilePart {
        file_id: 2,
        file_part,
        file_total_parts,
        bytes,
    };
    assert_eq!(error(ayu.call(&big(0, 8001, bytes(KIB))).await), pair(400, "FILE_PARTS_INVALID"));
    assert_eq!(error(ayu.call(&big(0, 8000, bytes(KIB + 1))).await), pair(400, "FILE_PART_SIZE_INVALID"));
    ayu.call(&big(7998, 8000, bytes(KIB))).await.unwrap();
    assert_eq!(error(ayu.call(&big(0, 8000, bytes(2 * KIB))).await), pair(400, "FILE_PART_SIZE_CHANGED"));
    let photo = functions::photos::UploadProfilePhoto {
        fallback: false,
        bot: None,
        file: Some(types::InputFileBig { id: 2, parts: 8000, name: String::new() }.into()),
        video: None,
        video_start_ts: None,
        video_emoji_markup: None,
    };
    assert_eq!(error(ayu.call(&photo).await), pair(400, "FILE_PART_0_MISSING"));
}

/// A picture without compression: 240 pixels a side, one colour.
fn picture(red: u8) -> Vec<u8> {
    const SIDE: u32 = 240;
    let row: Vec<u8> = std::iter::once(0).chain([red, 90, 30].into_iter().cycle().take(3 * SIDE as usize)).collect();
    let pixels = row.repeat(SIDE as usize);
    let mut packed = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = pixels.chunks(0xffff).collect();
    for (number, block) in blocks.iter().enumerate() {
        packed.push(u8::from(number + 1 == blocks.len()));
        packed.extend((block.len() as u16).to_le_bytes());
        packed.extend((!(block.len() as u16)).to_le_bytes());
        packed.extend_from_slice(block);
    }
    let (low, high) = pixels.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    packed.extend((high << 16 | low).to_be_bytes());
    let header = [&SIDE.to_be_bytes()[..], &SIDE.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &packed), chunk(b"IEND", &[])];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&name[..], data].concat();
    let sum = named.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    [&(data.len() as u32).to_be_bytes()[..], &named, &(!sum).to_be_bytes()].concat()
}

async fn show(device: &Device, file_id: i64, fallback: bool) -> types::Photo {
    let file = upload(device, file_id, &picture(file_id as u8)).await;
    let request = functions::photos::UploadProfilePhoto {
        fallback,
        bot: None,
        file: Some(file),
        video: None,
        video_start_ts: None,
        video_emoji_markup: None,
    };
    let enums::photos::Photo::Photo(shown) = device.call(&request).await.unwrap();
    let enums::Photo::Photo(photo) = shown.photo else { panic!("a photo") };
    photo
}

fn shown_photo(user: &types::User) -> Option<i64> {
    match user.photo.as_ref()? {
        enums::UserProfilePhoto::Photo(photo) => {
            assert!(photo.stripped_thumb.as_ref().is_some_and(|thumb| !thumb.is_empty()));
            Some(photo.photo_id)
        }
        enums::UserProfilePhoto::Empty => None,
    }
}

async fn photos_of(device: &Device, user: &types::User) -> Vec<i64> {
    let request = functions::photos::GetUserPhotos { user_id: input(user), offset: 0, max_id: 0, limit: 100 };
    let photos = match device.call(&request).await.unwrap() {
        enums::photos::Photos::Photos(photos) => photos.photos,
        enums::photos::Photos::Slice(slice) => slice.photos,
    };
    let id = |photo| match photo {
        enums::Photo::Photo(photo) => photo.id,
        enums::Photo::Empty(empty) => empty.id,
    };
    photos.into_iter().map(id).collect()
}

async fn face(device: &Device, user: &types::User, photo_id: i64, big: bool) -> Result<Vec<u8>, api::RpcError> {
    let location = types::InputPeerPhotoFileLocation { big, peer: input_peer(user), photo_id };
    Ok(piece(device, &get(location, 0, 1024 * 1024)).await?.bytes)
}

async fn full(device: &Device, user: &types::User) -> types::UserFull {
    let request = functions::users::GetFullUser { id: input(user) };
    let enums::users::UserFull::Full(full) = device.call(&request).await.unwrap();
    let enums::UserFull::Full(full) = full.full_user;
    full
}

fn input_photo(photo: &types::Photo) -> enums::InputPhoto {
    let (access_hash, file_reference) = (photo.access_hash, photo.file_reference.clone());
    types::InputPhoto { id: photo.id, access_hash, file_reference }.into()
}

#[tokio::test]
async fn a_face_is_shown_changed_and_taken_away() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up(BUDI, "Budi").await);
    let first = show(&ayu, 1, false).await;
    let second = show(&ayu, 2, false).await;
    let seen = budi.see(AYU).await;
    assert_eq!(shown_photo(&seen), Some(second.id));
    assert_eq!(shown_photo(&ayu.me().await), Some(second.id));
    assert_eq!(photos_of(&budi, &seen).await, [second.id, first.id]);
    let (small, big) =
        (face(&budi, &seen, second.id, false).await.unwrap(), face(&budi, &seen, second.id, true).await.unwrap());
    assert!(small.starts_with(&[0xff, 0xd8, 0xff]) && big.starts_with(&[0xff, 0xd8, 0xff]) && small.len() < big.len());
    assert!(face(&budi, &seen, first.id, true).await.is_ok(), "a former one");
    assert_eq!(error(face(&budi, &seen, 12_345, true).await), pair(400, "LOCATION_INVALID"));
    assert!(
        matches!(full(&budi, &seen).await.profile_photo, Some(enums::Photo::Photo(photo)) if photo.id == second.id)
    );

    let choose = |id| functions::photos::UpdateProfilePhoto { fallback: false, bot: None, id };
    ayu.call(&choose(input_photo(&first))).await.unwrap();
    assert_eq!(photos_of(&budi, &seen).await, [first.id, second.id]);
    let bare = types::InputPhoto { id: first.id, access_hash: 0, file_reference: Vec::new() };
    let delete = functions::photos::DeletePhotos { id: vec![bare.into(), enums::InputPhoto::Empty] };
    assert_eq!(ayu.call(&delete).await.unwrap(), [first.id]);
    assert_eq!(ayu.call(&delete).await.unwrap(), [] as [i64; 0]);
    assert_eq!(shown_photo(&budi.see(AYU).await), Some(second.id), "the one before it comes back");
    assert_eq!(error(ayu.call(&choose(input_photo(&first))).await), pair(400, "PHOTO_ID_INVALID"));
    ayu.call(&choose(enums::InputPhoto::Empty)).await.unwrap();
    assert_eq!(shown_photo(&budi.see(AYU).await), None);
    assert!(photos_of(&budi, &seen).await.is_empty());
}

#[tokio::test]
async fn who_may_not_see_the_face_sees_the_other_one() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up(BUDI, "Budi").await);
    let face_id = show(&ayu, 1, false).await.id;
    let key = enums::InputPrivacyKey::ProfilePhoto;
    let rules = vec![enums::InputPrivacyRule::InputPrivacyValueDisallowAll];
    ayu.call(&functions::account::SetPrivacy { key, rules }).await.unwrap();
    let seen = budi.see(AYU).await;
    assert_eq!(shown_photo(&seen), None);
    assert_eq!(error(face(&budi, &seen, face_id, false).await), pair(400, "LOCATION_INVALID"));
    assert!(photos_of(&budi, &seen).await.is_empty());
    let fallback = show(&ayu, 2, true).await.id;
    assert_eq!(shown_photo(&budi.see(AYU).await), Some(fallback));
    assert_eq!(photos_of(&budi, &seen).await, [fallback]);
    assert!(face(&budi, &seen, fallback, false).await.is_ok());
    let full = full(&budi, &seen).await;
    assert!(full.profile_photo.is_none());
    assert!(matches!(full.fallback_photo, Some(enums::Photo::Photo(photo)) if photo.id == fallback));
    assert_eq!(shown_photo(&ayu.me().await), Some(face_id), "to herself she looks as she does");
}

#[tokio::test]
async fn what_is_no_picture_is_no_face() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let request = |file, video| functions::photos::UploadProfilePhoto {
        fallback: false,
        bot: None,
        file,
        video,
        video_start_ts: None,
        video_emoji_markup: None,
    };
    let words = upload(&ayu, 1, b"these are words").await;
    assert_eq!(error(ayu.call(&request(Some(words.clone()), None)).await), pair(400, "PHOTO_EXT_INVALID"));
    assert_eq!(error(ayu.call(&request(None, None)).await), pair(400, "PHOTO_FILE_MISSING"));
    assert_eq!(error(ayu.call(&request(None, Some(words))).await), pair(400, "VIDEO_FILE_INVALID"));
    assert_eq!(shown_photo(&ayu.me().await), None);
}
