//! How people know each other: address books, blocks, privacy, who is here.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Letterbox, Server, refusal};
use platform::people::contacts::Upload;
use platform::people::names::Phone;
use platform::people::person::{Birthday, ProfileEdit};
use platform::people::presence::Status;
use platform::people::privacy::{PrivacyKey, Rule};
use platform::people::push::PushToken;
use platform::people::relation::Contact;
use platform::people::settings::{NotifyScope, NotifySettings, Sound};
use platform::{Peer, Refusal, SERVICE_USER_ID, Settings, UserId, limits};
use store::Store;

const AYU: &str = "15550001";
const BUDI: &str = "15550002";

struct Two {
    server: Server,
    ayu: UserId,
    budi: UserId,
}

async fn two() -> Two {
    let server = Server::start_with(Store::memory(), Settings::default(), Letterbox::default()).await;
    let (ayu, _) = server.sign_up(1, AYU, "Ayu").await;
    let (budi, _) = server.sign_up(2, BUDI, "Budi").await;
    Two { server, ayu, budi }
}

fn upload(phone: &str, first_name: &str) -> Upload {
    Upload { phone: phone.to_owned(), first_name: first_name.to_owned(), last_name: String::new() }
}

fn named(first_name: &str) -> Contact {
    Contact { first_name: first_name.to_owned(), ..Contact::default() }
}

impl Two {
    async fn status_of_budi_for_ayu(&self) -> Status {
        let platform = &self.server.platform;
        let ayu = platform.living_person(self.ayu).await.expect("she is here");
        let budi = platform.living_person(self.budi).await.expect("he is here");
        let relation = platform.relation(self.ayu, self.budi).await.expect("the store works");
        platform.status(&ayu, &budi, &relation)
    }
}

#[tokio::test]
async fn ayu_finds_budi_by_number_and_the_book_outlives_the_server() {
    let Two { mut server, ayu, budi } = two().await;
    let uploads = [("+1 555 0002", "Brother"), ("15559999", "Nobody"), ("junk", "Junk"), (AYU, "Myself")];
    let uploads = uploads.map(|(phone, name)| upload(phone, name));
    let found = server.platform.import_contacts(ayu, &uploads, None).await.unwrap();
    assert_eq!(found, [Some(budi), None, None, None]);
    server.restart().await;
    let book = server.platform.contacts(ayu).await.unwrap();
    assert_eq!(book.len(), 1);
    assert_eq!((book[0].0, book[0].1.first_name.as_str()), (budi, "Brother"));
    assert_eq!(server.platform.who_has(budi, 10).await.unwrap(), [ayu]);
    let relation = server.platform.relation(ayu, budi).await.unwrap();
    assert!(!relation.is_mutual());
    server.platform.add_contact(budi, ayu, named("Ayu"), None).await.unwrap();
    assert!(server.platform.relation(ayu, budi).await.unwrap().is_mutual());
    assert!(server.platform.relation(budi, ayu).await.unwrap().is_mutual());
    server.platform.delete_contacts(ayu, &[budi], None).await.unwrap();
    assert!(server.platform.contacts(ayu).await.unwrap().is_empty());
    assert!(!server.platform.relation(budi, ayu).await.unwrap().has_me);
}

#[tokio::test]
async fn whoever_does_not_want_to_be_found_by_number_is_not() {
    let Two { server, ayu, budi } = two().await;
    let rules = vec![Rule::AllowContacts, Rule::DisallowAll];
    server.platform.set_privacy(budi, PrivacyKey::AddedByPhone, rules, None).await.unwrap();
    let found = server.platform.import_contacts(ayu, &[upload(BUDI, "Budi")], None).await.unwrap();
    assert_eq!(found, [None]);
    server.platform.add_contact(budi, ayu, named("Ayu"), None).await.unwrap();
    assert!(server.platform.may_find_by_phone(ayu, budi).await.unwrap());
}

#[tokio::test]
async fn an_address_book_has_bounds() {
    let Two { server, ayu, budi } = two().await;
    let platform = &server.platform;
    let many: Vec<Upload> = (0..=limits::CONTACTS_PER_IMPORT).map(|_| upload(BUDI, "Budi")).collect();
    assert_eq!(refusal(platform.import_contacts(ayu, &many, None).await), Refusal::LimitInvalid);
    assert_eq!(refusal(platform.add_contact(ayu, budi, named(" "), None).await), Refusal::ContactNameEmpty);
    assert_eq!(refusal(platform.add_contact(ayu, ayu, named("I"), None).await), Refusal::ContactIdInvalid);
    let service = platform.add_contact(ayu, SERVICE_USER_ID, named("It"), None).await;
    assert_eq!(refusal(service), Refusal::ContactIdInvalid);
    let nobody = platform.add_contact(ayu, UserId(5), named("Nobody"), None).await;
    assert_eq!(refusal(nobody), Refusal::UserIdInvalid);
}

#[tokio::test]
async fn a_name_in_the_book_survives_a_second_upload_without_a_number() {
    let Two { server, ayu, budi } = two().await;
    server.platform.import_contacts(ayu, &[upload(BUDI, "Budi")], None).await.unwrap();
    server.platform.edit_contact(ayu, budi, |contact| contact.note = Some("drums".into()), None).await.unwrap();
    server.platform.add_contact(ayu, budi, named("Bud"), None).await.unwrap();
    let relation = server.platform.relation(ayu, budi).await.unwrap();
    let contact = relation.contact.as_ref().unwrap();
    assert_eq!((contact.first_name.as_str(), contact.phone.as_deref()), ("Bud", Some(BUDI)));
    assert_eq!(contact.note.as_deref(), Some("drums"));
}

#[tokio::test]
async fn people_are_found_by_what_they_are_called() {
    let Two { server, ayu, budi } = two().await;
    let platform = &server.platform;
    platform.add_contact(ayu, budi, named("Big Brother"), None).await.unwrap();
    for query in ["big", "BROTH", "budi"] {
        assert_eq!(platform.search_contacts(ayu, query, 5).await.unwrap(), [budi], "{query}");
    }
    assert!(platform.search_contacts(ayu, "rother", 5).await.unwrap().is_empty());
    platform.update_username(budi, "Budi_Drums", None).await.unwrap();
    assert_eq!(platform.users_by_username_prefix("@bud", 5).await.unwrap(), [budi]);
    assert_eq!(platform.users_by_username_prefix("budi_dr", 5).await.unwrap(), [budi]);
    assert!(platform.users_by_username_prefix("bu", 5).await.unwrap().is_empty());
    assert_eq!(platform.user_by_username("BUDI_drums").await.unwrap(), Some(budi));
}

#[tokio::test]
async fn usernames_belong_to_one_and_go_back() {
    let Two { server, ayu, budi } = two().await;
    let platform = &server.platform;
    platform.update_username(ayu, "drummer", None).await.unwrap();
    assert_eq!(refusal(platform.update_username(ayu, "drummer", None).await), Refusal::UsernameNotModified);
    assert_eq!(refusal(platform.update_username(budi, "DRUMMER", None).await), Refusal::UsernameOccupied);
    assert!(!platform.username_is_free(budi, "Drummer").await.unwrap());
    assert_eq!(refusal(platform.update_username(budi, "no", None).await), Refusal::UsernameInvalid);
    platform.update_username(ayu, "Drummer", None).await.unwrap();
    platform.update_username(ayu, "", None).await.unwrap();
    assert!(platform.users_by_username_prefix("drum", 5).await.unwrap().is_empty());
    platform.update_username(budi, "DRUMMER", None).await.unwrap();
}

#[tokio::test]
async fn a_profile_is_changed_where_asked_and_nowhere_else() {
    let Two { server, ayu, .. } = two().await;
    let platform = &server.platform;
    let edit =
        ProfileEdit { last_name: Some(" Lestari ".into()), about: Some("drums".into()), ..ProfileEdit::default() };
    platform.update_profile(ayu, edit, None).await.unwrap();
    let profile = platform.person(ayu).await.unwrap().unwrap().profile.clone();
    assert_eq!(
        (profile.first_name.as_str(), profile.last_name.as_str(), profile.about.as_str()),
        ("Ayu", "Lestari", "drums")
    );
    let nameless = ProfileEdit { first_name: Some(" ".into()), ..ProfileEdit::default() };
    assert_eq!(refusal(platform.update_profile(ayu, nameless, None).await), Refusal::FirstNameInvalid);
    let long = ProfileEdit { about: Some("x".repeat(limits::ABOUT_MAX_CHARS + 1)), ..ProfileEdit::default() };
    assert_eq!(refusal(platform.update_profile(ayu, long, None).await), Refusal::AboutTooLong);
    let birthday = Some(Birthday { day: 29, month: 2, year: None });
    platform.update_birthday(ayu, birthday, None).await.unwrap();
    assert_eq!(platform.person(ayu).await.unwrap().unwrap().profile.birthday, birthday);
}

#[tokio::test]
async fn a_blocked_person_sees_nothing_and_knows_nothing() {
    let story = two().await;
    let (ayu, budi) = (story.ayu, story.budi);
    let platform = &story.server.platform;
    platform.update_status(budi, false).await.unwrap();
    assert!(matches!(story.status_of_budi_for_ayu().await, Status::Online { .. }));
    platform.block(budi, ayu, None).await.unwrap();
    platform.block(budi, ayu, None).await.unwrap();
    assert_eq!(story.status_of_budi_for_ayu().await, Status::Unknown);
    assert!(platform.is_blocked(budi, ayu).await.unwrap());
    assert!(!platform.is_blocked(ayu, budi).await.unwrap());
    assert_eq!(platform.blocked(budi).await.unwrap().len(), 1);
    assert_eq!(refusal(platform.block(budi, budi, None).await), Refusal::ContactIdInvalid);
    platform.unblock(budi, ayu, None).await.unwrap();
    assert!(matches!(story.status_of_budi_for_ayu().await, Status::Online { .. }));
}

#[tokio::test]
async fn coming_leaving_and_how_long_ago() {
    let story = two().await;
    let (ayu, budi) = (story.ayu, story.budi);
    let (platform, clock) = (&story.server.platform, &story.server.story);
    assert_eq!(story.status_of_budi_for_ayu().await, Status::Unknown);
    platform.update_status(budi, false).await.unwrap();
    let came = platform.now();
    assert_eq!(story.status_of_budi_for_ayu().await, Status::Online { expires: came + limits::ONLINE_SECONDS });
    clock.pass_seconds(60);
    platform.update_status(budi, true).await.unwrap();
    let left = Status::Offline { was_online: platform.now() };
    assert_eq!(story.status_of_budi_for_ayu().await, left);

    platform.set_privacy(budi, PrivacyKey::StatusTimestamp, vec![Rule::DisallowAll], None).await.unwrap();
    let days = [(0, Status::Recently { by_me: false }), (4, Status::LastWeek { by_me: false })];
    let days = days.into_iter().chain([(4, Status::LastMonth { by_me: false }), (30, Status::Unknown)]);
    for (later, expected) in days {
        clock.pass_seconds(later * 24 * 3600);
        assert_eq!(story.status_of_budi_for_ayu().await, expected);
    }
    platform.set_privacy(budi, PrivacyKey::StatusTimestamp, vec![Rule::AllowAll], None).await.unwrap();
    assert_eq!(story.status_of_budi_for_ayu().await, left);
    platform.set_privacy(ayu, PrivacyKey::StatusTimestamp, vec![Rule::DisallowAll], None).await.unwrap();
    assert!(!matches!(story.status_of_budi_for_ayu().await, Status::Offline { .. }), "who does not tell is not told");
}

#[tokio::test]
async fn when_somebody_left_outlives_the_server() {
    let mut story = two().await;
    story.server.platform.update_status(story.budi, false).await.unwrap();
    story.server.platform.update_status(story.budi, true).await.unwrap();
    let left = story.status_of_budi_for_ayu().await;
    assert!(matches!(left, Status::Offline { .. }));
    story.server.restart().await;
    assert_eq!(story.status_of_budi_for_ayu().await, left);
}

#[tokio::test]
async fn the_number_can_be_shown_to_one() {
    let Two { server, ayu, budi } = two().await;
    let platform = &server.platform;
    let may_see = async || {
        let budi_now = platform.person(budi).await.unwrap().unwrap();
        let relation = platform.relation(ayu, budi).await.unwrap();
        budi_now.privacy.allows(PrivacyKey::PhoneNumber, ayu, &relation)
    };
    assert!(!may_see().await, "strangers do not see the number by default");
    platform.set_privacy(budi, PrivacyKey::PhoneNumber, vec![Rule::DisallowUsers(vec![ayu])], None).await.unwrap();
    platform.show_phone_to(budi, ayu, None).await.unwrap();
    assert!(may_see().await);
    let many = vec![Rule::AllowUsers(vec![ayu; limits::PRIVACY_NAMED_MAX + 1])];
    let too_long = platform.set_privacy(budi, PrivacyKey::PhoneNumber, many, None).await;
    assert_eq!(refusal(too_long), Refusal::PrivacyTooLong);
}

#[tokio::test]
async fn a_contact_link_finds_its_owner_for_a_while() {
    let Two { server, ayu, .. } = two().await;
    let (token, _) = server.platform.contact_token(ayu);
    assert_eq!(server.platform.owner_of_contact_token(&token), Some(ayu));
    let forged = token.replacen(&token[..2], "ff", 1);
    assert_eq!(server.platform.owner_of_contact_token(&forged), None);
    assert_eq!(server.platform.owner_of_contact_token("junk"), None);
    server.story.pass_seconds(i64::from(limits::CONTACT_TOKEN_SECONDS));
    assert_eq!(server.platform.owner_of_contact_token(&token), None);
}

#[tokio::test]
async fn settings_are_kept_and_reset() {
    let Two { mut server, ayu, budi } = two().await;
    let scope = NotifyScope::Peer(Peer::User(budi));
    let quiet = NotifySettings { mute_until: Some(i32::MAX), sound: Some(Sound::None), ..NotifySettings::default() };
    server.platform.set_notify_settings(ayu, scope, &quiet, None).await.unwrap();
    server.platform.set_switches(ayu, |switches| switches.hide_read_marks = Some(true)).await.unwrap();
    server.restart().await;
    let platform = &server.platform;
    let read = platform.notify_settings(ayu, &[NotifyScope::Users, scope]).await.unwrap();
    assert_eq!(read, [NotifySettings::default(), quiet.clone()]);
    assert_eq!(platform.notify_exceptions(ayu).await.unwrap(), [(Peer::User(budi), quiet)]);
    assert_eq!(platform.switches(ayu).await.unwrap().hide_read_marks, Some(true));
    platform.reset_notify_settings(ayu, None).await.unwrap();
    assert!(platform.notify_exceptions(ayu).await.unwrap().is_empty());
    let loud = Sound::Local { title: "x".repeat(limits::SOUND_NAME_MAX_BYTES + 1), data: String::new() };
    let loud = NotifySettings { sound: Some(loud), ..NotifySettings::default() };
    assert_eq!(refusal(platform.set_notify_settings(ayu, scope, &loud, None).await), Refusal::LimitInvalid);
}

#[tokio::test]
async fn push_tokens_are_bounded_and_forgotten() {
    let server = Server::start().await;
    let (_, key) = server.sign_up(1, AYU, "Ayu").await;
    let push = |token: &str| PushToken {
        token_type: 10,
        token: token.to_owned(),
        no_muted: false,
        app_sandbox: false,
        secret: Vec::new(),
        other_uids: Vec::new(),
    };
    for number in 0..limits::PUSH_TOKENS_MAX {
        server.platform.register_push(&key, &push(&format!("token {number}"))).await.unwrap();
    }
    let one_more = server.platform.register_push(&key, &push("one more")).await;
    assert_eq!(refusal(one_more), Refusal::LimitInvalid);
    server.platform.unregister_push(&key, 10, "token 0").await.unwrap();
    assert_eq!(server.platform.push_tokens(key.id).await.unwrap().len(), limits::PUSH_TOKENS_MAX - 1);
}

#[tokio::test]
async fn the_operator_lists_everybody_once() {
    let server = Server::start().await;
    let mut signed_up = Vec::new();
    for number in 0..40 {
        signed_up.push(server.sign_up(number + 1, &format!("1555{number:04}"), "Somebody").await.0);
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = server.platform.list_people(after, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        listed.extend(page.iter().map(|person| person.id));
    }
    signed_up.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, signed_up);
}

#[tokio::test]
async fn nobody_looks_up_all_numbers() {
    let Two { server, ayu, .. } = two().await;
    let page: Vec<Upload> =
        (0..limits::CONTACTS_PER_IMPORT).map(|number| upload(&format!("1777{number:06}"), "Anybody")).collect();
    for _ in 0..limits::LOOK_UPS_PER_PERSON as usize / page.len() {
        server.platform.import_contacts(ayu, &page, None).await.unwrap();
    }
    let wait = refusal(server.platform.import_contacts(ayu, &page[..1], None).await);
    assert!(matches!(wait, Refusal::FloodWait(_)), "{wait:?}");
    let phone = Phone::parse(BUDI).unwrap();
    assert!(matches!(refusal(server.platform.find_by_phone(ayu, &phone).await), Refusal::FloodWait(_)));
    server.story.pass_seconds(i64::from(limits::FLOOD_WINDOW_SECONDS));
    assert!(server.platform.find_by_phone(ayu, &phone).await.unwrap().is_some());
}

#[tokio::test]
async fn what_a_deleted_account_stored_is_gone() {
    let Two { server, ayu, budi } = two().await;
    let platform = &server.platform;
    platform.add_contact(ayu, budi, named("Budi"), None).await.unwrap();
    platform.block(ayu, budi, None).await.unwrap();
    platform.send_service_message(ayu, "drum", Vec::new()).await.unwrap();
    platform.delete_account(ayu).await.unwrap();
    platform.delete_account(ayu).await.expect("deleting goes on where it stopped");
    assert!(!platform.relation(budi, ayu).await.unwrap().blocked_by);
    let owner = platform::keys::user(ayu);
    let everything =
        store::Scan { owner, prefix: Vec::new(), from: None, to: None, reverse: false, limit: 100, max_bytes: 100_000 };
    let left = server.store.scan(&everything).await.unwrap().items;
    let firsts: Vec<u8> = left.iter().map(|(suffix, _)| suffix[0]).collect();
    assert_eq!(firsts, [platform::keys::user_suffix::PROFILE], "only the husk is left");
}
