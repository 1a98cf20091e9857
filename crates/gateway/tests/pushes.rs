//! Who gets what happens: one session of each authorisation, and never the one whose result said it (point 17).

mod common;

use std::time::Duration;

use common::{Client, Plain, Server, Stream, function, text};
use mtproto::session::schema::{UPDATES_TOO_LONG, msgs_ack};
use mtproto::transport::Framing;
use tl::{Deserializable, Identifiable, enums, functions, types};

/// The texts of messages that are pushed until nothing comes for a while.
async fn pushed(client: &mut Client) -> Vec<String> {
    let mut texts = Vec::new();
    while let Ok(Some(got)) = tokio::time::timeout(Duration::from_millis(700), client.receive()).await {
        if let Ok(updates) = enums::Updates::from_bytes(&got.body) {
            texts.extend(texts_of(updates));
            client.send(&msgs_ack(&[got.msg_id])).await;
        }
    }
    texts
}

fn texts_of(updates: enums::Updates) -> Vec<String> {
    let updates = match updates {
        enums::Updates::Updates(types::Updates { updates, .. })
        | enums::Updates::Combined(types::UpdatesCombined { updates, .. }) => updates,
        enums::Updates::UpdateShortMessage(short) => return vec![short.message],
        enums::Updates::UpdateShort(short) => vec![short.update],
        _ => Vec::new(),
    };
    let text = |update| match update {
        enums::Update::NewMessage(types::UpdateNewMessage { message: enums::Message::Message(message), .. }) => {
            Some(message.message)
        }
        _ => None,
    };
    updates.into_iter().filter_map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_every_device_but_the_one_that_sent_it() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut bert = Client::sign_in(&server, "15550002").await;
    bert.own_user().await;
    pushed(&mut bert).await;
    let to_bert = anna.find("15550002").await;
    for number in 0..5 {
        anna.call(&text(to_bert.clone(), &format!("hello {number}"))).await;
    }
    assert_eq!(pushed(&mut bert).await, ["hello 0", "hello 1", "hello 2", "hello 3", "hello 4"]);
    assert!(pushed(&mut anna).await.is_empty(), "its results said it already");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_of_an_authorisation_is_chosen() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut main = Client::sign_in(&server, "15550002").await;
    main.own_user().await;
    let to_bert = anna.find("15550002").await;
    let other = |server: &Server, client: &Client| {
        let (address, key, salt) = (server.address, client.key.clone(), client.salt);
        async move {
            let stream = tokio::net::TcpStream::connect(address).await.expect("connects");
            Client::with_key(Plain::open(Stream::Tcp(stream), Framing::Abridged, false).await, key, salt)
        }
    };
    // A connection for files: no updates wanted, or nothing but starting calls.
    let mut silent = other(&server, &main).await;
    let mut body = functions::InvokeWithoutUpdates::<()>::CONSTRUCTOR_ID.to_le_bytes().to_vec();
    body.extend_from_slice(&function(&functions::updates::GetState {}));
    silent.call_raw::<enums::updates::State>(&body).await;
    let mut files = other(&server, &main).await;
    files.call(&functions::help::GetConfig {}).await;
    anna.call(&text(to_bert.clone(), "first")).await;
    assert_eq!(pushed(&mut main).await, ["first"]);
    assert!(pushed(&mut silent).await.is_empty() && pushed(&mut files).await.is_empty());
    // The most recent one that asks like a person's client gets it.
    let mut newer = other(&server, &main).await;
    newer.call(&functions::updates::GetState {}).await;
    anna.call(&text(to_bert.clone(), "second")).await;
    assert_eq!(pushed(&mut newer).await, ["second"]);
    assert!(pushed(&mut main).await.is_empty());
    // When it goes, the one before takes over.
    drop(newer);
    tokio::time::sleep(Duration::from_millis(200)).await;
    anna.call(&text(to_bert, "third")).await;
    assert_eq!(pushed(&mut main).await, ["third"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_is_told_to_fetch_the_difference() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut bert = Client::sign_in(&server, "15550002").await;
    bert.own_user().await;
    pushed(&mut bert).await;
    let to_bert = anna.find("15550002").await;
    drop(std::mem::replace(
        &mut bert.plain,
        Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await,
    ));
    tokio::time::sleep(Duration::from_millis(200)).await;
    anna.call(&text(to_bert, "while away")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    bert.send(&common::ping(1)).await;
    bert.receive_a(UPDATES_TOO_LONG).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_signed_out_gets_nothing_more() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut bert = Client::sign_in(&server, "15550002").await;
    bert.own_user().await;
    let to_bert = anna.find("15550002").await;
    bert.call(&functions::auth::LogOut {}).await;
    pushed(&mut bert).await;
    anna.call(&text(to_bert, "gone")).await;
    assert!(pushed(&mut bert).await.is_empty());
}

/// E13: what one session sends without waiting arrives in the order in which it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_arrives_whole_and_in_order() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut bert = Client::sign_in(&server, "15550002").await;
    bert.own_user().await;
    pushed(&mut bert).await;
    let to_bert = anna.find("15550002").await;
    let sent: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    let mut requests = Vec::new();
    for message in &sent {
        requests.push(anna.request(&function(&text(to_bert.clone(), message))).await);
    }
    let mut open: std::collections::HashSet<i64> = requests.into_iter().collect();
    while !open.is_empty() {
        let got = anna.receive_a(mtproto::session::schema::RPC_RESULT).await;
        open.remove(&i64::from_le_bytes(*got.body[4..].first_chunk().expect("an id")));
    }
    assert_eq!(pushed(&mut bert).await, sent);
}

/// A session of a device that was signed out and in again on another session gets pushes like before.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_followed_again_after_its_device_came_back() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut first = Client::sign_in(&server, "15550002").await;
    let to_bert = anna.find("15550002").await;
    let plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
    let mut second = Client::with_key(plain, first.key.clone(), first.salt);
    second.own_user().await;
    first.call(&functions::auth::LogOut {}).await;
    // Until those who follow the person noticed.
    tokio::time::sleep(Duration::from_secs(6)).await;
    first.sign_in_here(&server, "15550002").await;
    drop(first);
    second.own_user().await;
    pushed(&mut second).await;
    anna.call(&text(to_bert, "are you back?")).await;
    assert_eq!(pushed(&mut second).await, ["are you back?"]);
}

/// Page "api/qr-login": nobody is signed in on the device that shows the code, and yet it hears that it was let in.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_shows_its_code_hears_that_it_was_let_in() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut screen = Client::connect(&server, Framing::Intermediate, false).await;
    let export = functions::auth::ExportLoginToken { api_id: 1, api_hash: "hash".to_owned(), except_ids: Vec::new() };
    let enums::auth::LoginToken::Token(shown) = screen.call(&export).await else { panic!("a code to show") };
    anna.call(&functions::auth::AcceptLoginToken { token: shown.token }).await;
    let told = screen.receive_a(types::UpdateShort::CONSTRUCTOR_ID).await;
    let told = enums::Updates::from_bytes(&told.body).expect("updates");
    let enums::Updates::UpdateShort(told) = told else { panic!("a short one") };
    assert!(matches!(told.update, enums::Update::LoginToken));
    assert!(matches!(screen.call(&export).await, enums::auth::LoginToken::Success(_)));
    assert_eq!(screen.own_user().await.id, anna.own_user().await.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_exported_to_another_data_centre_hears_nothing() {
    let server = Server::start().await;
    let mut anna = Client::sign_in(&server, "15550001").await;
    let mut bert = Client::sign_in(&server, "15550002").await;
    let own = anna.own_user().await;
    let enums::auth::ExportedAuthorization::Authorization(exported) =
        anna.call(&functions::auth::ExportAuthorization { dc_id: 4 }).await;
    let mut elsewhere = Client::connect_to_dc(&server, 4).await;
    let import = functions::auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
    elsewhere.call(&import).await;
    assert_eq!(elsewhere.own_user().await.id, own.id);
    pushed(&mut anna).await;
    let to_anna = bert.find("15550001").await;
    bert.call(&text(to_anna, "only at home")).await;
    assert_eq!(pushed(&mut anna).await, ["only at home"]);
    assert!(pushed(&mut elsewhere).await.is_empty());
}
