//! What a group is told alike: each member gets what would have been rendered for them alone.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use api::PushItem;
use api::views::updates::container;
use devices::{Device, Server, input};
use platform::UserId;
use platform::mailbox::{Cursor, Entry};
use tl::functions::{account, contacts, messages};
use tl::{Deserializable, Serializable, enums, types};

const MEMBERS: usize = 12;
const OLDER_LAYERS: [i32; 3] = [0, 158, 200];

struct Village {
    server: Server,
    people: Vec<(Device, UserId)>,
    chat: i64,
}

impl Village {
    async fn found() -> Self {
        let server = Server::start().await;
        let mut people = Vec::new();
        for number in 0..MEMBERS {
            let device = server.sign_up(&phone(number), &format!("Warga {number}")).await;
            let user = UserId(device.me().await.id);
            people.push((device, user));
        }
        let mut users = Vec::new();
        for number in 1..MEMBERS {
            users.push(input(&people[0].0.see(&phone(number)).await));
        }
        let request = messages::CreateChat { users, title: "Kampung".into(), ttl_period: None };
        let enums::messages::InvitedUsers::Users(made) = people[0].0.call(&request).await.unwrap();
        let enums::Updates::Updates(made) = made.updates else { panic!("full updates") };
        Self { server, people, chat: made.chats[0].id() }
    }

    async fn says(&self, author: usize, words: &str, random_id: i64) -> enums::Updates {
        let request = testing_requests::send_message(self.peer(), words, random_id);
        self.people[author].0.call(&request).await.unwrap()
    }

    /// A question, an answer to it, and a message that names somebody.
    async fn converses(&self, turn: i64) {
        let enums::Updates::Updates(said) = self.says(2, "who comes?", turn * 10).await else { panic!("full updates") };
        let number = |update: &enums::Update| match update {
            enums::Update::MessageId(said) => Some(said.id),
            _ => None,
        };
        let reply_to = types::InputReplyToMessage {
            reply_to_msg_id: said.updates.iter().find_map(number).unwrap(),
            ..blank_reply()
        };
        let answer = messages::SendMessage {
            reply_to: Some(reply_to.into()),
            ..testing_requests::send_message(self.peer(), "I do", turn * 10 + 1)
        };
        self.people[2].0.call(&answer).await.unwrap();
        let named = input(&self.people[3].0.see(&phone(7)).await);
        let mention = types::InputMessageEntityMentionName { offset: 0, length: 3, user_id: named };
        let call = messages::SendMessage {
            entities: Some(vec![mention.into()]),
            ..testing_requests::send_message(self.peer(), "You there", turn * 10 + 2)
        };
        self.people[3].0.call(&call).await.unwrap();
    }

    fn peer(&self) -> enums::InputPeer {
        types::InputPeerChat { chat_id: self.chat }.into()
    }

    async fn cursors(&self) -> Vec<Cursor> {
        let mut cursors = Vec::new();
        for (_, user) in &self.people {
            cursors.push(self.server.api.cursor(*user).await.unwrap());
        }
        cursors
    }

    /// Compares what everybody is pushed with what is rendered for each alone; gives how many were told by a pattern.
    async fn compare(&self, since: &[Cursor]) -> usize {
        let platform = self.server.api.platform();
        let mut shared = 0;
        for ((_, user), cursor) in self.people.iter().zip(since) {
            let batch = self.server.api.push_since(*user, *cursor, None).await.unwrap();
            let (entries, _) = platform.entries_since(*user, *cursor).await.unwrap();
            let entries: Vec<Entry> = entries.unwrap().into_iter().map(|item| item.entry).collect();
            shared += batch.items.iter().filter(|item| item.body.is_shared()).count();
            let mut entries = &entries[..];
            for item in &batch.items {
                let (home, date, count) = parts_of(item);
                let own;
                (own, entries) = entries.split_at(count);
                let alone = container(platform, *user, own, date).await.unwrap().to_bytes();
                assert_eq!(home, alone, "as {user:?} is told");
                for layer in OLDER_LAYERS {
                    let told = tl::translate::updates(if layer == 0 { tl::LAYER } else { layer }, &alone).unwrap();
                    assert_eq!(item.body.for_layer(layer).as_deref(), told.as_deref(), "in layer {layer}");
                }
            }
            assert!(entries.is_empty(), "all is told");
        }
        shared
    }
}

fn phone(number: usize) -> String {
    format!("1555{number:04}")
}

fn blank_reply() -> types::InputReplyToMessage {
    types::InputReplyToMessage {
        reply_to_msg_id: 0,
        top_msg_id: None,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    }
}

/// An item's bytes, its date and how many updates it holds.
fn parts_of(item: &PushItem) -> (Vec<u8>, i32, usize) {
    let home = item.body.home().to_vec();
    match enums::Updates::from_bytes(&home).unwrap() {
        enums::Updates::Updates(all) => (home, all.date, all.updates.len()),
        other => panic!("full updates, not {other:?}"),
    }
}

#[tokio::test]
async fn members_who_see_the_same_are_told_by_one_rendering() {
    let village = Village::found().await;
    // The first time, memory does not know yet how each of them stands to the author.
    for (turn, shared) in [(1, 0), (2, MEMBERS - 1)] {
        let before = village.cursors().await;
        village.says(0, "the drum is beaten", turn).await;
        assert!(village.compare(&before).await >= shared, "all but the author");
    }
}

#[tokio::test]
async fn whoever_stands_otherwise_to_the_author_is_told_otherwise() {
    let village = Village::found().await;
    let author = 0;
    let see = async |number: usize| village.people[number].0.see(&phone(author)).await;
    // One calls the author by another name, one is called so, one may see the number, one is shut out.
    let add = async |device: &Device, whom: types::User, name: &str| {
        let (id, first_name) = (input(&whom), name.to_owned());
        let (last_name, phone, note) = (String::new(), String::new(), None);
        let request =
            contacts::AddContact { add_phone_privacy_exception: false, id, first_name, last_name, phone, note };
        device.call(&request).await.unwrap();
    };
    add(&village.people[1].0, see(1).await, "Pak Lurah").await;
    let other = village.people[author].0.see(&phone(2)).await;
    add(&village.people[author].0, other, "Tetangga").await;
    let rules = |user: types::User| {
        let users = vec![input(&user)];
        vec![types::InputPrivacyValueDisallowUsers { users }.into(), enums::InputPrivacyRule::InputPrivacyValueAllowAll]
    };
    for (key, number) in [(enums::InputPrivacyKey::PhoneNumber, 3), (enums::InputPrivacyKey::StatusTimestamp, 4)] {
        let user = village.people[author].0.see(&phone(number)).await;
        village.people[author].0.call(&account::SetPrivacy { key, rules: rules(user) }).await.unwrap();
    }
    let block = contacts::Block { my_stories_from: false, id: devices::input_peer(&see(5).await) };
    village.people[5].0.call(&block).await.unwrap();
    let (chat_id, user_id) = (village.chat, input(&village.people[author].0.see(&phone(6)).await));
    village.people[author].0.call(&messages::EditChatAdmin { chat_id, user_id, is_admin: true }).await.unwrap();
    for (turn, shared) in [(1, 0), (2, MEMBERS - 1)] {
        let before = village.cursors().await;
        village.says(author, "whoever hears it beats his own", 10 + turn).await;
        assert!(village.compare(&before).await >= shared, "each kind of reader by a rendering of their own");
    }
}

#[tokio::test]
async fn answers_mentions_and_several_at_once_are_told_to_each_with_their_own_numbers() {
    let village = Village::found().await;
    // Numbers differ from mailbox to mailbox.
    for number in 1..5 {
        let own = enums::InputPeer::PeerSelf;
        for turn in 0..number {
            let note = testing_requests::send_message(own.clone(), "a note", 50 + turn as i64);
            village.people[number].0.call(&note).await.unwrap();
        }
    }
    for (turn, shared) in [(1, 0), (2, 3 * (MEMBERS - 3))] {
        let before = village.cursors().await;
        village.converses(turn).await;
        // All but the authors and whoever is named are told of three messages by patterns.
        assert!(village.compare(&before).await >= shared);
    }
}
