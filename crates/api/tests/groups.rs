//! A group through the api: requests and answers as clients exchange them, at the home layer and at older ones. In these
//! builds the dispatcher refuses results that do not carry their peers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use devices::{Device, Server, error, input, pair};
use tl::functions::{messages, updates};
use tl::{Identifiable, Serializable, enums, types};

struct Group {
    _server: Server,
    ayu: Device,
    budi: Device,
    id: i64,
}

impl Group {
    async fn made() -> Self {
        let server = Server::start().await;
        let ayu = server.sign_up("15550001", "Ayu").await;
        let budi = server.sign_up("15550002", "Budi").await;
        let users = vec![input(&ayu.see("15550002").await)];
        let request = messages::CreateChat { users, title: "Kampung".into(), ttl_period: None };
        let enums::messages::InvitedUsers::Users(made) = ayu.call(&request).await.unwrap();
        assert!(made.missing_invitees.is_empty());
        let id = chats_of(&made.updates)[0].id;
        Self { _server: server, ayu, budi, id }
    }

    fn peer(&self) -> enums::InputPeer {
        types::InputPeerChat { chat_id: self.id }.into()
    }

    async fn say(&self, who: &Device, words: &str, random_id: i64) -> enums::Updates {
        who.call(&testing_requests::send_message(self.peer(), words, random_id)).await.unwrap()
    }

    async fn history(&self, who: &Device) -> types::messages::Messages {
        let request = messages::GetHistory {
            peer: self.peer(),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 50,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        match who.call(&request).await.unwrap() {
            enums::messages::Messages::Messages(page) => page,
            other => panic!("a whole history, not {other:?}"),
        }
    }
}

fn chats_of(updates: &enums::Updates) -> Vec<types::Chat> {
    let enums::Updates::Updates(all) = updates else { panic!("full updates") };
    let chat = |chat: &enums::Chat| if let enums::Chat::Chat(chat) = chat { Some(chat.clone()) } else { None };
    all.chats.iter().filter_map(chat).collect()
}

#[tokio::test]
async fn a_group_is_in_dialogs_histories_and_differences_of_both() {
    let group = Group::made().await;
    group.say(&group.ayu, "beat the drum", 1).await;
    let page = group.history(&group.budi).await;
    assert_eq!((page.messages.len(), page.chats.len()), (2, 1));
    let dialogs = messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 20,
        hash: 0,
    };
    let enums::messages::Dialogs::Dialogs(dialogs) = group.budi.call(&dialogs).await.unwrap() else {
        panic!("all dialogs")
    };
    let is_group = |chat: &enums::Chat| matches!(chat, enums::Chat::Chat(chat) if chat.id == group.id);
    assert!(dialogs.chats.iter().any(is_group));
    let request =
        updates::GetDifference { pts: 1, pts_limit: None, pts_total_limit: None, date: 1, qts: 0, qts_limit: None };
    let enums::updates::Difference::Difference(missed) = group.budi.call(&request).await.unwrap() else {
        panic!("a whole difference")
    };
    assert!(missed.chats.iter().any(is_group));
    let is_members = |update: &enums::Update| matches!(update, enums::Update::ChatParticipants(_));
    assert!(missed.other_updates.iter().any(is_members));
}

#[tokio::test]
async fn the_whole_group_is_told_to_members_and_links_to_administrators() {
    let group = Group::made().await;
    let request = messages::GetFullChat { chat_id: group.id };
    let enums::messages::ChatFull::Full(full) = group.ayu.call(&request).await.unwrap();
    let enums::ChatFull::Full(mine) = full.full_chat else { panic!("a basic group") };
    let enums::ChatParticipants::Participants(members) = &mine.participants else { panic!("a member sees members") };
    assert_eq!((members.participants.len(), full.users.len(), mine.exported_invite.is_some()), (2, 2, true));
    let enums::messages::ChatFull::Full(full) = group.budi.call(&request).await.unwrap();
    let enums::ChatFull::Full(his) = full.full_chat else { panic!("a basic group") };
    assert!(his.exported_invite.is_none());
    let stranger = group._server.sign_up("15550003", "Citra").await;
    assert_eq!(error(stranger.call(&request).await), pair(400, "CHAT_ID_INVALID"));
    let peer = error(stranger.call(&testing_requests::send_message(group.peer(), "hello", 2)).await);
    assert_eq!(peer, pair(400, "PEER_ID_INVALID"));
    let Some(enums::ExportedChatInvite::ChatInviteExported(link)) = mine.exported_invite else { panic!("a link") };
    let request = messages::CheckChatInvite { hash: link.link.clone() };
    let enums::ChatInvite::Invite(looked) = stranger.call(&request).await.unwrap() else { panic!("not in it yet") };
    assert_eq!((&*looked.title, looked.participants_count), ("Kampung", 2));
    let request = messages::ImportChatInvite { hash: link.link };
    let enums::messages::ChatInviteJoinResult::Ok(joined) = stranger.call(&request).await.unwrap() else {
        panic!("came in")
    };
    assert_eq!(chats_of(&joined.updates)[0].participants_count, 3);
    group.say(&stranger, "here I am", 3).await;
    assert_eq!(error(stranger.call(&messages::MigrateChat { chat_id: group.id }).await), pair(400, "CHAT_ID_INVALID"));
}

#[tokio::test]
async fn whoever_leaves_sees_the_group_as_left_and_whoever_is_taken_out_as_forbidden() {
    let group = Group::made().await;
    let user_id = enums::InputUser::UserSelf;
    let leave = messages::DeleteChatUser { revoke_history: false, chat_id: group.id, user_id };
    let left = group.budi.call(&leave).await.unwrap();
    assert!(chats_of(&left)[0].left);
    let back = messages::AddChatUser { chat_id: group.id, user_id: enums::InputUser::UserSelf, fwd_limit: 0 };
    group.budi.call(&back).await.unwrap();
    let budi = input(&group.ayu.see("15550002").await);
    let remove = messages::DeleteChatUser { revoke_history: true, chat_id: group.id, user_id: budi };
    group.ayu.call(&remove).await.unwrap();
    let page = group.history(&group.budi).await;
    assert!(matches!(page.chats[0], enums::Chat::Forbidden(_)));
    let words = testing_requests::send_message(group.peer(), "let me in", 5);
    assert_eq!(error(group.budi.call(&words).await), pair(403, "CHAT_WRITE_FORBIDDEN"));
}

/// What answers at the home layer is told to every layer that is served, the making of a group in the form of its time.
#[tokio::test]
async fn older_layers_are_told_of_groups_in_their_words() {
    let group = Group::made().await;
    group.say(&group.ayu, "beat the drum", 1).await;
    for layer in [150, 158, 176, 177, 198, 214, 225, 227, 229] {
        let mut caller = group.ayu.caller.clone();
        caller.layer = layer;
        let full = messages::GetFullChat { chat_id: group.id }.to_bytes();
        group.ayu.api.call(&caller, &full).await.unwrap_or_else(|error| panic!("layer {layer}: {error}"));
        let chats = messages::GetChats { id: vec![group.id] }.to_bytes();
        group.ayu.api.call(&caller, &chats).await.unwrap_or_else(|error| panic!("layer {layer}: {error}"));
    }
    // messages.createChat of layers 150 to 176 is answered with the updates themselves.
    let mut request = 0x0034_a818_u32.to_le_bytes().to_vec();
    request.extend_from_slice(&0_u32.to_bytes());
    request.extend_from_slice(&Vec::<enums::InputUser>::new().to_bytes());
    request.extend_from_slice(&"Desa".to_owned().to_bytes());
    let mut caller = group.ayu.caller.clone();
    caller.layer = 158;
    let answer = group.ayu.api.call(&caller, &request).await.unwrap();
    assert_eq!(answer[..4], types::Updates::CONSTRUCTOR_ID.to_le_bytes());
}
