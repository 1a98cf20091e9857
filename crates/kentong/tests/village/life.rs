//! What happens in the village.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use crypto::SystemEntropy;
use crypto::srp::{SrpGroup, client};
use platform::mailbox::{Flags, Media, Numbered};
use platform::media::{Attribute, NewDocument, PartOf, UploadedFile, Variant};
use platform::messages::{Album, AlbumItem, Deletion, Draft, Filter, ForwardRequest, Outgoing, Pinning, ReplyTo};
use platform::people::SignUpMode;
use platform::people::auth_key::{Binding, ClientInfo};
use platform::people::door::challenge::solve;
use platform::people::door::proofs::DoorProof;
use platform::people::door::reservation::Knock;
use platform::people::invites::NewInvite;
use platform::people::password::change::{NewPassword, NewSettings};
use platform::people::password::check::{Proof, Prover};
use platform::people::person::ProfileEdit;
use platform::people::photos::PhotoSlot;
use platform::people::privacy::{PrivacyKey, Rule};
use platform::people::push::PushToken;
use platform::people::relation::Contact;
use platform::people::reports::Report;
use platform::people::settings::{NotifyScope, NotifySettings};
use platform::people::sign_in::SignedIn;
use platform::people::stewards::Steward;
use platform::{
    Actor, AuthKeyId, AuthKeyKind, AuthKeyState, MsgId, NewAuthKey, Peer, PlatformError, StoredKey, UserId,
};

use super::House;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// 48 x 30 pixels.
const PNG: &[u8] = include_bytes!("../../../../fuzz/corpus/pictures/png");
const JPEG: &[u8] = include_bytes!("../../../../fuzz/corpus/pictures/jpeg_turned");

/// Somebody with their device.
pub struct Villager {
    pub user: UserId,
    pub key: Arc<AuthKeyState>,
}

impl Villager {
    pub fn actor(&self) -> Actor {
        Actor { user: self.user, device: Some(self.key.id) }
    }

    pub fn peer(&self) -> Peer {
        self.user.into()
    }
}

/// A life with a bit of everything.
pub async fn live(house: &House) {
    let ayu = sign_up(house, 1, "15550001", "Ayu").await;
    let budi = sign_up(house, 2, "15550002", "Budi").await;
    let citra = enter_by_door(house, 3, "Citra").await;
    talk(house, &ayu, &budi).await;
    share(house, &ayu, &budi, &citra).await;
    change_minds(house, &ayu, &budi).await;
    arrange(house, &ayu, &budi, &citra).await;
    administer(house, &ayu, &budi).await;
    // An upload that is under way, of more than one part.
    for part in 0..2 {
        upload_part(house, &budi, 99, part, Bytes::from(vec![part as u8 + 1; 512 * 1024])).await;
    }
}

/// An upload of the village is finished, sent and read; words are written and changed; a new picture is shown.
pub async fn go_on(house: &House) {
    let ayu = at_home(house, 1).await;
    let budi = at_home(house, 2).await;
    let rest = Bytes::from(vec![3; 1_000]);
    upload_part(house, &budi, 99, 2, rest.clone()).await;
    let file = UploadedFile { file_id: 99, parts: 3, md5: None, big: false };
    let document = document_of(house, &budi, file, "application/zip", Vec::new()).await;
    let Media::Document { document: made, .. } = &document else { panic!("a document was made") };
    let end = house.platform.read_medium(made.id, Variant::Original, 1024 * 1024, 4096).await.unwrap();
    assert_eq!((end.bytes, end.size), (rest, 1024 * 1024 + 1_000));
    let sent = send_media(house, &budi, &ayu, 5_000, document).await;
    house.platform.edit_message(budi.actor(), ayu.peer(), sent.id, "all of it", &[]).await.unwrap();
    house.platform.edit_message(ayu.actor(), budi.peer(), MsgId(12), "years later", &[]).await.unwrap();
    let photo = photo(house, &ayu, 100, PNG).await;
    send_media(house, &ayu, &budi, 5_001, photo).await;
    let request = ForwardRequest { ids: vec![MsgId(42)], random_ids: vec![5_002], ..ForwardRequest::default() };
    house.platform.forward_messages(ayu.actor(), budi.peer(), ayu.peer(), request).await.unwrap();
}

/// Deeds of every kind whose letters wait.
pub async fn write_by_letter(house: &House) {
    let (ayu, budi) = (at_home(house, 1).await, at_home(house, 2).await);
    let platform = &house.platform;
    let mut ids = Vec::new();
    for number in 0..5 {
        let words = outgoing(&budi, 6_000 + number, &format!("letter number {number}"));
        ids.push(platform.send_message(ayu.actor(), words).await.unwrap().message.id);
        house.story.pass_seconds(3);
    }
    let answer =
        Outgoing { reply: Some(ReplyTo { id: ids[0], ..ReplyTo::default() }), ..outgoing(&budi, 6_010, "more") };
    platform.send_message(ayu.actor(), answer).await.unwrap();
    platform.edit_message(ayu.actor(), budi.peer(), ids[1], "a letter that was thought over", &[]).await.unwrap();
    platform.delete_messages(ayu.actor(), &[ids[2]], true).await.unwrap();
    platform.pin_message(ayu.actor(), budi.peer(), ids[3], Pinning::default()).await.unwrap();
    platform.read_history(ayu.actor(), budi.peer(), MsgId(0)).await.unwrap();
    send_media(house, &budi, &ayu, 6_020, photo(house, &budi, 101, JPEG).await).await;
    platform.send_message(budi.actor(), outgoing(&ayu, 6_021, "from the other side")).await.unwrap();
}

/// Whoever is signed in with this key.
pub async fn at_home(house: &House, id: i64) -> Villager {
    let key = house.platform.auth_key(AuthKeyId(id)).await.unwrap().unwrap();
    Villager { user: key.user_id().unwrap(), key }
}

/// A key exchange ends with this key.
pub async fn new_device(house: &House, id: i64) -> Result<(), PlatformError> {
    let (id, key) = (AuthKeyId(id), crypto::Zeroizing::new([id as u8; 256]));
    let new = NewAuthKey { id, key, kind: AuthKeyKind::Permanent, dialled_dc: None };
    house.platform.store_auth_key(new).await.map(|_| ())
}

async fn device(house: &House, id: i64, kind: AuthKeyKind) -> Arc<AuthKeyState> {
    let new = NewAuthKey { id: AuthKeyId(id), key: crypto::Zeroizing::new([id as u8; 256]), kind, dialled_dc: Some(2) };
    let StoredKey::Stored(key) = house.platform.store_auth_key(new).await.unwrap() else { panic!("key {id} exists") };
    key
}

/// Somebody comes with a phone.
pub async fn sign_up(house: &House, id: i64, phone: &str, name: &str) -> Villager {
    let key = device(house, id, AuthKeyKind::Permanent).await;
    let sent = house.platform.send_code(phone, key.id, HOME).await.unwrap();
    let code = house.letterbox.last_code();
    let outcome = house.platform.sign_in(&key, phone, &sent.hash, &code, HOME).await.unwrap();
    assert_eq!(outcome, SignedIn::SignUpRequired);
    let user = house.platform.sign_up(&key, phone, &sent.hash, (name, ""), HOME).await.unwrap();
    Villager { user, key }
}

/// Somebody who was sent a code.
pub struct Newcomer {
    id: i64,
    phone: String,
    hash: String,
    code: String,
}

/// Somebody comes with a phone and is sent a code.
pub async fn knock(house: &House, id: i64, phone: &str) -> Result<Newcomer, PlatformError> {
    new_device(house, id).await?;
    let sent = house.platform.send_code(phone, AuthKeyId(id), HOME).await?;
    Ok(Newcomer { id, phone: phone.to_owned(), hash: sent.hash, code: house.letterbox.last_code() })
}

/// They give the code and sign up, for the first time or once more.
pub async fn come_in(house: &House, newcomer: &Newcomer) -> Result<(), PlatformError> {
    let Newcomer { id, phone, hash, code } = newcomer;
    let key = house.platform.auth_key(AuthKeyId(*id)).await?.unwrap();
    match house.platform.sign_in(&key, phone, hash, code, HOME).await? {
        SignedIn::SignUpRequired => house.platform.sign_up(&key, phone, hash, ("Fitri", ""), HOME).await.map(drop),
        _ => Ok(()),
    }
}

/// Somebody comes without a phone, and sets a password and a recovery code.
async fn enter_by_door(house: &House, id: i64, name: &str) -> Villager {
    let key = device(house, id, AuthKeyKind::Permanent).await;
    let platform = &house.platform;
    let challenge = platform.door_challenge(key.id, HOME).unwrap();
    let knock = Knock { challenge: &challenge.bytes, answer: solve(&challenge), invite: None };
    let phone = platform.reserve_number(key.id, knock, HOME).await.unwrap().phone;
    let sent = platform.send_code(&phone, key.id, HOME).await.unwrap();
    let code = platform.door_code(&key, &phone, &DoorProof::Reserved, HOME).await.unwrap();
    platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await.unwrap();
    let user = platform.sign_up(&key, &phone, &sent.hash, (name, "Dewi"), HOME).await.unwrap();
    let mut salts = platform.password_state(user, key.id).await.unwrap().new_salts;
    salts.first.extend([7; 32]);
    let group = SrpGroup::new().unwrap();
    let verifier = client::verifier(&group, "kentongan", (&salts.first, &salts.second)).unwrap().to_vec();
    let password = NewPassword::Set { salts, verifier, hint: "the drum".to_owned() };
    let new = NewSettings { password, email: None, secure: None };
    let prover = Prover { user_id: user, key: &key, ip: HOME };
    platform.update_password(prover, &Proof::Empty, new).await.unwrap();
    let check = platform.password_state(user, key.id).await.unwrap().challenge.unwrap();
    let (salts, public) = ((&*check.salts.first, &*check.salts.second), check.public.as_slice().try_into().unwrap());
    let answer = client::answer(&group, "kentongan", salts, public, &mut SystemEntropy).unwrap();
    let proof = Proof::Srp { id: check.id, public: answer.public.to_vec(), proof: answer.proof.to_vec() };
    platform.make_recovery_code(prover, &proof).await.unwrap();
    Villager { user, key }
}

/// Words in both directions, with answers, styles and links.
async fn talk(house: &House, ayu: &Villager, budi: &Villager) {
    for number in 0..40_i64 {
        let (from, to) = if number % 3 == 0 { (budi, ayu) } else { (ayu, budi) };
        let mut words =
            outgoing(to, 1_000 + number, &format!("kentongan number {number}, see https://example.org/{number}"));
        if number == 7 {
            words.reply = Some(ReplyTo { id: MsgId(3), ..ReplyTo::default() });
        }
        house.platform.send_message(from.actor(), words).await.unwrap();
        house.story.pass_seconds(11);
    }
    let saved = outgoing(ayu, 2_000, "a note to myself");
    house.platform.send_message(ayu.actor(), saved).await.unwrap();
}

/// Pictures with their sizes, files, an album, a forward, a face.
async fn share(house: &House, ayu: &Villager, budi: &Villager, citra: &Villager) {
    let photo = photo(house, ayu, 10, PNG).await;
    let sent = send_media(house, ayu, budi, 3_000, photo).await;
    let attributes = vec![Attribute::Filename("rondo.zip".to_owned())];
    let long = (0..1_300_000_u32).map(|number| (number / 1_000 + number % 7) as u8).collect::<Vec<u8>>();
    let document = document(house, budi, 11, &long, attributes).await;
    send_media(house, budi, ayu, 3_001, document).await;
    let picture = self::document(house, ayu, 12, JPEG, vec![Attribute::Filename("drum.jpg".to_owned())]).await;
    send_media(house, ayu, citra, 3_002, picture).await;
    let items =
        vec![item(3_010, self::photo(house, ayu, 13, PNG).await), item(3_011, self::photo(house, ayu, 14, JPEG).await)];
    let turn = house.platform.turn(ayu.user).await;
    let album = Album { peer: budi.peer(), items, reply: None, flags: Flags::default(), clear_draft: false };
    house.platform.send_album_in_turn(turn, ayu.actor(), album).await.unwrap();
    let request = ForwardRequest { ids: vec![sent.id], random_ids: vec![3_020], ..ForwardRequest::default() };
    house.platform.forward_messages(ayu.actor(), budi.peer(), citra.peer(), request).await.unwrap();
    let face = upload(house, citra, 15, PNG).await;
    let face = house.platform.create_profile_photo(citra.user, &face).await.unwrap();
    house.platform.show_photo(citra.user, &face, PhotoSlot::Main, None).await.unwrap();
    house.story.pass_seconds(60);
}

/// Edits, deletions, pins, readings.
async fn change_minds(house: &House, ayu: &Villager, budi: &Villager) {
    let platform = &house.platform;
    platform.edit_message(ayu.actor(), budi.peer(), MsgId(5), "changed my mind", &[]).await.unwrap();
    platform.delete_messages(ayu.actor(), &[MsgId(6), MsgId(8)], true).await.unwrap();
    platform.delete_messages(budi.actor(), &[MsgId(9)], false).await.unwrap();
    platform.pin_message(ayu.actor(), budi.peer(), MsgId(11), Pinning::default()).await.unwrap();
    platform.read_history(budi.actor(), ayu.peer(), MsgId(30)).await.unwrap();
    platform.send_message(ayu.actor(), outgoing(budi, 4_000, "gone soon")).await.unwrap();
    let saved = Deletion { max_id: MsgId(0), just_clear: true, ..Deletion::default() };
    platform.send_message(budi.actor(), outgoing(budi, 4_001, "not for long")).await.unwrap();
    platform.delete_history(budi.actor(), budi.peer(), saved).await.unwrap();
    house.story.pass_seconds(60);
}

/// Drafts, lists, contacts, privacy, devices.
async fn arrange(house: &House, ayu: &Villager, budi: &Villager, citra: &Villager) {
    let platform = &house.platform;
    let draft = Draft { text: "not yet said".to_owned(), ..Draft::default() };
    platform.save_draft(ayu.actor(), budi.peer(), draft).await.unwrap();
    let filter = Filter { id: 2, title: "Village".to_owned(), include: vec![budi.peer()], ..Filter::default() };
    platform.save_filter(ayu.actor(), filter).await.unwrap();
    platform.pin_dialog(ayu.actor(), citra.peer(), true).await.unwrap();
    platform.move_dialogs(budi.actor(), &[(ayu.peer(), 1)]).await.unwrap();
    let contact = Contact { first_name: "Pak".to_owned(), last_name: "Budi".to_owned(), ..Contact::default() };
    platform.add_contact(ayu.user, budi.user, contact, None).await.unwrap();
    platform.block(citra.user, budi.user, None).await.unwrap();
    platform.set_privacy(citra.user, PrivacyKey::PhoneNumber, vec![Rule::DisallowAll], None).await.unwrap();
    let quiet = NotifySettings { silent: Some(true), mute_until: Some(i32::MAX), ..NotifySettings::default() };
    platform.set_notify_settings(ayu.user, NotifyScope::Peer(budi.peer()), &quiet, None).await.unwrap();
    let about = ProfileEdit { about: Some("beats the drum".to_owned()), ..ProfileEdit::default() };
    platform.update_profile(ayu.user, about, None).await.unwrap();
    platform.update_username(ayu.user, "ayu_drums", None).await.unwrap();
    let client = ClientInfo { device_model: "Wooden".to_owned(), ..ClientInfo::default() };
    platform.note_client(&ayu.key, client).await.unwrap();
    platform.note_layer(&ayu.key, 223).await.unwrap();
    let push = PushToken {
        token_type: 10,
        token: "a token".to_owned(),
        no_muted: false,
        app_sandbox: false,
        secret: vec![3; 16],
        other_uids: Vec::new(),
    };
    platform.register_push(&ayu.key, &push).await.unwrap();
    let expires_at = platform.now() + 86_400;
    let temporary = device(house, 1_001, AuthKeyKind::Temporary { expires_at }).await;
    let binding = Binding { permanent: ayu.key.id, expires_at, nonce: 5 };
    platform.bind_temp_key(&temporary, binding).await.unwrap();
}

/// Invites, switches, reports, somebody who waits, somebody banned.
async fn administer(house: &House, ayu: &Villager, budi: &Villager) {
    let platform = &house.platform;
    platform.admin_appoint(Steward::Local, ayu.user, true).await.unwrap();
    let by = Steward::Person(ayu.user);
    let new = NewInvite { uses: 3, seconds: Some(86_400), is_admin: false, phone: None };
    platform.admin_create_invite(by, new.clone()).await.unwrap();
    let revoked = platform.admin_create_invite(by, new).await.unwrap();
    platform.admin_revoke_invite(by, &revoked.code).await.unwrap();
    platform.own_invite(budi.user).await.unwrap();
    let report = Report { by: ayu.user, at: 0, reason: "spam".into(), comment: "too loud".into(), messages: vec![3] };
    platform.report(budi.user, report).await.unwrap();
    let dewi = sign_up(house, 4, "15550004", "Dewi").await;
    platform.admin_ban(by, dewi.user, true).await.unwrap();
    platform.set_server_switches(by, "quota", |switches| switches.quota_bytes = Some(50 << 20)).await.unwrap();
    platform.set_sign_up_mode(by, SignUpMode::Approved).await.unwrap();
    let eka = device(house, 5, AuthKeyKind::Permanent).await;
    let sent = platform.send_code("15550005", eka.id, HOME).await;
    if let Ok(sent) = sent {
        let _ = platform.sign_in(&eka, "15550005", &sent.hash, &house.letterbox.last_code(), HOME).await;
        let _ = platform.sign_up(&eka, "15550005", &sent.hash, ("Eka", ""), HOME).await;
    }
}

pub fn outgoing(to: &Villager, random_id: i64, text: &str) -> Outgoing {
    Outgoing {
        peer: to.peer(),
        text: text.to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    }
}

fn item(random_id: i64, media: Media) -> AlbumItem {
    AlbumItem { text: String::new(), entities: Vec::new(), random_id, media }
}

async fn send_media(house: &House, from: &Villager, to: &Villager, random_id: i64, media: Media) -> Numbered {
    let words = Outgoing { media: Some(media), ..outgoing(to, random_id, "look") };
    house.platform.send_message(from.actor(), words).await.unwrap().message
}

async fn photo(house: &House, who: &Villager, file_id: i64, bytes: &[u8]) -> Media {
    let file = upload(house, who, file_id, bytes).await;
    let photo = house.platform.create_photo(who.user, &file).await.unwrap();
    Media::Photo { photo, spoiler: false }
}

async fn document(house: &House, who: &Villager, file_id: i64, bytes: &[u8], attributes: Vec<Attribute>) -> Media {
    let file = upload(house, who, file_id, bytes).await;
    let mime = if bytes == JPEG { "image/jpeg" } else { "application/zip" };
    document_of(house, who, file, mime, attributes).await
}

async fn document_of(
    house: &House,
    who: &Villager,
    file: UploadedFile,
    mime: &str,
    attributes: Vec<Attribute>,
) -> Media {
    let mime = mime.to_owned();
    let new = NewDocument { file, thumb: None, mime, attributes, is_plain_file: false, is_silent_video: false };
    let document = house.platform.create_document(who.user, new).await.unwrap();
    Media::Document { document, spoiler: false }
}

async fn upload(house: &House, who: &Villager, file_id: i64, bytes: &[u8]) -> UploadedFile {
    let parts = bytes.chunks(512 * 1024);
    let count = parts.len();
    for (part, bytes) in parts.enumerate() {
        upload_part(house, who, file_id, part, Bytes::copy_from_slice(bytes)).await;
    }
    UploadedFile { file_id, parts: count as u32, md5: None, big: false }
}

async fn upload_part(house: &House, who: &Villager, file_id: i64, part: usize, bytes: Bytes) {
    let part = PartOf { file_id, part: part as i32, total: None, bytes };
    house.platform.save_part(who.user, part).await.unwrap();
}
