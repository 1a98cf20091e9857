//! The calls the fleet makes.

use tl::{enums, functions, types};

pub use testing_requests::{
    dialogs, difference, edit_message as edit, file, history, send_code, send_message as send, sign_in, sign_up,
};

/// Whom a message names.
#[must_use]
pub fn peer_id(peer: &enums::Peer) -> i64 {
    match peer {
        enums::Peer::User(user) => user.user_id,
        enums::Peer::Chat(chat) => chat.chat_id,
        enums::Peer::Channel(channel) => channel.channel_id,
    }
}

/// `messages.sendMedia` of a file whose parts were uploaded.
#[must_use]
pub fn send_file(
    peer: enums::InputPeer,
    file: (i64, i32),
    message: String,
    random_id: i64,
) -> functions::messages::SendMedia {
    let (id, parts) = file;
    let file = types::InputFile { id, parts, name: "storm.bin".into(), md5_checksum: String::new() };
    testing_requests::send_media(peer, testing_requests::uploaded_file(file).into(), message, random_id)
}
