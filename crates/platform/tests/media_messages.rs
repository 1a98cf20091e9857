//! Pictures, files and albums in two mailboxes: what is sent, changed and forwarded, and what holds a medium until when.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use bytes::Bytes;
use common::{Server, refusal};
use platform::mailbox::{Entry, EventBody, Flags, Media, Numbered, Window};
use platform::media::{
    Attribute, Audio, Document, DocumentKind, MediumId, NewDocument, PartOf, Photo, UploadedFile, Variant, Video,
};
use platform::messages::{Album, AlbumItem, Deletion, Edit, ForwardRequest, Kind, Outgoing, Search, Sent};
use platform::{Actor, Delivery, MsgId, Peer, Platform, PlatformError, Refusal, Settings};
use store::{Faults, Store};

/// Pictures of 48 x 30 pixels.
const JPEG_TURNED: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/jpeg_turned");
const JPEG_CUT: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/jpeg_cut");
const PNG: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/png");
const PNG_GIANT: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/png_claims_much");
const GIF: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/gif_moving");
const WEBP: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/webp_alpha");

const DAY_SECONDS: i64 = 24 * 3600;

struct Talk {
    server: Server,
    faults: Faults,
    ayu: Actor,
    budi: Actor,
    numbers: std::cell::Cell<i64>,
}

impl Talk {
    async fn begin() -> Self {
        let faults = Faults::none();
        let store = Store::memory_with(faults.clone());
        let server = Server::start_with(store, Settings::default(), common::Letterbox::default()).await;
        let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
        let (budi, budis) = server.sign_up(2, "15550002", "Budi").await;
        let ayu = Actor { user: ayu, device: Some(ayus.id) };
        let budi = Actor { user: budi, device: Some(budis.id) };
        Self { server, faults, ayu, budi, numbers: std::cell::Cell::new(1_000) }
    }

    fn platform(&self) -> &Platform {
        self.server.platform()
    }

    fn number(&self) -> i64 {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    async fn upload(&self, who: Actor, bytes: &[u8]) -> UploadedFile {
        let file_id = self.number();
        let part = PartOf { file_id, part: 0, total: None, bytes: Bytes::copy_from_slice(bytes) };
        self.platform().save_part(who.user, part).await.unwrap();
        UploadedFile { file_id, parts: 1, md5: None, big: false }
    }

    async fn photo_of(&self, who: Actor, bytes: &[u8]) -> Result<Photo, PlatformError> {
        let file = self.upload(who, bytes).await;
        self.platform().create_photo(who.user, &file).await
    }

    async fn photo(&self, who: Actor) -> Media {
        Media::Photo { photo: self.photo_of(who, PNG).await.unwrap(), spoiler: false }
    }

    async fn document_of(&self, who: Actor, bytes: &[u8], mime: &str, attributes: Vec<Attribute>) -> Document {
        let file = self.upload(who, bytes).await;
        let new = NewDocument {
            file,
            thumb: None,
            mime: mime.to_owned(),
            attributes,
            is_plain_file: false,
            is_silent_video: false,
        };
        self.platform().create_document(who.user, new).await.unwrap()
    }

    async fn document(&self, who: Actor, attributes: Vec<Attribute>) -> Media {
        let mime = match DocumentKind::of(&attributes) {
            DocumentKind::Video | DocumentKind::RoundVideo | DocumentKind::Gif => "video/mp4",
            DocumentKind::Voice | DocumentKind::Music => "audio/ogg",
            _ => "application/zip",
        };
        Media::Document { document: self.document_of(who, b"the bytes", mime, attributes).await, spoiler: false }
    }

    async fn send(&self, who: Actor, to: Actor, media: Media) -> Numbered {
        self.platform().send_message(who, self.outgoing(to, "look", Some(media))).await.unwrap().message
    }

    fn outgoing(&self, to: Actor, text: &str, media: Option<Media>) -> Outgoing {
        Outgoing {
            peer: to.user.into(),
            text: text.to_owned(),
            entities: Vec::new(),
            random_id: self.number(),
            reply: None,
            flags: Flags::default(),
            media,
            clear_draft: false,
        }
    }

    fn item(&self, media: Media) -> AlbumItem {
        AlbumItem { text: String::new(), entities: Vec::new(), random_id: self.number(), media }
    }

    async fn album(&self, who: Actor, to: Actor, items: Vec<AlbumItem>) -> Result<Vec<Sent>, PlatformError> {
        let turn = self.platform().turn(who.user).await;
        let album = Album { peer: to.user.into(), items, reply: None, flags: Flags::default(), clear_draft: false };
        self.platform().send_album_in_turn(turn, who, album).await
    }

    async fn newest(&self, of: Actor, with: Actor, count: i32) -> Vec<Numbered> {
        let page = self.platform().history(of.user, with.user.into(), Window::newest(count)).await.unwrap();
        page.messages
    }

    async fn forward(&self, who: Actor, from: Actor, to: Actor, ids: Vec<MsgId>) -> Vec<Sent> {
        let request = ForwardRequest {
            random_ids: ids.iter().map(|_| self.number()).collect(),
            ids,
            ..ForwardRequest::default()
        };
        self.platform().forward_messages(who, from.user.into(), to.user.into(), request).await.unwrap()
    }

    /// Two graces pass, and the collector comes.
    async fn wait(&self) {
        self.server.story.pass_seconds(2 * DAY_SECONDS);
        self.platform().collect_media(usize::MAX).await.unwrap();
    }

    async fn exists(&self, id: MediumId) -> bool {
        let is_recorded = self.platform().medium(id).await.unwrap().is_some();
        let variant = if self.platform().photo(id).await.is_ok() { Variant::Size(b'm') } else { Variant::Original };
        let is_read = self.platform().read_medium(id, variant, 0, 1).await.is_ok();
        assert_eq!(is_recorded, is_read, "the record and the bytes go together");
        is_read
    }
}

fn video(is_round: bool) -> Attribute {
    Attribute::Video(Video { duration_ms: 1_500, width: 48, height: 30, is_round, ..Video::default() })
}

fn audio(is_voice: bool) -> Attribute {
    Attribute::Audio(Audio { is_voice, duration: 3, waveform: Some(vec![1; 63]), ..Audio::default() })
}

fn named(name: &str) -> Attribute {
    Attribute::Filename(name.to_owned())
}

fn medium(message: &Numbered) -> MediumId {
    message.message.medium().expect("a message with a medium")
}

#[tokio::test]
async fn a_photo_reaches_both_and_goes_with_the_last_copy() {
    let talk = Talk::begin().await;
    let photo = talk.photo_of(talk.ayu, JPEG_TURNED).await.unwrap();
    let sizes: Vec<_> = photo.sizes.iter().map(|size| (char::from(size.letter), size.width, size.height)).collect();
    assert_eq!(sizes, [('m', 30, 48)], "turned as its EXIF says");
    assert!(photo.stripped.as_ref().is_some_and(|bytes| bytes[..3] == [1, 40, 25]));
    let kept = talk.platform().medium_bytes(photo.id, Variant::Size(b'm'), 1 << 20).await.unwrap();
    assert_eq!(kept.len(), photo.sizes[0].bytes as usize);
    assert!(!kept.windows(4).any(|word| word == b"Exif"));

    let mine = talk.send(talk.ayu, talk.budi, Media::Photo { photo: photo.clone(), spoiler: true }).await;
    let theirs = talk.newest(talk.budi, talk.ayu, 1).await.remove(0);
    assert_eq!(theirs.message.media, mine.message.media);
    talk.wait().await;
    assert!(talk.exists(photo.id).await);
    talk.platform().delete_messages(talk.ayu, &[mine.id], false).await.unwrap();
    talk.wait().await;
    assert!(talk.exists(photo.id).await, "the other copy holds it");
    talk.platform().delete_messages(talk.budi, &[theirs.id], false).await.unwrap();
    assert!(talk.exists(photo.id).await, "there is a grace");
    talk.wait().await;
    assert!(!talk.exists(photo.id).await);
    assert_eq!(refusal(talk.platform().photo(photo.id).await), Refusal::MediaEmpty);
}

#[tokio::test]
async fn what_nobody_sends_goes() {
    let talk = Talk::begin().await;
    let photo = talk.photo_of(talk.ayu, PNG).await.unwrap();
    let document = talk.document_of(talk.ayu, b"x", "text/plain", vec![named("x.txt")]).await;
    assert!(talk.exists(photo.id).await && talk.exists(document.id).await);
    talk.wait().await;
    assert!(!talk.exists(photo.id).await && !talk.exists(document.id).await);
    let late = talk.outgoing(talk.budi, "", Some(Media::Photo { photo, spoiler: false }));
    let refused = talk.platform().send_message(talk.ayu, late).await;
    assert!(refused.is_err(), "a message never holds what is gone");
    assert!(talk.newest(talk.budi, talk.ayu, 10).await.is_empty());
    let sent = talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, "words still go", None)).await;
    assert!(sent.is_ok());
}

/// Records by the kind of their owner: 1 are people, 5 media.
fn by_kind(keys: &[store::Key]) -> BTreeMap<u8, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key.parts().0[0]).or_default() += 1;
    }
    counts
}

/// A medium adds one record for each copy, under the medium; the mailboxes pay what a text costs. A letter holds the medium
/// for the copy that is to come.
#[tokio::test]
async fn a_medium_costs_a_reference_a_copy() {
    let talk = Talk::begin().await;
    let media = talk.photo(talk.ayu).await;
    talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, "first", None)).await.unwrap();
    talk.platform();
    let _ = talk.faults.take_footprints();
    let sent = talk.send(talk.ayu, talk.budi, media).await;
    let written = talk.faults.take_footprints();
    assert_eq!(written.len(), 1, "one batch");
    assert!(written[0].deletes.is_empty());
    let costs = by_kind(&written[0].puts);
    if common::delivery() == Delivery::Outbox {
        assert_eq!(costs, BTreeMap::from([(1, 2), (5, 2)]), "a record and a letter, two under the medium");
        talk.platform();
        let taken = talk.faults.take_footprints();
        assert_eq!(by_kind(&taken[0].puts), BTreeMap::from([(1, 1), (5, 1)]), "the copy, and that it holds the medium");
        assert_eq!(by_kind(&taken[0].deletes), BTreeMap::from([(5, 1)]), "the letter holds it no longer");
        return;
    }
    assert_eq!(costs, BTreeMap::from([(1, 2), (5, 2)]), "a record a mailbox, two under the medium");

    talk.platform().delete_messages(talk.ayu, &[sent.id], true).await.unwrap();
    let written = talk.faults.take_footprints();
    let references = written[0].deletes.iter().filter(|key| key.parts().0[0] == 5).count();
    assert_eq!((written.len(), references), (1, 2), "both references go in the same batch");
}

#[tokio::test]
async fn an_album_is_one_batch_and_is_not_sent_twice() {
    let talk = Talk::begin().await;
    let items = vec![
        talk.item(talk.photo(talk.ayu).await),
        talk.item(talk.document(talk.ayu, vec![video(false)]).await),
        AlbumItem { text: "three".into(), ..talk.item(talk.photo(talk.ayu).await) },
    ];
    talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, "first", None)).await.unwrap();
    talk.platform();
    let _ = talk.faults.take_footprints();
    let sent = talk.album(talk.ayu, talk.budi, items.clone()).await.unwrap();
    assert_eq!(talk.faults.take_footprints().len(), 1);
    let groups: Vec<_> = sent.iter().map(|sent| sent.message.message.grouped_id).collect();
    assert!(groups[0].is_some_and(|id| id > 0) && groups.iter().all(|id| *id == groups[0]));
    let theirs = talk.newest(talk.budi, talk.ayu, 3).await;
    assert_eq!(theirs.iter().map(|found| found.message.grouped_id).collect::<Vec<_>>(), groups);
    assert_eq!(theirs[0].message.text, "three");

    let again = talk.album(talk.ayu, talk.budi, items.clone()).await.unwrap();
    assert_eq!(again, sent);
    for (item, sent) in items.iter().zip(&sent) {
        assert_eq!(talk.platform().sent_earlier(talk.ayu.user, item.random_id).await.unwrap().as_ref(), Some(sent));
    }
    assert_eq!(talk.platform().sent_earlier(talk.ayu.user, 1).await.unwrap(), None);
    assert_eq!(talk.newest(talk.budi, talk.ayu, 10).await.len(), 4);
}

#[tokio::test]
async fn albums_have_rules() {
    let talk = Talk::begin().await;
    let photo = talk.photo(talk.ayu).await;
    let file = talk.document(talk.ayu, vec![named("a.zip")]).await;
    let music = talk.document(talk.ayu, vec![audio(false)]).await;
    let voice = talk.document(talk.ayu, vec![audio(true)]).await;
    let refused = async |media: Vec<&Media>| {
        let items = media.into_iter().map(|media| talk.item(media.clone())).collect();
        refusal(talk.album(talk.ayu, talk.budi, items).await)
    };
    assert_eq!(refused(vec![]).await, Refusal::MediaEmpty);
    assert_eq!(refused(vec![&photo; 11]).await, Refusal::MultiMediaTooLong);
    assert_eq!(refused(vec![&photo, &file]).await, Refusal::MediaGroupedInvalid);
    assert_eq!(refused(vec![&music, &file]).await, Refusal::MediaGroupedInvalid);
    assert_eq!(refused(vec![&voice, &voice]).await, Refusal::MediaInvalid);
    assert_eq!(refused(vec![&photo, &voice]).await, Refusal::MediaInvalid);
    let twice = talk.item(photo.clone());
    assert_eq!(refusal(talk.album(talk.ayu, talk.budi, vec![twice.clone(), twice]).await), Refusal::RandomIdDuplicate);
    let wordy = AlbumItem { text: "д".repeat(1_025), ..talk.item(photo.clone()) };
    let wordy = vec![talk.item(photo.clone()), wordy];
    assert_eq!(refusal(talk.album(talk.ayu, talk.budi, wordy).await), Refusal::MediaCaptionTooLong);
    assert!(talk.newest(talk.ayu, talk.budi, 10).await.is_empty(), "all or nothing");

    let ten = (0..10).map(|_| talk.item(photo.clone())).collect();
    assert_eq!(talk.album(talk.ayu, talk.budi, ten).await.unwrap().len(), 10);
    for alike in [&file, &music] {
        let two = vec![talk.item(alike.clone()), talk.item(alike.clone())];
        assert_eq!(talk.album(talk.ayu, talk.budi, two).await.unwrap().len(), 2);
    }
    let alone = talk.album(talk.ayu, talk.budi, vec![talk.item(voice)]).await.unwrap();
    assert_eq!(alone[0].message.message.grouped_id, None, "one is no album");
}

#[tokio::test]
async fn a_caption_is_shorter_than_a_message() {
    let talk = Talk::begin().await;
    let (fits, long) = ("д".repeat(1_024), "д".repeat(1_025));
    let photo = talk.photo(talk.ayu).await;
    let sent =
        talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, &fits, Some(photo.clone()))).await.unwrap();
    let refused = talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, &long, Some(photo.clone()))).await;
    assert_eq!(refusal(refused), Refusal::MediaCaptionTooLong);
    let edited = talk.platform().edit_message(talk.ayu, talk.budi.user.into(), sent.message.id, &long, &[]).await;
    assert_eq!(refusal(edited), Refusal::MediaCaptionTooLong);
    let words = talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, &long, None)).await.unwrap();
    let edit = Edit { media: Some(photo), ..Edit::default() };
    let edited = talk.platform().edit(talk.ayu, talk.budi.user.into(), words.message.id, edit).await;
    assert_eq!(refusal(edited), Refusal::MediaCaptionTooLong, "words of a message are too many for a caption");
}

#[tokio::test]
async fn a_replaced_photo_is_let_go_on_both_sides() {
    let talk = Talk::begin().await;
    let sent = talk.send(talk.ayu, talk.budi, talk.photo(talk.ayu).await).await;
    let (old, new) = (medium(&sent), talk.photo(talk.ayu).await);
    let to = talk.budi.user.into();
    let edit = Edit { media: Some(new.clone()), ..Edit::default() };
    let (entry, edited) = talk.platform().edit(talk.ayu, to, sent.id, edit.clone()).await.unwrap();
    assert!(matches!(entry, Entry::Event(_, event) if matches!(event.body, EventBody::Edited { .. })));
    assert_eq!((edited.message.text.as_str(), edited.message.media.as_ref()), ("look", Some(&new)));
    assert_eq!(talk.newest(talk.budi, talk.ayu, 1).await[0].message.media.as_ref(), Some(&new));
    let again = talk.platform().edit(talk.ayu, to, sent.id, edit).await;
    assert_eq!(refusal(again), Refusal::MessageNotModified);
    talk.wait().await;
    assert!(!talk.exists(old).await && talk.exists(new.medium().unwrap()).await);

    let words = talk.platform().send_message(talk.ayu, talk.outgoing(talk.budi, "words", None)).await.unwrap().message;
    let edit = Edit { media: Some(new.clone()), text: Some("under it"), entities: &[] };
    talk.platform().edit(talk.ayu, to, words.id, edit).await.unwrap();
    talk.platform().delete_messages(talk.ayu, &[sent.id], true).await.unwrap();
    talk.wait().await;
    assert!(talk.exists(new.medium().unwrap()).await, "a text that became a photo holds it, too");
}

#[tokio::test]
async fn what_may_be_replaced_by_what() {
    let talk = Talk::begin().await;
    let to: Peer = talk.budi.user.into();
    let (photo, file) = (talk.photo(talk.ayu).await, talk.document(talk.ayu, vec![named("a.zip")]).await);
    let voice = talk.document(talk.ayu, vec![audio(true)]).await;
    let edit = async |id: MsgId, media: &Media| {
        let edit = Edit { media: Some(media.clone()), ..Edit::default() };
        talk.platform().edit(talk.ayu, to, id, edit).await
    };
    let sent = talk.send(talk.ayu, talk.budi, voice.clone()).await;
    assert_eq!(refusal(edit(sent.id, &photo).await), Refusal::MediaPrevInvalid);
    let sent = talk.send(talk.ayu, talk.budi, photo.clone()).await;
    assert_eq!(refusal(edit(sent.id, &voice).await), Refusal::MediaNewInvalid);
    edit(sent.id, &file).await.unwrap();
    let items = vec![talk.item(photo.clone()), talk.item(photo.clone())];
    let album = talk.album(talk.ayu, talk.budi, items).await.unwrap();
    assert_eq!(refusal(edit(album[0].message.id, &file).await), Refusal::MediaGroupedInvalid);
    let film = talk.document(talk.ayu, vec![video(false)]).await;
    let (_, edited) = edit(album[0].message.id, &film).await.unwrap();
    assert_eq!(edited.message.grouped_id, album[1].message.message.grouped_id);
}

#[tokio::test]
async fn a_forwarded_album_is_one_of_its_own_and_outlives_the_first() {
    let talk = Talk::begin().await;
    let items = vec![talk.item(talk.photo(talk.ayu).await), talk.item(talk.photo(talk.ayu).await)];
    let sent = talk.album(talk.ayu, talk.budi, items).await.unwrap();
    let group = sent[0].message.message.grouped_id;
    let ids: Vec<MsgId> = talk.newest(talk.budi, talk.ayu, 2).await.iter().rev().map(|found| found.id).collect();
    let both = talk.forward(talk.budi, talk.ayu, talk.budi, ids.clone()).await;
    let copies: Vec<_> = both.iter().map(|sent| sent.message.message.grouped_id).collect();
    assert!(copies[0].is_some() && copies[0] == copies[1] && copies[0] != group);
    let one = talk.forward(talk.budi, talk.ayu, talk.budi, ids[..1].to_vec()).await;
    assert_eq!(one[0].message.message.grouped_id, None);

    let all = Deletion { revoke: true, ..Deletion::default() };
    talk.platform().delete_history(talk.ayu, talk.budi.user.into(), all).await.unwrap();
    talk.wait().await;
    for copy in &both {
        assert!(talk.exists(medium(&copy.message)).await);
    }
    talk.platform().delete_history(talk.budi, talk.budi.user.into(), Deletion::default()).await.unwrap();
    talk.wait().await;
    for copy in &both {
        assert!(!talk.exists(medium(&copy.message)).await);
    }
}

#[tokio::test]
async fn captions_stay_behind_when_asked() {
    let talk = Talk::begin().await;
    let sent = talk.send(talk.ayu, talk.budi, talk.photo(talk.ayu).await).await;
    let request = ForwardRequest {
        ids: vec![sent.id],
        random_ids: vec![talk.number()],
        drop_captions: true,
        ..ForwardRequest::default()
    };
    let (from, to) = (talk.budi.user.into(), talk.ayu.user.into());
    let copy = talk.platform().forward_messages(talk.ayu, from, to, request).await.unwrap().remove(0).message.message;
    assert_eq!((copy.text.as_str(), copy.forward.as_ref()), ("", None));
    assert_eq!(copy.media, sent.message.media);
}

/// More than one batch of deletions, each message with a medium of its own.
#[tokio::test]
async fn a_long_history_of_pictures_is_let_go() {
    const MESSAGES: usize = 250;
    let talk = Talk::begin().await;
    let media = [talk.photo(talk.ayu).await, talk.photo(talk.ayu).await];
    for number in 0..MESSAGES {
        talk.send(talk.ayu, talk.budi, media[number % 2].clone()).await;
    }
    let all = Deletion { revoke: true, ..Deletion::default() };
    let affected = talk.platform().delete_history(talk.budi, talk.ayu.user.into(), all).await.unwrap();
    assert_eq!((affected.pts_count as usize, affected.more), (MESSAGES, false));
    talk.wait().await;
    for medium in media.iter().filter_map(Media::medium) {
        assert!(!talk.exists(medium).await);
    }
}

#[tokio::test]
async fn a_deleted_account_lets_go_of_its_copies() {
    let talk = Talk::begin().await;
    let kept = talk.send(talk.ayu, talk.budi, talk.photo(talk.ayu).await).await;
    let saved = talk.send(talk.ayu, talk.ayu, talk.photo(talk.ayu).await).await;
    talk.platform().delete_account(talk.ayu.user).await.unwrap();
    talk.wait().await;
    assert!(!talk.exists(medium(&saved)).await);
    assert!(talk.exists(medium(&kept)).await, "others keep what was written to them");
    let theirs = talk.newest(talk.budi, talk.ayu, 1).await;
    talk.platform().delete_messages(talk.budi, &[theirs[0].id], false).await.unwrap();
    talk.wait().await;
    assert!(!talk.exists(medium(&kept)).await);
}

#[tokio::test]
async fn a_voice_is_unheard_on_both_sides_until_the_receiver_plays_it() {
    let talk = Talk::begin().await;
    let unheard = |message: &Numbered| message.message.flags.has(Flags::MEDIA_UNREAD);
    for attribute in [audio(true), video(true)] {
        let mine = talk.send(talk.ayu, talk.budi, talk.document(talk.ayu, vec![attribute]).await).await;
        let theirs = talk.newest(talk.budi, talk.ayu, 1).await.remove(0);
        assert!(unheard(&mine) && unheard(&theirs));
        let own = talk.platform().read_contents(talk.ayu, &[mine.id]).await.unwrap();
        assert_eq!(own.pts_count, 0, "who sent it cannot hear it for the other");
        let before = talk.platform().cut(talk.ayu.user).await.unwrap().pts;
        let heard = talk.platform().read_contents(talk.budi, &[theirs.id, theirs.id]).await.unwrap();
        assert_eq!(heard.pts_count, 1);
        assert_eq!(talk.platform().cut(talk.ayu.user).await.unwrap().pts.0, before.0 + 1, "the sender is told");
        assert!(!unheard(&talk.newest(talk.ayu, talk.budi, 1).await[0]));
        assert!(!unheard(&talk.newest(talk.budi, talk.ayu, 1).await[0]));
        assert_eq!(talk.platform().read_contents(talk.budi, &[theirs.id]).await.unwrap().pts_count, 0);
    }
    let note = talk.send(talk.ayu, talk.ayu, talk.document(talk.ayu, vec![audio(true)]).await).await;
    assert!(!unheard(&note), "one's own notes are heard");
    let music = talk.send(talk.ayu, talk.budi, talk.document(talk.ayu, vec![audio(false)]).await).await;
    assert!(!unheard(&music));
}

#[tokio::test]
async fn very_many_voices_are_heard_by_one_call() {
    let talk = Talk::begin().await;
    let voice = talk.document(talk.ayu, vec![audio(true)]).await;
    for _ in 0..40 {
        talk.send(talk.ayu, talk.budi, voice.clone()).await;
    }
    let ids: Vec<MsgId> = talk.newest(talk.budi, talk.ayu, 100).await.iter().map(|found| found.id).collect();
    let heard = talk.platform().read_contents(talk.budi, &ids).await.unwrap();
    assert_eq!(heard.pts_count, 40);
    assert_eq!(heard.pts, talk.platform().cut(talk.budi.user).await.unwrap().pts);
}

#[tokio::test]
async fn each_kind_is_found_by_its_filter() {
    let talk = Talk::begin().await;
    let gif = vec![video(false), Attribute::Animated];
    let kinds = [
        (Kind::Photos, talk.photo(talk.ayu).await),
        (Kind::Video, talk.document(talk.ayu, vec![video(false)]).await),
        (Kind::Document, talk.document(talk.ayu, vec![named("Letter.ZIP")]).await),
        (Kind::Gif, talk.document(talk.ayu, gif).await),
        (Kind::Voice, talk.document(talk.ayu, vec![audio(true)]).await),
        (Kind::Music, talk.document(talk.ayu, vec![audio(false)]).await),
        (Kind::RoundVideo, talk.document(talk.ayu, vec![video(true)]).await),
    ];
    let mut sent = Vec::new();
    for (_, media) in &kinds {
        sent.push(talk.send(talk.ayu, talk.budi, media.clone()).await.id);
        talk.server.story.pass_seconds(DAY_SECONDS);
    }
    let find = async |kind: Kind, query: &str| {
        let peer = Some(talk.budi.user.into());
        let search = Search { peer, kind, query: query.into(), window: Window::newest(50), ..Search::default() };
        let page = talk.platform().search(talk.ayu.user, &search).await.unwrap();
        page.messages.iter().map(|found| found.id).collect::<Vec<_>>()
    };
    for ((kind, _), id) in kinds.iter().zip(&sent) {
        assert_eq!(find(*kind, "").await, [*id], "{kind:?}");
    }
    assert_eq!(find(Kind::PhotoVideo, "").await, [sent[1], sent[0]]);
    assert_eq!(find(Kind::RoundVoice, "").await, [sent[6], sent[4]]);
    assert_eq!(find(Kind::Any, "letter").await, [sent[2]], "by the name of the file");

    let all = Search { peer: Some(talk.budi.user.into()), ..Search::default() };
    let days = talk.platform().search_calendar(talk.ayu.user, &all, MsgId(sent[5].0), 0).await.unwrap();
    let found: Vec<_> = days.list.iter().map(|day| (day.count, day.oldest, day.newest.id)).collect();
    assert_eq!(found, [4, 3, 2, 1, 0].map(|at| (1, sent[at], sent[at])));
    assert!(days.list.iter().all(|day| i64::from(day.date) % DAY_SECONDS == 0));
    assert_eq!((days.count, days.oldest.map(|oldest| oldest.0)), (7, Some(sent[0])));
    let places = talk.platform().search_positions(talk.ayu.user, &all, MsgId(0), 2).await.unwrap();
    let found: Vec<_> = places.list.iter().map(|place| (place.id, place.offset)).collect();
    assert_eq!((found, places.count), (vec![(sent[6], 0), (sent[5], 1)], 7));
}

#[tokio::test]
async fn the_server_sees_for_itself_what_a_picture_is() {
    let talk = Talk::begin().await;
    let lie = Attribute::ImageSize { width: 9_999, height: 1 };
    let size = Attribute::ImageSize { width: 48, height: 30 };
    let png = talk.document_of(talk.ayu, PNG, "image/png", vec![lie.clone(), named("a.png")]).await;
    assert_eq!(png.attributes, [size.clone(), named("a.png")]);
    assert_eq!((png.kind(), png.size), (DocumentKind::File, PNG.len() as u64));
    assert_eq!((png.thumbs[0].letter, png.thumbs[0].width), (b'm', 48));
    assert!(png.stripped.is_some());
    let whole = talk.platform().medium_bytes(png.id, Variant::Original, 1 << 20).await.unwrap();
    assert_eq!(whole, PNG, "a document stays what it is");

    let gif = talk.document_of(talk.ayu, GIF, "image/gif", vec![named("a.gif")]).await;
    assert_eq!((gif.kind(), &gif.attributes[0]), (DocumentKind::Gif, &size));
    let sticker = Attribute::Sticker { alt: "🥁".into(), mask: false };
    let sticker = talk.document_of(talk.ayu, WEBP, "image/webp", vec![sticker]).await;
    assert_eq!((sticker.kind(), &sticker.attributes[0]), (DocumentKind::Sticker, &size));
    let thumb = talk.platform().medium_bytes(sticker.id, Variant::Size(b'm'), 1 << 20).await.unwrap();
    assert!(thumb.starts_with(b"RIFF"), "a sticker's preview stays transparent");

    for (bytes, mime) in [(PNG_GIANT, "image/png"), (JPEG_CUT, "image/jpeg"), (&b"no picture"[..], "image/png")] {
        let document = talk.document_of(talk.ayu, bytes, mime, vec![named("a")]).await;
        assert_eq!((document.thumbs.len(), document.stripped), (0, None), "a file, and nothing to see");
        assert_eq!(document.size, bytes.len() as u64);
    }
    let bad = talk.document_of(talk.ayu, b"x", "nonsense", vec![named("../../x")]).await;
    assert_eq!((bad.mime.as_str(), &bad.attributes[0]), ("application/octet-stream", &named("x")));
}

#[tokio::test]
async fn a_clients_thumbnail_is_made_anew() {
    let talk = Talk::begin().await;
    let make = async |thumb: &[u8]| {
        let new = NewDocument {
            file: talk.upload(talk.ayu, b"a film").await,
            thumb: Some(talk.upload(talk.ayu, thumb).await),
            mime: "video/mp4".into(),
            attributes: vec![video(false)],
            is_plain_file: false,
            is_silent_video: true,
        };
        talk.platform().create_document(talk.ayu.user, new).await.unwrap()
    };
    let film = make(JPEG_TURNED).await;
    assert_eq!((film.thumbs[0].width, film.thumbs[0].height), (30, 48));
    assert!(matches!(&film.attributes[0], Attribute::Video(video) if video.is_silent));
    let kept = talk.platform().medium_bytes(film.id, Variant::Size(b'm'), 1 << 20).await.unwrap();
    assert!(kept.starts_with(&[0xff, 0xd8]) && !kept.windows(4).any(|word| word == b"Exif"));
    for bad in [PNG_GIANT, JPEG_CUT, b"#!/bin/sh"] {
        assert!(make(bad).await.thumbs.is_empty(), "a bad one is left out");
    }
}

#[tokio::test]
async fn bad_pictures_are_refused_by_name() {
    let talk = Talk::begin().await;
    for (bytes, expected) in [
        (PNG_GIANT, Refusal::PhotoInvalidDimensions),
        (JPEG_CUT, Refusal::ImageProcessFailed),
        (b"just words", Refusal::PhotoExtInvalid),
    ] {
        assert_eq!(refusal(talk.photo_of(talk.ayu, bytes).await), expected);
    }
    let absent = UploadedFile { file_id: 5, parts: 1, md5: None, big: false };
    assert!(matches!(talk.platform().create_photo(talk.ayu.user, &absent).await, Err(PlatformError::Refused(_))));
    let theirs = talk.upload(talk.budi, PNG).await;
    assert!(talk.platform().create_photo(talk.ayu.user, &theirs).await.is_err(), "uploads are one's own");
    let new = NewDocument {
        file: talk.upload(talk.ayu, b"x").await,
        thumb: None,
        mime: "image/png".into(),
        attributes: vec![video(true)],
        is_plain_file: false,
        is_silent_video: false,
    };
    let refused = talk.platform().create_document(talk.ayu.user, new).await;
    assert_eq!(refusal(refused), Refusal::VideoContentTypeInvalid);
    assert_eq!(refusal(talk.platform().document(MediumId(77)).await), Refusal::MediaEmpty);
    let photo = talk.photo_of(talk.ayu, PNG).await.unwrap();
    assert_eq!(refusal(talk.platform().document(photo.id).await), Refusal::MediaEmpty, "a photo is no document");
}
