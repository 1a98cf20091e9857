//! Two people talk through the api: requests and answers as clients exchange them. In these builds the dispatcher refuses
//! results that do not carry their peers; pushes are walked here.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod emitted;
#[path = "devices/world.rs"]
mod world;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use api::{Api, ApiSettings, Caller, RpcError};
use bus::{Bus, Signal};
use platform::mailbox::Cursor;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey, Platform, Settings, StoredKey, UserId};
use store::Store;
use tl::functions::{folders, messages, updates};
use tl::{Deserializable, RemoteCall, enums, types};
use world::World;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Server {
    api: Api,
    world: Arc<World>,
    bus: Bus,
}

/// Somebody on one device.
#[derive(Clone)]
struct Device {
    api: Api,
    key: Arc<AuthKeyState>,
    user: UserId,
}

impl Server {
    async fn start() -> Self {
        let world = World::new(true);
        let settings = Settings { code_delivery: world.clone(), ..Settings::default() };
        let bus = Bus::in_process();
        let platform = Platform::open(platform::Ports::memory(Store::memory(), bus.clone(), world.clone()), settings)
            .await
            .expect("opens");
        Self { api: Api::new(platform, bus.clone(), ApiSettings::default()), world, bus }
    }

    async fn key(&self, id: i64) -> Arc<AuthKeyState> {
        let key = [id as u8; 256].into();
        let new = NewAuthKey { id: AuthKeyId(id), key, kind: AuthKeyKind::Permanent, dialled_dc: Some(2) };
        match self.api.platform().store_auth_key(new).await.expect("stored") {
            StoredKey::Stored(key) => key,
            StoredKey::Collides => panic!("the id is new"),
        }
    }

    async fn sign_up(&self, id: i64, name: &str) -> Device {
        let (key, phone) = (self.key(id).await, format!("1555{id:07}"));
        let platform = self.api.platform();
        let sent = platform.send_code(&phone, key.id, HOME).await.expect("a code is sent");
        let code = self.world.last_code();
        platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await.expect("the code is right");
        let user = platform.sign_up(&key, &phone, &sent.hash, (name, ""), HOME).await.expect("signs up");
        Device { api: self.api.clone(), key, user }
    }
}

impl Device {
    async fn call<R: RemoteCall>(&self, request: R) -> Result<R::Return, RpcError> {
        let caller = Caller {
            key: self.key.clone(),
            temp_key_id: None,
            session_id: 1,
            msg_id: 1,
            layer: tl::LAYER,
            ip: HOME,
            dialled_dc: Some(2),
            without_updates: false,
        };
        let query = request.to_bytes();
        let reply = self.api.call(&caller, &query).await?;
        let function = query.first_chunk::<4>().and_then(|id| tl::schema::find(u32::from_le_bytes(*id)));
        let unlisted = emitted::unlisted(function.expect("a function").result, &reply);
        assert!(unlisted.is_empty(), "no source names {unlisted:?}");
        Ok(R::Return::from_bytes(&reply).expect("a result of the method's type"))
    }

    async fn ok<R: RemoteCall>(&self, request: R) -> R::Return {
        self.call(request).await.expect("answered")
    }

    fn names(&self, other: &Device) -> enums::InputPeer {
        if other.user == self.user {
            return enums::InputPeer::PeerSelf;
        }
        let access_hash = self.api.platform().access_hash(self.user, other.user);
        types::InputPeerUser { user_id: other.user.0, access_hash }.into()
    }

    async fn says(&self, to: &Device, words: &str, random_id: i64) -> types::Updates {
        container(self.ok(text(self.names(to), words, random_id)).await)
    }

    async fn pushed(&self, from: Cursor) -> (Vec<(Option<AuthKeyId>, types::Updates)>, Cursor) {
        let batch = self.api.push_since(self.user, from, None).await.expect("rendered");
        assert!(!batch.too_long);
        let open = |item: &api::PushItem| {
            let body = item.body.home();
            assert!(tl::peers::unresolved_peers(&body).expect("well formed").is_empty(), "pushes carry peers");
            let unlisted = emitted::unlisted(tl::schema::boxed("Updates").expect("a type"), &body);
            assert!(unlisted.is_empty(), "no source names {unlisted:?}");
            (item.origin, container(enums::Updates::from_bytes(&body).expect("updates")))
        };
        (batch.items.iter().map(open).collect(), batch.next)
    }

    async fn state(&self) -> types::updates::State {
        let enums::updates::State::State(state) = self.ok(updates::GetState {}).await;
        state
    }

    async fn difference(&self, from: &types::updates::State, limit: Option<i32>) -> enums::updates::Difference {
        let since = testing_requests::difference(from.pts, from.date);
        self.ok(updates::GetDifference { pts_limit: limit, qts: from.qts, ..since }).await
    }
}

fn text(peer: enums::InputPeer, words: &str, random_id: i64) -> messages::SendMessage {
    messages::SendMessage { clear_draft: true, ..testing_requests::send_message(peer, words, random_id) }
}

fn container(updates: enums::Updates) -> types::Updates {
    match updates {
        enums::Updates::Updates(updates) => updates,
        other => panic!("only full updates are sent: {other:?}"),
    }
}

fn new_messages(updates: &types::Updates) -> Vec<types::Message> {
    let found = updates.updates.iter().filter_map(|update| match update {
        enums::Update::NewMessage(new) => Some(&new.message),
        _ => None,
    });
    found.filter_map(|message| types::Message::try_from(message.clone()).ok()).collect()
}

fn dialogs(page: enums::messages::Dialogs) -> (Vec<types::Dialog>, bool) {
    let (dialogs, is_slice) = match page {
        enums::messages::Dialogs::Dialogs(page) => (page.dialogs, false),
        enums::messages::Dialogs::Slice(page) => (page.dialogs, true),
        enums::messages::Dialogs::NotModified(_) => panic!("no hash was sent"),
    };
    (dialogs.into_iter().map(|dialog| dialog.try_into().expect("no folders")).collect(), is_slice)
}

fn get_dialogs(folder_id: Option<i32>, limit: i32) -> messages::GetDialogs {
    messages::GetDialogs { folder_id, ..testing_requests::dialogs(limit) }
}

async fn pair() -> (Server, Device, Device) {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(1, "Ayu").await, server.sign_up(2, "Budi").await);
    (server, ayu, budi)
}

#[tokio::test]
async fn a_send_is_answered_in_full_and_pushed_to_the_other() {
    let (_server, ayu, budi) = pair().await;
    let (ayus, budis) = (ayu.api.cursor(ayu.user).await.unwrap(), ayu.api.cursor(budi.user).await.unwrap());
    let sent = ayu.says(&budi, "hello https://example.com", 7).await;
    assert!(matches!(&sent.updates[0], enums::Update::MessageId(id) if id.random_id == 7));
    let mine = &new_messages(&sent)[0];
    assert!(mine.out && mine.entities.as_ref().is_some_and(|entities| entities.len() == 1));
    assert_eq!(sent.users.len(), 2);
    let (items, _) = budi.pushed(budis).await;
    let (origin, news) = &items[0];
    assert_eq!((*origin, new_messages(news)[0].out), (None, false));
    let (items, next) = ayu.pushed(ayus).await;
    assert_eq!(items[0].0, Some(ayu.key.id), "told by the result already");
    assert!(ayu.pushed(next).await.0.is_empty());
    assert_eq!(sent, ayu.says(&budi, "again", 7).await, "the same number is the same message");
}

#[tokio::test]
async fn saved_messages_are_not_outgoing() {
    let (_server, ayu, _) = pair().await;
    let sent = ayu.says(&ayu, "milk", 1).await;
    let note = &new_messages(&sent)[0];
    assert!(!note.out && note.saved_peer_id.is_some());
    let saved = ayu.ok(messages::GetSavedDialogs {
        exclude_pinned: false,
        parent_peer: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 10,
        hash: 0,
    });
    assert!(matches!(saved.await, enums::messages::SavedDialogs::Dialogs(page) if page.dialogs.len() == 1));
}

#[tokio::test]
async fn dialogs_show_what_happened() {
    let (_server, ayu, budi) = pair().await;
    ayu.says(&budi, "one", 1).await;
    ayu.says(&budi, "two", 2).await;
    let (list, is_slice) = dialogs(budi.ok(get_dialogs(Some(0), 20)).await);
    assert_eq!((list.len(), is_slice, list[0].unread_count, list[0].top_message), (1, false, 2, 2));
    let read = messages::ReadHistory { peer: budi.names(&ayu), max_id: 1 };
    let enums::messages::AffectedMessages::Messages(read) = budi.ok(read).await;
    assert_eq!(read.pts_count, 1);
    let (list, _) = dialogs(ayu.ok(get_dialogs(None, 20)).await);
    assert_eq!(list[0].read_outbox_max_id, 1);
    let archive = enums::InputFolderPeer::Peer(types::InputFolderPeer { peer: budi.names(&ayu), folder_id: 1 });
    let moved = container(budi.ok(folders::EditPeerFolders { folder_peers: vec![archive] }).await);
    assert!(matches!(&moved.updates[0], enums::Update::FolderPeers(moved) if moved.pts == read.pts + 1));
    assert!(dialogs(budi.ok(get_dialogs(Some(0), 20)).await).0.is_empty());
    let (list, _) = dialogs(budi.ok(get_dialogs(Some(1), 20)).await);
    assert_eq!((list.len(), list[0].folder_id), (1, Some(1)));
}

#[tokio::test]
async fn a_device_catches_up_in_slices_and_ends_at_the_state() {
    let (_server, ayu, budi) = pair().await;
    let mut state = budi.state().await;
    for random_id in 1..=10 {
        ayu.says(&budi, "word", random_id).await;
    }
    let edit = testing_requests::edit_message(ayu.names(&budi), 1, "edited");
    let edited = container(ayu.ok(edit).await);
    assert!(matches!(&edited.updates[0], enums::Update::EditMessage(_)));
    budi.ok(messages::SaveDraft {
        no_webpage: false,
        invert_media: false,
        reply_to: None,
        peer: budi.names(&ayu),
        message: "hm".into(),
        entities: None,
        media: None,
        effect: None,
        suggested_post: None,
        rich_message: None,
    })
    .await;
    let (mut new, mut other) = (0, 0);
    loop {
        let (messages, updates, next, is_last) = match budi.difference(&state, Some(4)).await {
            enums::updates::Difference::Difference(all) => (all.new_messages, all.other_updates, all.state, true),
            enums::updates::Difference::Slice(part) => {
                (part.new_messages, part.other_updates, part.intermediate_state, false)
            }
            other => panic!("{other:?}"),
        };
        new += messages.len();
        other += updates.len();
        let enums::updates::State::State(next) = next;
        state = next;
        if is_last {
            break;
        }
    }
    assert_eq!((new, other), (10, 2), "ten messages, an edit and a draft");
    let now = budi.state().await;
    assert_eq!((state.pts, state.date), (now.pts, now.date));
    assert!(matches!(budi.difference(&now, None).await, enums::updates::Difference::Empty(_)));
    let too_long = updates::GetDifference { pts_total_limit: Some(5), ..testing_requests::difference(1, now.date) };
    let too_long = budi.ok(too_long).await;
    assert!(matches!(too_long, enums::updates::Difference::TooLong(told) if told.pts == now.pts));
    let future = types::updates::State { pts: now.pts + 100, date: i32::MAX, ..now.clone() };
    assert!(matches!(budi.difference(&future, Some(1)).await, enums::updates::Difference::Empty(_)));
}

#[tokio::test]
async fn changes_without_pts_reach_other_devices() {
    let (_server, ayu, budi) = pair().await;
    ayu.says(&budi, "hello", 1).await;
    let cursor = ayu.api.cursor(budi.user).await.unwrap();
    let dialog_peer = enums::InputDialogPeer::Peer(types::InputDialogPeer { peer: budi.names(&ayu) });
    assert!(budi.ok(messages::ToggleDialogPin { pinned: true, peer: dialog_peer.clone() }).await);
    assert!(budi.ok(messages::MarkDialogUnread { unread: true, parent_peer: None, peer: dialog_peer }).await);
    let filter = types::DialogFilter {
        contacts: true,
        non_contacts: false,
        groups: false,
        broadcasts: false,
        bots: false,
        exclude_muted: false,
        exclude_read: false,
        exclude_archived: false,
        title_noanimate: false,
        id: 2,
        title: types::TextWithEntities { text: "Friends".into(), entities: Vec::new() }.into(),
        emoticon: None,
        color: None,
        pinned_peers: Vec::new(),
        include_peers: vec![budi.names(&ayu)],
        exclude_peers: Vec::new(),
    };
    assert!(budi.ok(messages::UpdateDialogFilter { id: 2, filter: Some(filter.clone().into()) }).await);
    let (items, _) = budi.pushed(cursor).await;
    assert_eq!((items.len(), items[0].0, items[0].1.updates.len()), (1, Some(budi.key.id), 3));
    let enums::messages::DialogFilters::Filters(stored) = budi.ok(messages::GetDialogFilters {}).await;
    assert_eq!(stored.filters, [enums::DialogFilter::Default, filter.into()]);
    let enums::messages::PeerDialogs::Dialogs(pinned) = budi.ok(messages::GetPinnedDialogs { folder_id: 0 }).await;
    assert_eq!((pinned.dialogs.len(), pinned.users.len()), (1, 1));
}

#[tokio::test]
async fn a_pin_and_a_forward_carry_everybody() {
    let (_server, ayu, budi) = pair().await;
    ayu.says(&budi, "the address", 1).await;
    let pin =
        messages::UpdatePinnedMessage { silent: false, unpin: false, pm_oneside: false, peer: budi.names(&ayu), id: 1 };
    assert_eq!(container(budi.ok(pin).await).updates.len(), 2);
    let forward = messages::ForwardMessages {
        silent: false,
        background: false,
        with_my_score: false,
        drop_author: false,
        drop_media_captions: false,
        noforwards: false,
        allow_paid_floodskip: false,
        from_ephemeral: false,
        from_peer: budi.names(&ayu),
        id: vec![1],
        random_id: vec![5],
        to_peer: enums::InputPeer::PeerSelf,
        top_msg_id: None,
        reply_to: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        video_timestamp: None,
        allow_paid_stars: None,
        suggested_post: None,
    };
    let kept = container(budi.ok(forward).await);
    let header = new_messages(&kept)[0].fwd_from.clone();
    assert!(matches!(header, Some(enums::MessageFwdHeader::Header(header)) if header.from_id.is_some()));
    assert_eq!(kept.users.len(), 2);
}

#[tokio::test]
async fn typing_is_shown_to_the_other_side_and_not_to_who_shut_one_out() {
    let (server, ayu, budi) = pair().await;
    let mut listener = server.bus.listen();
    let typing = |peer| messages::SetTyping {
        peer,
        top_msg_id: None,
        action: enums::SendMessageAction::SendMessageTypingAction,
    };
    assert!(ayu.ok(typing(ayu.names(&budi))).await);
    let payload = loop {
        match listener.next().await.expect("the bus is open") {
            Signal::Ephemeral { user_id, payload } if user_id == budi.user.0 => break payload,
            _ => {}
        }
    };
    let shown = budi.api.render_ephemeral(budi.user, &payload).await.expect("may be seen");
    let shown = container(enums::Updates::from_bytes(&shown.home()).expect("updates"));
    assert!(matches!(&shown.updates[0], enums::Update::UserTyping(typing) if typing.user_id == ayu.user.0));
    assert_eq!(shown.users.len(), 1);
    let platform = ayu.api.platform();
    platform.block(budi.user, ayu.user, None).await.expect("blocked");
    server.world.pass_seconds(5);
    assert!(ayu.ok(typing(ayu.names(&budi))).await, "who is shut out is not told so");
    while let Some(Some(signal)) = futures::FutureExt::now_or_never(listener.next()) {
        assert!(!matches!(signal, Signal::Ephemeral { user_id, .. } if user_id == budi.user.0));
    }
}

#[tokio::test]
async fn refusals_have_their_documented_names() {
    let (_server, ayu, budi) = pair().await;
    let error = |reply: Result<enums::Updates, RpcError>| reply.expect_err("refused").name.into_owned();
    assert_eq!(error(ayu.call(text(ayu.names(&budi), " ", 1)).await), "MESSAGE_EMPTY");
    assert_eq!(error(ayu.call(text(ayu.names(&budi), &"x".repeat(5000), 1)).await), "MESSAGE_TOO_LONG");
    let stranger = types::InputPeerUser { user_id: budi.user.0, access_hash: 1 };
    assert_eq!(error(ayu.call(text(stranger.into(), "hi", 1)).await), "PEER_ID_INVALID");
    let later = messages::SendMessage { schedule_date: Some(1), ..text(ayu.names(&budi), "later", 2) };
    assert_eq!(error(ayu.call(later).await), "SCHEDULE_DATE_INVALID");
}

#[tokio::test]
async fn a_guessed_id_shows_nobody() {
    let (server, ayu, budi) = pair().await;
    let cici = server.sign_up(3, "Cici").await;
    let mention = |access_hash: i64| {
        let user_id = types::InputUser { user_id: cici.user.0, access_hash }.into();
        types::InputMessageEntityMentionName { offset: 0, length: 4, user_id }.into()
    };
    let known = ayu.api.platform().access_hash(ayu.user, cici.user);
    for (access_hash, random_id, shown) in [(known + 1, 1, 2), (0, 2, 2), (known, 3, 3)] {
        let entities = Some(vec![mention(access_hash)]);
        let sent = ayu.ok(messages::SendMessage { entities, ..text(ayu.names(&budi), "Cici knows", random_id) }).await;
        assert_eq!(container(sent).users.len(), shown, "hash {access_hash}");
    }
}

/// E13: what one device sends without waiting arrives in the order in which it was begun.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_that_do_not_wait_keep_their_order() {
    let (_server, ayu, budi) = pair().await;
    let mut sends = futures::stream::FuturesOrdered::new();
    for number in 0..500_i64 {
        let (ayu, budi) = (ayu.clone(), budi.clone());
        sends.push_back(async move { ayu.says(&budi, &number.to_string(), number + 1).await });
    }
    use futures::StreamExt as _;
    while sends.next().await.is_some() {}
    let history = testing_requests::history(budi.names(&ayu), 0, 100);
    let enums::messages::Messages::Slice(page) = budi.ok(history).await else { panic!("500 messages") };
    let words: Vec<String> =
        page.messages.into_iter().map(|message| types::Message::try_from(message).expect("plain").message).collect();
    let expected: Vec<String> = (400..500).rev().map(|number: i32| number.to_string()).collect();
    assert_eq!((page.count, words), (500, expected));
}
