//! People, as a client sees them: finding, naming, shutting out, and the documented error of each wrong step.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use devices::{Device, Server, error, input, input_peer, only_user, pair};
use platform::mailbox::Flags;
use platform::messages::{ForwardRequest, Outgoing};
use platform::{Actor, Peer};
use tl::{enums, functions, types};

const AYU: &str = "15550001";
const BUDI: &str = "15550002";

async fn two() -> (Server, Device, Device) {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up(BUDI, "Budi").await);
    (server, ayu, budi)
}

fn phone_contact(client_id: i64, phone: &str, first_name: &str) -> enums::InputContact {
    types::InputPhoneContact {
        client_id,
        phone: phone.to_owned(),
        first_name: first_name.to_owned(),
        last_name: String::new(),
        note: None,
    }
    .into()
}

fn add(user: &types::User, first_name: &str) -> functions::contacts::AddContact {
    functions::contacts::AddContact {
        add_phone_privacy_exception: false,
        id: input(user),
        first_name: first_name.to_owned(),
        last_name: String::new(),
        phone: String::new(),
        note: None,
    }
}

#[tokio::test]
async fn ayu_uploads_her_book_and_finds_budi() {
    let (_server, ayu, _budi) = two().await;
    let contacts = vec![phone_contact(7, "+1 555 0002", "Brother"), phone_contact(8, "15559999", "Nobody")];
    let enums::contacts::ImportedContacts::Contacts(answer) =
        ayu.call(&functions::contacts::ImportContacts { contacts }).await.unwrap();
    let budi = only_user(answer.users);
    assert_eq!((budi.first_name.as_deref(), budi.phone.as_deref()), (Some("Brother"), Some(BUDI)));
    assert!(budi.contact && !budi.mutual_contact);
    let [enums::ImportedContact::Contact(imported)] = answer.imported.as_slice() else { panic!("one is here") };
    assert_eq!((imported.client_id, imported.user_id), (7, budi.id));

    let all = ayu.call(&functions::contacts::GetContacts { hash: 0 }).await.unwrap();
    let enums::contacts::Contacts::Contacts(all) = all else { panic!("a list") };
    assert_eq!((all.contacts.len(), all.users.len()), (1, 1));
    // Over no saved numbers and one id the hash is that id.
    let known = ayu.call(&functions::contacts::GetContacts { hash: budi.id }).await.unwrap();
    assert!(matches!(known, enums::contacts::Contacts::NotModified));
    let changed = ayu.call(&functions::contacts::GetContacts { hash: 5 }).await.unwrap();
    assert!(matches!(changed, enums::contacts::Contacts::Contacts(_)));
}

#[tokio::test]
async fn whom_a_request_means_must_have_been_shown() {
    let (_server, ayu, budi) = two().await;
    let shown = ayu.see(BUDI).await;
    let full = |id| functions::users::GetFullUser { id };
    ayu.call(&full(input(&shown))).await.unwrap();
    let wrong = |access_hash| types::InputUser { user_id: shown.id, access_hash };
    let hash = shown.access_hash.unwrap();
    for access_hash in [0, hash ^ 1] {
        let outcome = ayu.call(&full(wrong(access_hash).into())).await;
        assert_eq!(error(outcome), pair(400, "USER_ID_INVALID"));
    }
    let stolen = budi.see(AYU).await;
    let stolen = types::InputUser { user_id: stolen.id, access_hash: hash };
    assert_eq!(error(budi.call(&full(stolen.into())).await), pair(400, "USER_ID_INVALID"));
    assert_eq!(error(ayu.call(&full(enums::InputUser::Empty)).await), pair(400, "USER_ID_INVALID"));
    let some = functions::users::GetUsers { id: vec![wrong(1).into(), enums::InputUser::UserSelf] };
    assert!(only_user(ayu.call(&some).await.unwrap()).is_self);
    ayu.call(&add(&shown, "Budi")).await.unwrap();
    ayu.call(&full(wrong(0).into())).await.expect("contacts may be named without a hash");
}

#[tokio::test]
async fn somebody_seen_in_a_message_can_be_named_by_it() {
    let (server, ayu, budi) = two().await;
    let carol = server.sign_up("15550003", "Carol").await;
    let (carol_of_budi, budi_of_ayu) = (budi.see("15550003").await, ayu.see(BUDI).await);
    let platform = server.api.platform();
    let [ayu_id, budi_id, carol_id] = [&ayu, &budi, &carol].map(|device| device.caller.key.user_id().unwrap());
    let actor = |user| Actor { user, device: None };
    let drum = Outgoing {
        peer: budi_id.into(),
        text: "drum".to_owned(),
        entities: Vec::new(),
        random_id: 1,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    };
    let sent = platform.send_message(actor(carol_id), drum).await.unwrap();
    let of_budi = sent.message.message.sibling.expect("budi has a copy").id;
    let request = ForwardRequest { ids: vec![of_budi], random_ids: vec![9], ..ForwardRequest::default() };
    let from = Peer::User(carol_id);
    let forwarded = platform.forward_messages(actor(budi_id), from, ayu_id.into(), request).await.unwrap();
    let of_ayu = forwarded[0].message.message.sibling.expect("ayu has a copy").id.0;
    let by_message = |msg_id| {
        let seen = types::InputUserFromMessage { peer: input_peer(&budi_of_ayu), msg_id, user_id: carol_of_budi.id };
        functions::users::GetFullUser { id: seen.into() }
    };
    ayu.call(&by_message(of_ayu)).await.expect("the forward names her");
    assert_eq!(error(ayu.call(&by_message(of_ayu + 1)).await), pair(400, "USER_ID_INVALID"));
}

#[tokio::test]
async fn names_and_usernames_and_their_errors() {
    let (_server, ayu, budi) = two().await;
    let username = |username: &str| functions::account::UpdateUsername { username: username.to_owned() };
    assert_eq!(error(ayu.call(&username("no")).await), pair(400, "USERNAME_INVALID"));
    let enums::User::User(me) = ayu.call(&username("Drummer")).await.unwrap() else { panic!("a user") };
    assert_eq!(me.username.as_deref(), Some("Drummer"));
    assert_eq!(error(ayu.call(&username("Drummer")).await), pair(400, "USERNAME_NOT_MODIFIED"));
    assert_eq!(error(budi.call(&username("drummer")).await), pair(400, "USERNAME_OCCUPIED"));
    let check = functions::account::CheckUsername { username: "DRUMMER".to_owned() };
    assert!(!budi.call(&check).await.unwrap() && ayu.call(&check).await.unwrap());
    let resolve =
        |username: &str| functions::contacts::ResolveUsername { username: username.to_owned(), referer: None };
    let enums::contacts::ResolvedPeer::Peer(found) = budi.call(&resolve("drummer")).await.unwrap();
    assert_eq!(only_user(found.users).id, me.id);
    assert_eq!(error(budi.call(&resolve("nobody_here")).await), pair(400, "USERNAME_NOT_OCCUPIED"));
    assert_eq!(error(budi.call(&resolve("!")).await), pair(400, "USERNAME_INVALID"));
    let profile = |first_name: Option<&str>, about: Option<String>| functions::account::UpdateProfile {
        first_name: first_name.map(str::to_owned),
        last_name: None,
        about,
    };
    assert_eq!(error(ayu.call(&profile(Some(" "), None)).await), pair(400, "FIRSTNAME_INVALID"));
    assert_eq!(error(ayu.call(&profile(None, Some("x".repeat(200)))).await), pair(400, "ABOUT_TOO_LONG"));
    ayu.call(&profile(Some("Ayu L"), Some("drums".to_owned()))).await.unwrap();
    let shown = budi.see(AYU).await;
    assert_eq!(shown.first_name.as_deref(), Some("Ayu L"));
    let full = budi.call(&functions::users::GetFullUser { id: input(&shown) }).await.unwrap();
    let enums::users::UserFull::Full(full) = full;
    let enums::UserFull::Full(full) = full.full_user;
    assert_eq!(full.about.as_deref(), Some("drums"));
}

#[tokio::test]
async fn search_tells_contacts_from_strangers() {
    let (_server, ayu, budi) = two().await;
    let name = functions::account::UpdateUsername { username: "budi_drums".to_owned() };
    budi.call(&name).await.unwrap();
    let search = |q: &str| functions::contacts::Search { broadcasts: false, bots: false, q: q.to_owned(), limit: 10 };
    assert_eq!(error(ayu.call(&search(" ")).await), pair(400, "SEARCH_QUERY_EMPTY"));
    let enums::contacts::Found::Found(found) = ayu.call(&search("@budi")).await.unwrap();
    assert_eq!((found.my_results.len(), found.results.len()), (0, 1));
    let stranger = only_user(found.users);
    assert_eq!(stranger.phone, None, "strangers do not see the number");
    ayu.call(&add(&stranger, "Brother")).await.unwrap();
    let enums::contacts::Found::Found(found) = ayu.call(&search("bro")).await.unwrap();
    assert_eq!((found.my_results.len(), found.results.len()), (1, 0));
}

#[tokio::test]
async fn contacts_and_their_errors() {
    let (_server, ayu, budi) = two().await;
    let shown = ayu.see(BUDI).await;
    assert_eq!(error(ayu.call(&add(&shown, "")).await), pair(400, "CONTACT_NAME_EMPTY"));
    let me = ayu.me().await;
    assert_eq!(error(ayu.call(&add(&me, "I")).await), pair(400, "CONTACT_ID_INVALID"));
    let enums::Updates::Updates(added) = ayu.call(&add(&shown, "Brother")).await.unwrap() else { panic!("updates") };
    assert_eq!(only_user(added.users).first_name.as_deref(), Some("Brother"));
    let back = functions::contacts::AcceptContact { id: input(&budi.see(AYU).await) };
    budi.call(&back).await.unwrap();
    assert!(ayu.see(BUDI).await.mutual_contact);
    let note = |text: String| functions::contacts::UpdateContactNote {
        id: input(&shown),
        note: types::TextWithEntities { text, entities: Vec::new() }.into(),
    };
    assert_eq!(error(ayu.call(&note("x".repeat(500))).await), pair(400, "CONTACT_NOTE_TOO_LONG"));
    ayu.call(&note("drums".to_owned())).await.unwrap();
    ayu.call(&functions::contacts::DeleteContacts { id: vec![input(&shown)] }).await.unwrap();
    assert_eq!(error(ayu.call(&note("drums".to_owned())).await), pair(400, "CONTACT_ID_INVALID"));
    let gone = functions::contacts::ResolvePhone { phone: "15559999".to_owned() };
    assert_eq!(error(ayu.call(&gone).await), pair(400, "PHONE_NOT_OCCUPIED"));
}

#[tokio::test]
async fn a_blocked_person_is_listed_and_sees_no_status() {
    let (_server, ayu, budi) = two().await;
    budi.call(&functions::account::UpdateStatus { offline: false }).await.unwrap();
    assert!(matches!(ayu.see(BUDI).await.status, Some(enums::UserStatus::Online(_))));
    let ayu_shown = budi.see(AYU).await;
    let block = functions::contacts::Block { my_stories_from: false, id: input_peer(&ayu_shown) };
    assert!(budi.call(&block).await.unwrap());
    assert!(matches!(ayu.see(BUDI).await.status, Some(enums::UserStatus::Empty)));
    let list = functions::contacts::GetBlocked { my_stories_from: false, offset: 0, limit: 10 };
    let enums::contacts::Blocked::Blocked(blocked) = budi.call(&list).await.unwrap() else { panic!("all of them") };
    assert_eq!(blocked.blocked.len(), 1);
    let past = functions::contacts::GetBlocked { offset: 1, ..list };
    let slice = budi.call(&past).await.unwrap();
    assert!(matches!(slice, enums::contacts::Blocked::Slice(slice) if slice.count == 1 && slice.blocked.is_empty()));
    let oneself = functions::contacts::Block { my_stories_from: false, id: enums::InputPeer::PeerSelf };
    assert_eq!(error(budi.call(&oneself).await), pair(400, "CONTACT_ID_INVALID"));
    let nobody = functions::contacts::Block { my_stories_from: false, id: enums::InputPeer::Empty };
    assert_eq!(error(budi.call(&nobody).await), pair(400, "PEER_ID_INVALID"));
    let unblock = functions::contacts::Unblock { my_stories_from: false, id: input_peer(&ayu_shown) };
    assert!(budi.call(&unblock).await.unwrap());
    assert!(matches!(ayu.see(BUDI).await.status, Some(enums::UserStatus::Online(_))));
}

#[tokio::test]
async fn privacy_comes_back_as_it_was_set() {
    let (_server, ayu, budi) = two().await;
    let key = || enums::InputPrivacyKey::PhoneNumber;
    let shown = budi.see(AYU).await;
    assert_eq!(shown.phone, None);
    let rules = vec![
        types::InputPrivacyValueAllowUsers { users: vec![input(&ayu.see(BUDI).await)] }.into(),
        enums::InputPrivacyRule::InputPrivacyValueDisallowAll,
    ];
    ayu.call(&functions::account::SetPrivacy { key: key(), rules }).await.unwrap();
    let enums::account::PrivacyRules::Rules(set) =
        ayu.call(&functions::account::GetPrivacy { key: key() }).await.unwrap();
    assert_eq!((set.rules.len(), set.users.len()), (2, 1));
    assert_eq!(budi.see(AYU).await.phone.as_deref(), Some(AYU));
    let many = (0..100).map(|_| enums::InputPrivacyRule::InputPrivacyValueAllowAll).collect();
    let too_long = ayu.call(&functions::account::SetPrivacy { key: key(), rules: many }).await;
    assert_eq!(error(too_long), pair(400, "PRIVACY_TOO_LONG"));
}

#[tokio::test]
async fn settings_of_the_account_and_their_errors() {
    let (_server, ayu, _budi) = two().await;
    let ttl = |days| functions::account::SetAccountTtl { ttl: types::AccountDaysTtl { days }.into() };
    assert_eq!(error(ayu.call(&ttl(1)).await), pair(400, "TTL_DAYS_INVALID"));
    ayu.call(&ttl(90)).await.unwrap();
    let enums::AccountDaysTtl::Ttl(kept) = ayu.call(&functions::account::GetAccountTtl {}).await.unwrap();
    assert_eq!(kept.days, 90);
    let devices = functions::account::SetAuthorizationTtl { authorization_ttl_days: 0 };
    assert_eq!(error(ayu.call(&devices).await), pair(400, "TTL_DAYS_INVALID"));
    let push = |token: &str| functions::account::RegisterDevice {
        no_muted: false,
        token_type: 10,
        token: token.to_owned(),
        app_sandbox: false,
        secret: Vec::new(),
        other_uids: Vec::new(),
    };
    assert_eq!(error(ayu.call(&push("")).await), pair(400, "TOKEN_EMPTY"));
    assert!(ayu.call(&push("token")).await.unwrap());
    let scope = || enums::InputNotifyPeer::InputNotifyUsers;
    let default = ayu.call(&functions::account::GetNotifySettings { peer: scope() }).await.unwrap();
    let enums::PeerNotifySettings::Settings(default) = default;
    assert_eq!((default.mute_until, default.show_previews), (Some(0), Some(true)));
    let birthday = types::Birthday { day: 32, month: 1, year: None };
    let birthday = functions::account::UpdateBirthday { birthday: Some(birthday.into()) };
    assert_eq!(error(ayu.call(&birthday).await), pair(400, "BIRTHDAY_INVALID"));
}

#[tokio::test]
async fn a_deleted_account_is_a_husk_for_others() {
    let (_server, ayu, budi) = two().await;
    let shown = budi.see(AYU).await;
    ayu.call(&functions::account::DeleteAccount { reason: String::new(), password: None }).await.unwrap();
    let over = ayu.call(&functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] }).await;
    assert_eq!(error(over), pair(401, "AUTH_KEY_UNREGISTERED"));
    let husk = only_user(budi.call(&functions::users::GetUsers { id: vec![input(&shown)] }).await.unwrap());
    assert!(husk.deleted && husk.first_name.is_none() && husk.phone.is_none());
}

#[tokio::test]
async fn a_number_moves() {
    let (server, ayu, _budi) = two().await;
    let send = |phone: &str| functions::account::SendChangePhoneCode {
        phone_number: phone.to_owned(),
        settings: testing_requests::code_settings().into(),
    };
    assert_eq!(error(ayu.call(&send(BUDI)).await), pair(400, "PHONE_NUMBER_OCCUPIED"));
    let enums::auth::SentCode::Code(sent) = ayu.call(&send("15550009")).await.unwrap() else { panic!("a code") };
    let change = |code: String| functions::account::ChangePhone {
        phone_number: "15550009".to_owned(),
        phone_code_hash: sent.phone_code_hash.clone(),
        phone_code: code,
    };
    assert_eq!(error(ayu.call(&change("1".to_owned())).await), pair(400, "PHONE_CODE_INVALID"));
    let enums::User::User(me) = ayu.call(&change(server.last_code())).await.unwrap() else { panic!("a user") };
    assert_eq!(me.phone.as_deref(), Some("15550009"));
}

#[tokio::test]
async fn a_contact_link_leads_to_its_owner() {
    let (_server, ayu, budi) = two().await;
    let enums::ExportedContactToken::Token(link) = ayu.call(&functions::contacts::ExportContactToken {}).await.unwrap();
    let token = link.url.rsplit('/').next().unwrap().to_owned();
    let enums::User::User(found) = budi.call(&functions::contacts::ImportContactToken { token }).await.unwrap() else {
        panic!("a user")
    };
    assert_eq!(found.id, ayu.me().await.id);
    let junk = functions::contacts::ImportContactToken { token: "junk".to_owned() };
    assert_eq!(error(budi.call(&junk).await), pair(400, "IMPORT_TOKEN_INVALID"));
}
