//! The named rules by example, and the tables against the facts kept beside the project when they are there.

use std::path::Path;

use tl::schema::{self, HOME_LAYER};
use tl::{Serializable, enums, translate, types};

fn row(buttons: Vec<enums::KeyboardInlineButton>) -> enums::KeyboardInlineButtonRow {
    types::KeyboardInlineButtonRow { buttons }.into()
}

fn button(text: &str, r#type: enums::InlineButtonType) -> enums::KeyboardInlineButton {
    types::KeyboardInlineButton { style: None, text: text.to_owned(), r#type }.into()
}

fn request_with(rows: Vec<enums::KeyboardInlineButtonRow>) -> Vec<u8> {
    let markup = types::ReplyInlineMarkup { force_reply: false, rows };
    tl::functions::messages::EditInlineBotMessage {
        no_webpage: false,
        invert_media: false,
        id: types::InputBotInlineMessageId { dc_id: 2, id: 3, access_hash: 4 }.into(),
        message: None,
        media: None,
        reply_markup: Some(markup.into()),
        entities: None,
        rich_message: None,
    }
    .to_bytes()
}

/// A result that holds a keyboard, for a client of layer 228, and its keyboard sent back by that client.
#[test]
fn inline_buttons_go_down_and_come_up_again() {
    let rows = vec![row(vec![
        button("open", types::InlineButtonTypeUrl { url: "https://example.org".into() }.into()),
        button("press", types::InlineButtonTypeCallback { requires_password: true, data: vec![1, 2] }.into()),
    ])];
    let home = request_with(rows);
    let old = old_request(&home);
    assert_ne!(old, home);
    let again = translate::request(&old).expect("every button has a new form");
    assert_eq!(again.as_ref(), home);
}

/// The same request as a client of layer 228 writes it: its keyboard by the names of that layer.
fn old_request(home: &[u8]) -> Vec<u8> {
    let markup = schema::named(228, "replyInlineMarkup").expect("layer 228 has inline keyboards");
    let new_markup = schema::named(HOME_LAYER, "replyInlineMarkup").expect("so has the home layer").id.to_le_bytes();
    let at = home.windows(4).position(|window| window == new_markup).expect("the keyboard is in the request");
    let mut old = home[..at].to_vec();
    old.extend(markup.id.to_le_bytes());
    put_vector(&mut old, 1);
    old.extend(id_at_228("keyboardButtonRow"));
    put_vector(&mut old, 2);
    old.extend(id_at_228("keyboardButtonUrl"));
    old.extend(0u32.to_le_bytes());
    "open".to_owned().serialize(&mut old);
    "https://example.org".to_owned().serialize(&mut old);
    old.extend(id_at_228("keyboardButtonCallback"));
    old.extend(1u32.to_le_bytes());
    "press".to_owned().serialize(&mut old);
    [1u8, 2][..].to_vec().serialize(&mut old);
    old
}

fn id_at_228(name: &str) -> [u8; 4] {
    schema::named(228, name).expect("a constructor of layer 228").id.to_le_bytes()
}

fn put_vector(out: &mut Vec<u8>, count: u32) {
    out.extend(schema::VECTOR_ID.to_le_bytes());
    out.extend(count.to_le_bytes());
}

#[test]
fn a_user_for_mtcute_keeps_what_its_layer_knows() {
    let user = types::User { id: 7, first_name: Some("Ani".into()), ..empty_user() };
    let bytes = vec![enums::User::User(user)].to_bytes();
    let get_users = schema::named(227, "users.getUsers").expect("users.getUsers");
    let old = translate::result(227, get_users.id, get_users.id, &bytes).expect("users exist there");
    assert_eq!(old[8..12], schema::named(227, "user").expect("user").id.to_le_bytes());
    assert_eq!(old[12..], bytes[12..], "same flags, same fields");
}

fn empty_user() -> types::User {
    let mut bytes = vec![0; 8];
    bytes.extend([0; 8]);
    tl::Deserializable::from_bytes(&bytes).expect("no flags, no fields but the id")
}

/// `shared/schema/constructors-by-layer.tsv` when it is there: what our tables say must agree with it.
#[test]
fn tables_agree_with_the_facts_kept_beside_the_project() {
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let folders = Path::new(&here).ancestors();
    let read = |folder: &Path| std::fs::read_to_string(folder.join("shared/schema/constructors-by-layer.tsv")).ok();
    let Some(text) = folders.filter_map(read).next() else { return };
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [kind, name, id, first, last, _] = columns[..] else { panic!("six columns expected: {line}") };
        agrees(kind == "method", name, id, layer(first), layer(last));
    }
}

fn layer(text: &str) -> i32 {
    text.parse().expect("a layer is a number")
}

fn agrees(function: bool, name: &str, id: &str, first: i32, last: i32) {
    let id = u32::from_str_radix(id, 16).expect("ids are hexadecimal");
    for layer in schema::older_layers().chain([HOME_LAYER]) {
        let expected = (first..=last).contains(&layer);
        let ours = schema::find(id)
            .is_some_and(|found| found.name == name && found.function == function && found.exists_at(layer));
        // Forms without their query share the number of the wrapper itself; they are not on the wire.
        let prefix_form = name.starts_with("invokeWith") && name.ends_with("Prefix");
        assert!(ours == expected || prefix_form, "{name} at {layer}: ours {ours}, theirs {expected}");
    }
}

/// Pyrogram speaks layer 158, where a reply was a number in the request: copied by name alone, every reply would be lost.
#[test]
fn a_reply_of_an_old_client_is_still_a_reply() {
    let old = schema::named(158, "messages.sendMessage").expect("layer 158 sends messages");
    let mut bytes = old.id.to_le_bytes().to_vec();
    1u32.serialize(&mut bytes);
    enums::InputPeer::PeerSelf.serialize(&mut bytes);
    77i32.serialize(&mut bytes);
    "yes".to_owned().serialize(&mut bytes);
    5i64.serialize(&mut bytes);
    let home = translate::request(&bytes).expect("a message with a reply");
    let request = <tl::functions::messages::SendMessage as tl::Deserializable>::from_bytes(&home[4..]);
    let request = request.expect("a request of the home layer");
    let Some(enums::InputReplyTo::Message(reply)) = request.reply_to else { panic!("no reply") };
    assert_eq!((reply.reply_to_msg_id, request.message.as_str(), request.random_id), (77, "yes", 5));
}

/// Pyrogram asks for users by `inputPeerUser`.
#[test]
fn cousins_are_understood_in_requests() {
    let peer = |id| enums::InputPeer::from(types::InputPeerUser { user_id: id, access_hash: 9 });
    let mut bytes = schema::named(HOME_LAYER, "users.getUsers").expect("users.getUsers").id.to_le_bytes().to_vec();
    vec![peer(1), enums::InputPeer::PeerSelf].serialize(&mut bytes);
    let home = translate::request(&bytes).expect("peers that are users");
    let request = <tl::functions::users::GetUsers as tl::Deserializable>::from_bytes(&home[4..]);
    let user = enums::InputUser::from(types::InputUser { user_id: 1, access_hash: 9 });
    assert_eq!(request.map(|request| request.id), Ok(vec![user, enums::InputUser::UserSelf]));
}

/// What every client lives on can be told at every layer, whatever stands in it.
#[test]
fn the_daily_results_are_told_at_every_layer() {
    const DAILY: [&str; 14] = [
        "contacts.getContacts",
        "help.getConfig",
        "help.getNearestDc",
        "messages.deleteMessages",
        "messages.editMessage",
        "messages.getDialogs",
        "messages.getHistory",
        "messages.getMessages",
        "messages.getPeerDialogs",
        "messages.search",
        "messages.sendMessage",
        "updates.getDifference",
        "updates.getState",
        "users.getUsers",
    ];
    for layer in schema::other_layers() {
        for name in DAILY {
            let asked = schema::named(layer, name).unwrap_or_else(|| panic!("{name} at {layer}"));
            let answered = schema::named(HOME_LAYER, name).expect("a daily method");
            for seed in 1..30 {
                let mut state = seed * 7919 + layer as u32;
                let next = move || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> 8
                };
                let bytes = tl::sample::Sampler::new(HOME_LAYER, next).value(answered.result);
                let told = translate::result(layer, asked.id, answered.id, &bytes);
                assert!(told.is_ok(), "{name} at {layer}: {:?}", told.err());
            }
        }
    }
}

/// What was made to differ above the home layer: constructors told to a client of layer 232, each by the number it knows.
#[test]
fn what_changed_above_the_home_layer_is_told_by_its_new_number() {
    const CHANGED: [(&str, u32); 6] = [
        ("channel", 0x7ad1_5240),
        ("channelFull", 0xc4c4_dd40),
        ("inputReplyToMessage", 0x75c1_ad70),
        ("messageReplyHeader", 0xddb5_ab75),
        ("urlAuthResultRequest", 0xbdca_6167),
        ("userFull", 0xb90c_2afd),
    ];
    for (name, id) in CHANGED {
        let home = schema::named(HOME_LAYER, name).expect("the home layer has it");
        assert_eq!(schema::named(NEWER_LAYER, name).map(|newer| newer.id), Some(id), "{name}");
        let bytes = tl::sample::Sampler::new(HOME_LAYER, || 0).filling(tl::sample::Fill::Nothing).object(home);
        let told = translate::part(NEWER_LAYER, home.result, &bytes).expect("nothing was taken away");
        assert_eq!(told[..4], id.to_le_bytes(), "{name}");
        assert_eq!(told[4..], bytes[4..], "{name}: new fields are absent");
    }
}

const NEWER_LAYER: i32 = 232;

/// TDLib 1.8.69 replies so; the words it quotes with their dress are quoted without.
#[test]
fn a_reply_of_a_newer_client_is_a_reply() {
    let reply = schema::named(NEWER_LAYER, "inputReplyToMessage").expect("layer 232 replies").id;
    let home = |reply_to| tl::functions::messages::SendMessage {
        reply_to: Some(reply_to),
        ..tl::Deserializable::from_bytes(&empty_message()).expect("a message")
    };
    let quote = types::InputReplyToMessage {
        reply_to_msg_id: 77,
        quote_text: Some("abc".to_owned()),
        ..tl::Deserializable::from_bytes(&[0; 8]).expect("no flags, the number of a message")
    };
    let expected = home(quote.into()).to_bytes();
    let known = schema::named(HOME_LAYER, "inputReplyToMessage").expect("so does the home layer").id.to_le_bytes();
    let at = expected.windows(4).position(|window| window == known).expect("the reply is in the request");
    // flags, the message's number, four bytes of quoted words, and then what is new.
    let end = at + 4 + 4 + 4 + 4;
    let mut newer = expected[..at].to_vec();
    newer.extend(reply.to_le_bytes());
    newer.extend((1u32 << 2 | 1 << 8).to_le_bytes());
    newer.extend(&expected[at + 8..end]);
    put_vector(&mut newer, 1);
    newer.extend(schema::named(NEWER_LAYER, "textEmpty").expect("textEmpty").id.to_le_bytes());
    newer.extend(&expected[end..]);
    assert_eq!(translate::request(&newer).expect("a message with a reply").as_ref(), expected);
}

/// `messages.sendMessage` without its constructor: no flags, to oneself, no words, a random id.
fn empty_message() -> Vec<u8> {
    let mut bytes = 0u32.to_bytes();
    enums::InputPeer::PeerSelf.serialize(&mut bytes);
    String::new().serialize(&mut bytes);
    5i64.serialize(&mut bytes);
    bytes
}

/// The number of a definition is the checksum of its text without bits that have no bytes: a wrong field would not fit.
#[test]
fn definitions_above_the_home_layer_have_the_numbers_of_their_texts() {
    let rows = std::fs::read_to_string("schema/layers.tsv").expect("the definitions");
    let mut newer = 0;
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [_, first, _, text] = columns[..] else { panic!("four columns expected: {row}") };
        if layer(first) <= HOME_LAYER {
            continue;
        }
        let (name, rest) = text.split_once('#').expect("a name and a number");
        let (id, _) = rest.split_once(' ').expect("a number and members");
        let members = rest[id.len()..].trim_end_matches(';').split(' ');
        let plain: Vec<&str> = members.filter(|member| !member.ends_with("?true")).collect();
        let plain = plain.join(" ").replace(":bytes", ":string").replace("?bytes", "?string");
        let mut sum = flate2::Crc::new();
        sum.update(format!("{name}{}", plain.replace('<', " ").replace('>', "")).as_bytes());
        assert_eq!(format!("{:08x}", sum.sum()), id, "{name}");
        newer += 1;
    }
    assert_eq!(newer, 34);
}

#[test]
fn a_client_newer_than_all_is_served_the_newest_layer_known() {
    let served: Vec<i32> = [229, 230, 231, 232, 233, 1000].into_iter().map(translate::served_layer).collect();
    assert_eq!(served, [229, 230, 230, 232, 232, 232]);
}
