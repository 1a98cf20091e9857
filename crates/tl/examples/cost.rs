//! What translation costs: `cargo run --release -p kentong-tl --example cost` prints nanoseconds per KiB of a page of
//! history (messages with text and entities, their authors) for every older layer.

use std::time::Instant;

use tl::{Deserializable, Serializable, enums, schema, translate, types};

const MESSAGES: i32 = 100;
const ROUNDS: u32 = 2_000;

fn main() {
    let history = history();
    let get_history = schema::named(schema::HOME_LAYER, "messages.getHistory").expect("messages.getHistory").id;
    let kibibytes = history.len() as f64 / 1024.0;
    println!("a page of {MESSAGES} messages, {kibibytes:.1} KiB");
    for layer in schema::older_layers().chain([schema::HOME_LAYER]) {
        let begin = Instant::now();
        let mut written = 0;
        for _ in 0..ROUNDS {
            let page = translate::result(layer, get_history, get_history, &history).expect("history exists everywhere");
            written += page.len();
        }
        let nanoseconds = begin.elapsed().as_nanos() as f64 / f64::from(ROUNDS) / kibibytes;
        println!("layer {layer}: {nanoseconds:.0} ns per KiB ({} bytes)", written / ROUNDS as usize);
    }
}

/// A page of a private chat.
fn history() -> Vec<u8> {
    let page = types::messages::Messages {
        messages: (1..=MESSAGES).map(message).collect(),
        topics: Vec::new(),
        chats: Vec::new(),
        users: (1..=20).map(user).collect(),
    };
    enums::messages::Messages::Messages(page).to_bytes()
}

fn message(id: i32) -> enums::Message {
    let peer = || types::PeerUser { user_id: 2 }.into();
    let bold = types::MessageEntityBold { offset: 0, length: 5 }.into();
    // Two flags words, the id, the peer, the date and an empty text: nothing else is required.
    let mut empty = vec![0; 12];
    empty.extend(enums::Peer::from(types::PeerUser { user_id: 2 }).to_bytes());
    empty.extend([0; 8]);
    let blank = types::Message::from_bytes(&empty).expect("a message without flags");
    let text = "Hello there, are we meeting at the market tomorrow?".to_owned();
    let from_id = Some(peer());
    types::Message { id, from_id, message: text, entities: Some(vec![bold]), date: 1_800_000_000, ..blank }.into()
}

fn user(id: i64) -> enums::User {
    let blank = types::User::from_bytes(&[0; 16]).expect("a user without flags");
    let name = |name: &str| Some(name.to_owned());
    types::User { id, access_hash: Some(id), first_name: name("Ani"), username: name("ani_of_the_hill"), ..blank }
        .into()
}
