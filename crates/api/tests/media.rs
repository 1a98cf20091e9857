//! Pictures, files and albums through the api, as clients upload, send, ask for and lose them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;
#[allow(dead_code, reason = "here answers are only read")]
mod emitted;

use devices::{Device, Server, error, input_peer, pair};
use tl::functions::{messages, upload};
use tl::{Deserializable, Serializable, enums, types};

/// Pictures of 48 x 30 pixels.
const JPEG: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/jpeg_progressive");
const JPEG_CUT: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/jpeg_cut");
const PNG_GIANT: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/png_claims_much");

const ANI: &str = "15550000001";
const BUDI: &str = "15550000002";
const DAY_SECONDS: i64 = 24 * 3600;

/// Ani writes to Budi.
struct Talk {
    server: Server,
    ani: Device,
    budi: Device,
    /// Budi as Ani names him, and the other way round.
    to_budi: enums::InputPeer,
    to_ani: enums::InputPeer,
}

impl Talk {
    async fn begin() -> Self {
        let server = Server::start().await;
        let (ani, budi) = (server.sign_up(ANI, "Ani").await, server.sign_up(BUDI, "Budi").await);
        let (to_budi, to_ani) = (input_peer(&ani.see(BUDI).await), input_peer(&budi.see(ANI).await));
        Self { server, ani, budi, to_budi, to_ani }
    }

    async fn send(&self, media: enums::InputMedia, random_id: i64) -> types::Message {
        let sent = self.ani.call(&send_media(self.to_budi.clone(), media, random_id)).await.unwrap();
        new_messages(&sent).remove(0)
    }

    async fn refused(&self, media: enums::InputMedia) -> (i32, String) {
        error(self.ani.call(&send_media(self.to_budi.clone(), media, 5)).await)
    }

    async fn album(&self, media: Vec<enums::InputMedia>) -> Result<enums::Updates, api::RpcError> {
        let singles = media.into_iter().enumerate().map(|(at, media)| single(media, 900 + at as i64));
        self.ani.call(&send_multi_media(self.to_budi.clone(), singles.collect())).await
    }

    /// What Budi has of the conversation, newest first.
    async fn budis(&self) -> Vec<types::Message> {
        let request = testing_requests::history(self.to_ani.clone(), 0, 50);
        listed(self.budi.call(&request).await.unwrap())
    }
}

fn listed(page: enums::messages::Messages) -> Vec<types::Message> {
    let list = match page {
        enums::messages::Messages::Messages(page) => page.messages,
        enums::messages::Messages::Slice(page) => page.messages,
        other => panic!("a page, not {other:?}"),
    };
    list.into_iter().filter_map(|message| types::Message::try_from(message).ok()).collect()
}

fn new_messages(updates: &enums::Updates) -> Vec<types::Message> {
    let enums::Updates::Updates(updates) = updates else { panic!("full updates") };
    let bytes = enums::Updates::from(updates.clone()).to_bytes();
    assert!(tl::peers::unresolved_peers(&bytes).unwrap().is_empty());
    assert_eq!(emitted::unlisted(tl::schema::boxed("Updates").unwrap(), &bytes), Vec::<&str>::new());
    let found = updates.updates.iter().filter_map(|update| match update {
        enums::Update::NewMessage(new) => Some(&new.message),
        enums::Update::EditMessage(edit) => Some(&edit.message),
        _ => None,
    });
    found.filter_map(|message| types::Message::try_from(message.clone()).ok()).collect()
}

async fn save(device: &Device, file_id: i64, bytes: &[u8]) -> enums::InputFile {
    let request = upload::SaveFilePart { file_id, file_part: 0, bytes: bytes.to_vec() };
    assert!(device.call(&request).await.unwrap());
    types::InputFile { id: file_id, parts: 1, name: "file".into(), md5_checksum: String::new() }.into()
}

async fn photo_of(device: &Device, file_id: i64, bytes: &[u8]) -> types::InputMediaUploadedPhoto {
    types::InputMediaUploadedPhoto {
        spoiler: false,
        live_photo: false,
        file: save(device, file_id, bytes).await,
        stickers: None,
        ttl_seconds: None,
        video: None,
    }
}

async fn photo(device: &Device, file_id: i64) -> enums::InputMedia {
    photo_of(device, file_id, JPEG).await.into()
}

async fn document(
    device: &Device,
    file_id: i64,
    mime: &str,
    attributes: Vec<enums::DocumentAttribute>,
) -> enums::InputMedia {
    types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: false,
        spoiler: false,
        file: save(device, file_id, b"the bytes of a file").await,
        thumb: None,
        mime_type: mime.to_owned(),
        attributes,
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

fn voice() -> Vec<enums::DocumentAttribute> {
    let audio = types::DocumentAttributeAudio {
        voice: true,
        duration: 2,
        title: None,
        performer: None,
        waveform: Some(vec![31; 63]),
    };
    vec![audio.into()]
}

fn film() -> Vec<enums::DocumentAttribute> {
    let video = types::DocumentAttributeVideo {
        round_message: false,
        supports_streaming: true,
        nosound: false,
        duration: 2.75,
        w: 640,
        h: 480,
        preload_prefix_size: None,
        video_start_ts: None,
        video_codec: None,
    };
    vec![video.into(), types::DocumentAttributeFilename { file_name: "film.mp4".into() }.into()]
}

fn file_name(name: &str) -> Vec<enums::DocumentAttribute> {
    vec![types::DocumentAttributeFilename { file_name: name.into() }.into()]
}

fn send_media(peer: enums::InputPeer, media: enums::InputMedia, random_id: i64) -> messages::SendMedia {
    testing_requests::send_media(peer, media, "look", random_id)
}

fn single(media: enums::InputMedia, random_id: i64) -> enums::InputSingleMedia {
    types::InputSingleMedia { media, random_id, message: format!("number {random_id}"), entities: None }.into()
}

fn send_multi_media(peer: enums::InputPeer, multi_media: Vec<enums::InputSingleMedia>) -> messages::SendMultiMedia {
    messages::SendMultiMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        multi_media,
        schedule_date: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
    }
}

fn photo_in(message: &types::Message) -> types::Photo {
    match &message.media {
        Some(enums::MessageMedia::Photo(media)) => media.photo.clone().unwrap().try_into().unwrap(),
        other => panic!("a photo, not {other:?}"),
    }
}

fn document_in(message: &types::Message) -> (types::MessageMediaDocument, types::Document) {
    match &message.media {
        Some(enums::MessageMedia::Document(media)) => {
            (media.clone(), media.document.clone().unwrap().try_into().unwrap())
        }
        other => panic!("a document, not {other:?}"),
    }
}

fn shown_photo(photo: &types::Photo) -> types::InputPhoto {
    types::InputPhoto { id: photo.id, access_hash: photo.access_hash, file_reference: photo.file_reference.clone() }
}

fn media_photo(id: types::InputPhoto) -> enums::InputMedia {
    let id = id.into();
    types::InputMediaPhoto { spoiler: false, live_photo: false, id, ttl_seconds: None, video: None }.into()
}

async fn download(device: &Device, photo: &types::Photo) -> Result<Vec<u8>, api::RpcError> {
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: "m".into(),
    };
    let request =
        upload::GetFile { precise: false, cdn_supported: true, location: location.into(), offset: 0, limit: 1 << 20 };
    match device.call(&request).await? {
        enums::upload::File::File(file) => Ok(file.bytes),
        other => panic!("a file, not {other:?}"),
    }
}

#[tokio::test]
async fn a_photo_is_seen_by_both_each_with_hashes_of_their_own() {
    let talk = Talk::begin().await;
    let sent = talk.send(photo(&talk.ani, 1).await, 7).await;
    let mine = photo_in(&sent);
    let kinds: Vec<String> = mine.sizes.iter().map(kind_of_size).collect();
    assert_eq!(kinds, ["i", "m"]);
    let got = talk.budis().await.remove(0);
    let theirs = photo_in(&got);
    assert_eq!((theirs.id, &theirs.sizes), (mine.id, &mine.sizes));
    assert_ne!(theirs.access_hash, mine.access_hash);
    assert_ne!(theirs.file_reference, mine.file_reference);
    let (a, b) = (download(&talk.ani, &mine).await.unwrap(), download(&talk.budi, &theirs).await.unwrap());
    assert!(a == b && a.starts_with(&[0xff, 0xd8]));
    assert_eq!(error(download(&talk.budi, &mine).await), pair(400, "LOCATION_INVALID"), "Ani's hash is Ani's");

    let again = talk.send(enums::InputMedia::Empty, 7).await;
    assert_eq!(again, sent, "the same number is the same message, whatever is attached");
    let shown = talk.send(media_photo(shown_photo(&mine)), 8).await;
    assert_eq!(photo_in(&shown).id, mine.id, "sent once more without an upload");
}

fn kind_of_size(size: &enums::PhotoSize) -> String {
    match size {
        enums::PhotoSize::PhotoStrippedSize(size) => size.r#type.clone(),
        enums::PhotoSize::Size(size) => size.r#type.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_photo_needs_its_hash_and_a_fresh_reference() {
    let talk = Talk::begin().await;
    let shown = shown_photo(&photo_in(&talk.send(photo(&talk.ani, 1).await, 7).await));
    let theirs = shown_photo(&photo_in(&talk.budis().await[0]));
    let wrong = [
        (types::InputPhoto { access_hash: shown.access_hash ^ 1, ..shown.clone() }, "MEDIA_EMPTY"),
        (types::InputPhoto { id: shown.id ^ 1, ..shown.clone() }, "MEDIA_EMPTY"),
        (types::InputPhoto { file_reference: Vec::new(), ..shown.clone() }, "FILE_REFERENCE_EMPTY"),
        (types::InputPhoto { file_reference: vec![1; 21], ..shown.clone() }, "FILE_REFERENCE_INVALID"),
        (
            types::InputPhoto { file_reference: theirs.file_reference.clone(), ..shown.clone() },
            "FILE_REFERENCE_INVALID",
        ),
        (theirs, "MEDIA_EMPTY"),
    ];
    for (id, name) in wrong {
        assert_eq!(talk.refused(media_photo(id)).await, pair(400, name));
    }
    assert_eq!(talk.refused(media_photo_empty()).await, pair(400, "MEDIA_EMPTY"));
    talk.server.world.pass_seconds(3 * DAY_SECONDS);
    assert_eq!(talk.refused(media_photo(shown.clone())).await, pair(400, "FILE_REFERENCE_EXPIRED"));
    let good = talk.ani.call(&upload_media(photo(&talk.ani, 2).await)).await.unwrap();
    let album = talk.album(vec![again(&good), media_photo(shown.clone())]).await;
    assert_eq!(error(album), pair(400, "FILE_REFERENCE_1_EXPIRED"));
    let album =
        talk.album(vec![media_photo(types::InputPhoto { file_reference: vec![9], ..shown }), again(&good)]).await;
    assert_eq!(error(album), pair(400, "FILE_REFERENCE_0_INVALID"));
}

fn media_photo_empty() -> enums::InputMedia {
    let id = enums::InputPhoto::Empty;
    types::InputMediaPhoto { spoiler: false, live_photo: false, id, ttl_seconds: None, video: None }.into()
}

fn upload_media(media: enums::InputMedia) -> messages::UploadMedia {
    messages::UploadMedia { business_connection_id: None, peer: enums::InputPeer::PeerSelf, media }
}

/// What was uploaded, as it is sent.
fn again(uploaded: &enums::MessageMedia) -> enums::InputMedia {
    match uploaded {
        enums::MessageMedia::Photo(media) => {
            let photo: types::Photo = media.photo.clone().unwrap().try_into().unwrap();
            media_photo(shown_photo(&photo))
        }
        enums::MessageMedia::Document(media) => {
            let document: types::Document = media.document.clone().unwrap().try_into().unwrap();
            let id = types::InputDocument {
                id: document.id,
                access_hash: document.access_hash,
                file_reference: document.file_reference,
            };
            types::InputMediaDocument {
                spoiler: true,
                id: id.into(),
                video_cover: None,
                video_timestamp: None,
                ttl_seconds: None,
                query: None,
            }
            .into()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_album_is_answered_at_once_and_only_once() {
    let talk = Talk::begin().await;
    let mut uploaded = Vec::new();
    for (file_id, is_film) in [(1, false), (2, true), (3, false)] {
        let media = match is_film {
            true => document(&talk.ani, file_id, "video/mp4", film()).await,
            false => photo(&talk.ani, file_id).await,
        };
        uploaded.push(again(&talk.ani.call(&upload_media(media)).await.unwrap()));
    }
    let sent = talk.album(uploaded.clone()).await.unwrap();
    let enums::Updates::Updates(container) = &sent else { panic!("full updates") };
    let ids: Vec<i64> = container.updates.iter().filter_map(random_id).collect();
    assert_eq!(ids, [900, 901, 902], "one updateMessageID each, before the messages");
    assert!(container.updates[..3].iter().all(|update| random_id(update).is_some()));
    let messages = new_messages(&sent);
    assert!(messages[0].grouped_id.is_some() && messages.iter().all(|it| it.grouped_id == messages[0].grouped_id));
    let (media, _) = document_in(&messages[1]);
    assert!(media.video && media.spoiler && !media.round && !media.voice);
    assert_eq!(talk.album(uploaded).await.unwrap(), sent);
    let got = talk.budis().await;
    assert_eq!(
        got.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(),
        ["number 902", "number 901", "number 900"]
    );

    let eleven = vec![media_photo(shown_photo(&photo_in(&messages[0]))); 11];
    assert_eq!(error(talk.album(eleven).await), pair(400, "MULTI_MEDIA_TOO_LONG"));
    assert_eq!(error(talk.album(vec![]).await), pair(400, "MEDIA_EMPTY"));
    let (one, other) = (photo(&talk.ani, 8).await, document(&talk.ani, 9, "application/zip", file_name("a.zip")).await);
    let mixed = vec![single(one, 41), single(other, 42)];
    let mixed = talk.ani.call(&send_multi_media(talk.to_budi.clone(), mixed)).await;
    assert_eq!(error(mixed), pair(400, "MEDIA_GROUPED_INVALID"));
    assert_eq!(talk.budis().await.len(), 3);
}

fn random_id(update: &enums::Update) -> Option<i64> {
    match update {
        enums::Update::MessageId(id) => Some(id.random_id),
        _ => None,
    }
}

#[tokio::test]
async fn bad_uploads_have_names() {
    let talk = Talk::begin().await;
    for (file_id, bytes, name) in [
        (1, PNG_GIANT, "PHOTO_INVALID_DIMENSIONS"),
        (2, JPEG_CUT, "IMAGE_PROCESS_FAILED"),
        (3, &b"words"[..], "PHOTO_EXT_INVALID"),
    ] {
        let media = photo_of(&talk.ani, file_id, bytes).await.into();
        assert_eq!(talk.refused(media).await, pair(400, name));
    }
    let theirs = photo(&talk.budi, 77).await;
    assert_eq!(talk.refused(theirs).await.0, 400, "an upload is one's own");
    let sum = |digits: &str| {
        enums::InputFile::from(types::InputFile { id: 1, parts: 1, name: "file".into(), md5_checksum: digits.into() })
    };
    for digits in ["00112233445566778899aabbccddeeff", "not a checksum"] {
        let photo = types::InputMediaUploadedPhoto { file: sum(digits), ..photo_of(&talk.ani, 1, JPEG).await };
        assert_eq!(talk.refused(photo.into()).await, pair(400, "MD5_CHECKSUM_INVALID"));
    }
    let fades = types::InputMediaUploadedPhoto { ttl_seconds: Some(10), ..photo_of(&talk.ani, 1, JPEG).await };
    assert_eq!(talk.refused(fades.into()).await, pair(400, "TTL_MEDIA_INVALID"));
    let far =
        types::InputMediaPhotoExternal { spoiler: false, url: "https://example.com/a.jpg".into(), ttl_seconds: None };
    assert_eq!(talk.refused(far.into()).await, pair(400, "WEBPAGE_CURL_FAILED"));
    assert_eq!(talk.refused(enums::InputMedia::Empty).await, pair(400, "MEDIA_EMPTY"));
    let mut round = film();
    if let enums::DocumentAttribute::Video(video) = &mut round[0] {
        video.round_message = true;
    }
    let lie = document(&talk.ani, 9, "image/png", round).await;
    assert_eq!(talk.refused(lie).await, pair(400, "VIDEO_CONTENT_TYPE_INVALID"));
    let long = messages::SendMedia {
        message: "x".repeat(1_025),
        ..send_media(talk.to_budi.clone(), photo(&talk.ani, 2).await, 3)
    };
    assert_eq!(error(talk.ani.call(&long).await), pair(400, "MEDIA_CAPTION_TOO_LONG"));
    let place = types::InputGeoPoint { lat: 1.0, long: 2.0, accuracy_radius: None };
    let place = types::InputMediaGeoPoint { geo_point: place.into() };
    assert_eq!(error(talk.ani.call(&upload_media(place.into())).await), pair(400, "MEDIA_INVALID"));
    assert!(talk.budis().await.is_empty());
}

#[tokio::test]
async fn a_photo_is_replaced() {
    let talk = Talk::begin().await;
    let sent = talk.send(photo(&talk.ani, 1).await, 7).await;
    let new = document(&talk.ani, 2, "application/zip", file_name("a.zip")).await;
    let request = edit(&talk, sent.id, None, Some(new));
    let edited = new_messages(&talk.ani.call(&request).await.unwrap()).remove(0);
    let (media, document) = document_in(&edited);
    assert!(!media.video && edited.edit_date.is_some());
    assert_eq!((edited.message.as_str(), document.size), ("look", 19));
    assert_eq!(document_in(&talk.budis().await[0]).1.id, document.id);
    let nothing = talk.ani.call(&edit(&talk, sent.id, None, None)).await;
    assert_eq!(error(nothing), pair(400, "MESSAGE_NOT_MODIFIED"));
    let bare = new_messages(&talk.ani.call(&edit(&talk, sent.id, Some(""), None)).await.unwrap()).remove(0);
    assert_eq!(bare.message, "", "a file needs no words");
}

fn edit(talk: &Talk, id: i32, text: Option<&str>, media: Option<enums::InputMedia>) -> messages::EditMessage {
    let message = text.map(str::to_owned);
    messages::EditMessage { message, media, ..testing_requests::edit_message(talk.to_budi.clone(), id, "") }
}

#[tokio::test]
async fn a_voice_is_marked_until_it_is_played() {
    let talk = Talk::begin().await;
    let sent = talk.send(document(&talk.ani, 1, "audio/ogg", voice()).await, 7).await;
    let (media, document) = document_in(&sent);
    assert!(media.voice && !media.round && sent.media_unread);
    assert!(matches!(&document.attributes[0], enums::DocumentAttribute::Audio(audio) if audio.waveform.is_some()));
    let got = talk.budis().await.remove(0);
    assert!(got.media_unread);
    let me = talk.ani.me().await;
    let ani = platform::UserId(me.id);
    let before = talk.ani.api.cursor(ani).await.unwrap();
    talk.budi.call(&messages::ReadMessageContents { id: vec![got.id] }).await.unwrap();
    assert!(!talk.budis().await[0].media_unread);
    let pushed = talk.ani.api.push_since(ani, before, None).await.unwrap();
    let enums::Updates::Updates(news) = enums::Updates::from_bytes(&pushed.items[0].body.home()).unwrap() else {
        panic!()
    };
    assert!(
        matches!(&news.updates[0], enums::Update::ReadMessagesContents(read) if read.messages == [sent.id]),
        "{news:?}"
    );
}

#[tokio::test]
async fn kinds_are_found_and_counted() {
    let talk = Talk::begin().await;
    talk.send(photo(&talk.ani, 1).await, 1).await;
    talk.send(document(&talk.ani, 2, "video/mp4", film()).await, 2).await;
    talk.send(document(&talk.ani, 3, "audio/ogg", voice()).await, 3).await;
    talk.send(document(&talk.ani, 4, "application/zip", file_name("a.zip")).await, 4).await;
    let filters = vec![
        enums::MessagesFilter::InputMessagesFilterPhotos,
        enums::MessagesFilter::InputMessagesFilterPhotoVideo,
        enums::MessagesFilter::InputMessagesFilterVoice,
        enums::MessagesFilter::InputMessagesFilterDocument,
        enums::MessagesFilter::InputMessagesFilterMusic,
    ];
    let request = messages::GetSearchCounters {
        peer: talk.to_budi.clone(),
        saved_peer_id: None,
        top_msg_id: None,
        filters: filters.clone(),
    };
    let counters = talk.ani.call(&request).await.unwrap();
    let counts: Vec<i32> = counters.iter().map(|enums::messages::SearchCounter::Counter(it)| it.count).collect();
    assert_eq!(counts, [1, 2, 1, 1, 0]);
    let sent = messages::SearchSentMedia { q: String::new(), filter: filters[2].clone(), limit: 5 };
    assert_eq!(listed(talk.ani.call(&sent).await.unwrap()).len(), 1);
    assert!(listed(talk.budi.call(&sent).await.unwrap()).is_empty(), "he only got it");
    let request = messages::GetSearchResultsCalendar {
        peer: talk.to_budi.clone(),
        saved_peer_id: None,
        filter: filters[1].clone(),
        offset_id: 0,
        offset_date: 0,
    };
    let enums::messages::SearchResultsCalendar::Calendar(days) = talk.ani.call(&request).await.unwrap();
    assert_eq!((days.count, days.periods.len(), days.messages.len(), days.users.len()), (2, 1, 1, 2));
    let request = messages::GetSearchResultsPositions {
        peer: talk.to_budi.clone(),
        saved_peer_id: None,
        filter: filters[1].clone(),
        offset_id: 0,
        limit: 10,
    };
    let enums::messages::SearchResultsPositions::Positions(places) = talk.ani.call(&request).await.unwrap();
    assert_eq!((places.count, places.positions.len()), (2, 2));
}

#[tokio::test]
async fn a_place_with_a_name_is_sent() {
    let talk = Talk::begin().await;
    let point = types::InputGeoPoint { lat: -6.2, long: 106.8, accuracy_radius: None };
    let venue = types::InputMediaVenue {
        geo_point: point.into(),
        title: "Balai".into(),
        address: "Jalan 1".into(),
        provider: "foursquare".into(),
        venue_id: "9".into(),
        venue_type: "x".into(),
    };
    let sent = talk.send(venue.into(), 1).await;
    let Some(enums::MessageMedia::Venue(venue)) = sent.media else { panic!("a venue") };
    assert_eq!((venue.title.as_str(), venue.venue_id.as_str()), ("Balai", "9"));
}

/// What older clients are told: the forms of their own layer, with the values they can hold.
#[tokio::test]
async fn older_layers_read_media_in_their_own_form() {
    let talk = Talk::begin().await;
    let updates = tl::schema::boxed("Updates").unwrap();
    for (layer, random_id) in [(150, 10), (158, 20), (160, 30), (177, 40), (198, 50), (228, 60), (tl::LAYER, 70)] {
        let mut old = talk.ani.clone();
        old.caller.layer = layer;
        let all = [
            photo(&talk.ani, random_id).await,
            document(&talk.ani, random_id + 1, "video/mp4", film()).await,
            document(&talk.ani, random_id + 2, "audio/ogg", voice()).await,
        ];
        for (at, media) in all.into_iter().enumerate() {
            let request = send_media(talk.to_budi.clone(), media, random_id + at as i64);
            let bytes = old.api.call(&old.caller, &request.to_bytes()).await.unwrap();
            assert_eq!(tl::check::value_at_layer(&bytes, updates, layer), Ok(()), "layer {layer}, medium {at}");
            if at == 1 {
                assert_video(&bytes, layer);
            }
        }
    }
}

/// Page "Layers": until 158 the duration of a video was counted in whole seconds.
#[track_caller]
fn assert_video(bytes: &[u8], layer: i32) {
    let whole = 0x0ef0_2ce6_u32.to_le_bytes();
    let place = bytes.windows(4).position(|word| word == whole);
    assert_eq!(place.is_some(), layer < 159, "layer {layer}");
    if let Some(at) = place {
        let field = |number: usize| i32::from_le_bytes(bytes[at + number * 4..][..4].try_into().unwrap());
        assert_eq!([field(1), field(2), field(3), field(4)], [2, 2, 640, 480], "flags, seconds, width, height");
    }
    assert!(bytes.windows(8).any(|word| word == b"film.mp4"));
}
