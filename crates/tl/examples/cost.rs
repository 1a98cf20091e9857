//! What translation costs: `time cargo run --release -p kentong-tl --example cost -- 227` translates pages of history
//! (messages with text and entities, their authors) for a client of that layer and says how much it was. Clocks are
//! banned here, so the shell holds the watch. Goal: less than a microsecond of CPU a KiB.

use tl::{Deserializable, Serializable, enums, schema, translate, types};

const MESSAGES: i32 = 100;
const ROUNDS: u32 = 20_000;

fn main() {
    let layer = std::env::args().nth(1).and_then(|layer| layer.parse().ok()).unwrap_or(227);
    let history = history();
    let get_history = schema::named(schema::HOME_LAYER, "messages.getHistory").expect("messages.getHistory").id;
    let mut written = 0;
    for _ in 0..ROUNDS {
        let page = translate::result(layer, get_history, get_history, &history).expect("history exists everywhere");
        written += page.len() / 1024;
    }
    println!("{ROUNDS} pages of {MESSAGES} messages for layer {layer}: {written} KiB");
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
