//! Two people talk: what each mailbox holds afterwards.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Letterbox, Server, refusal};
use platform::limits::mailbox::REPLAY_WINDOW_SECONDS;
use platform::mailbox::{Action, Entity, EntityKind, Entry, EventBody, Flags, Message, Numbered, Window};
use platform::messages::{
    Deletion, DialogOffset, Draft, Filter, ForwardRequest, Kind, Outgoing, Pinning, ReplyTo, Search,
};
use platform::settings::Bounds;
use platform::{Actor, MsgId, Peer, Platform, Refusal, SERVICE_USER_ID, Settings, UserId};
use store::Store;

const AYU: &str = "15550001";
const BUDI: &str = "15550002";

/// Ayu and Budi, each on one device.
struct Talk {
    server: Server,
    ayu: Actor,
    budi: Actor,
}

impl Talk {
    async fn begin() -> Self {
        let server = Server::start().await;
        let (ayu, ayus) = server.sign_up(1, AYU, "Ayu").await;
        let (budi, budis) = server.sign_up(2, BUDI, "Budi").await;
        let ayu = Actor { user: ayu, device: Some(ayus.id) };
        let budi = Actor { user: budi, device: Some(budis.id) };
        Self { server, ayu, budi }
    }

    fn platform(&self) -> &Platform {
        self.server.platform()
    }

    async fn says(&self, who: Actor, to: Actor, words: &str) -> Numbered {
        let random_id = i64::from(self.platform().cut(who.user).await.unwrap().pts.0) * 31 + 7;
        self.platform().send_message(who, outgoing(to.user, words, random_id)).await.unwrap().message
    }

    async fn history(&self, of: Actor, with: Actor) -> Vec<String> {
        let page = self.platform().history(of.user, with.user.into(), Window::newest(100)).await.unwrap();
        page.messages.iter().map(|found| found.message.text.clone()).collect()
    }

    async fn unread(&self, of: Actor, with: Actor) -> i32 {
        self.platform().dialog(of.user, with.user.into()).await.unwrap().unread
    }
}

fn outgoing(to: UserId, words: &str, random_id: i64) -> Outgoing {
    Outgoing {
        peer: Peer::User(to),
        text: words.to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    }
}

async fn sibling(talk: &Talk, message: &Message) -> Numbered {
    let sibling = message.sibling.expect("a copy elsewhere");
    if sibling.id.0 > 0 {
        return talk.platform().message(sibling.owner, sibling.id).await.unwrap().expect("it is there");
    }
    let page = talk.platform().history(sibling.owner, message.from, Window::newest(100)).await.unwrap();
    let is_copy = |found: &Numbered| found.message.date == message.date && found.message.text == message.text;
    page.messages.into_iter().find(is_copy).expect("it is there")
}

#[tokio::test]
async fn where_a_mailbox_stands_is_known_after_it_left_memory() {
    let settings = Settings { bounds: Bounds { mailboxes: 1, ..Bounds::default() }, ..Settings::default() };
    let server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
    let (ayu, _) = server.sign_up(1, AYU, "Ayu").await;
    let (budi, budis) = server.sign_up(2, BUDI, "Budi").await;
    let (cici, _) = server.sign_up(3, "15550003", "Cici").await;
    let before = server.platform().cursor(ayu).await.unwrap();
    server.platform().cursor(cici).await.unwrap();
    assert!(server.platform().is_at(ayu, before), "nobody has written to her");
    let budi = Actor { user: budi, device: Some(budis.id) };
    server.platform().send_message(budi, outgoing(ayu, "hello", 1)).await.unwrap();
    server.platform().cursor(budi.user).await.unwrap();
    server.platform().cursor(cici).await.unwrap();
    assert!(!server.platform().is_at(ayu, before), "somebody has");
    let after = server.platform().cursor(ayu).await.unwrap();
    assert!(after.pts > before.pts);
    server.platform().cursor(cici).await.unwrap();
    assert!(server.platform().is_at(ayu, after));
}

#[tokio::test]
async fn a_message_has_two_copies_that_know_each_other() {
    let talk = Talk::begin().await;
    talk.says(talk.budi, talk.budi, "note to self").await;
    let sent = talk.says(talk.ayu, talk.budi, "hello  @budi_b ").await;
    let got = sibling(&talk, &sent.message).await;
    assert_ne!(sent.id, got.id, "each mailbox counts for itself");
    assert_eq!(got.message.sibling.map(|sibling| (sibling.owner, sibling.id)), Some((talk.ayu.user, sent.id)));
    assert!(sent.message.is_out() && !got.message.is_out());
    assert_eq!((&*got.message.text, got.message.peer), ("hello  @budi_b", talk.ayu.user.into()));
    let mention = Entity { offset: 7, length: 7, kind: EntityKind::Mention };
    assert_eq!((&sent.message.entities, &got.message.entities), (&vec![mention.clone()], &vec![mention]));
    assert_eq!((talk.unread(talk.ayu, talk.budi).await, talk.unread(talk.budi, talk.ayu).await), (0, 1));
}

#[tokio::test]
async fn saved_messages_have_one_copy_and_are_never_unread() {
    let talk = Talk::begin().await;
    let note = talk.says(talk.ayu, talk.ayu, "milk").await;
    assert_eq!((note.message.sibling, note.message.saved_peer), (None, Some(talk.ayu.user.into())));
    assert_eq!(talk.unread(talk.ayu, talk.ayu).await, 0);
    assert_eq!(talk.history(talk.ayu, talk.ayu).await, ["milk"]);
}

#[tokio::test]
async fn the_same_random_id_is_the_same_message_also_after_a_restart() {
    let mut talk = Talk::begin().await;
    let first = talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "once", 77)).await.unwrap();
    let again = talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "twice", 77)).await.unwrap();
    assert_eq!(first, again);
    talk.server.restart().await;
    let again = talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "thrice", 77)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(talk.history(talk.budi, talk.ayu).await, ["once"]);
    talk.platform().delete_messages(talk.ayu, &[first.message.id], true).await.unwrap();
    let gone = talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "again", 77)).await;
    assert_eq!(refusal(gone), Refusal::RandomIdDuplicate);
}

/// A repeat that was long on its way does not bring back what was deleted meanwhile, by whomever.
#[tokio::test]
async fn a_repeat_of_what_was_deleted_is_no_new_message_after_a_restart_either() {
    let mut talk = Talk::begin().await;
    let repeat = |random_id| outgoing(talk.budi.user, "again", random_id);
    let repeats = [repeat(77), repeat(78), repeat(79)];
    let mut sent = Vec::new();
    for first in repeats.clone() {
        sent.push(talk.platform().send_message(talk.ayu, first).await.unwrap().message);
    }
    talk.platform().delete_messages(talk.ayu, &[sent[0].id], false).await.unwrap();
    let his = sibling(&talk, &sent[1].message).await;
    talk.platform().delete_messages(talk.budi, &[his.id], true).await.unwrap();
    talk.platform().delete_history(talk.ayu, talk.budi.user.into(), Deletion::default()).await.unwrap();
    let before = talk.platform().cut(talk.ayu.user).await.unwrap().pts;
    for _ in 0..2 {
        talk.server.restart().await;
        for again in repeats.clone() {
            assert_eq!(refusal(talk.platform().send_message(talk.ayu, again).await), Refusal::RandomIdDuplicate);
        }
    }
    assert_eq!(talk.platform().cut(talk.ayu.user).await.unwrap().pts, before);
    talk.server.story.pass_seconds(i64::from(REPLAY_WINDOW_SECONDS) + 1);
    talk.server.restart().await;
    let again = talk.platform().send_message(talk.ayu, repeats[0].clone()).await.unwrap();
    assert_ne!(again.message.id, sent[0].id, "the window is over");
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let talk = Talk::begin().await;
    let send = |words: String| talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, &words, 0));
    assert_eq!(refusal(send(" \n ".into()).await), Refusal::MessageEmpty);
    assert_eq!(refusal(send("x".repeat(4097)).await), Refusal::MessageTooLong);
    let mut reply = outgoing(talk.budi.user, "re", 0);
    reply.reply = Some(ReplyTo { id: MsgId(99), ..ReplyTo::default() });
    assert_eq!(refusal(talk.platform().send_message(talk.ayu, reply).await), Refusal::ReplyMessageIdInvalid);
    let mut group = outgoing(talk.budi.user, "re", 0);
    group.peer = Peer::Chat(5);
    assert_eq!(refusal(talk.platform().send_message(talk.ayu, group).await), Refusal::PeerIdInvalid);
}

#[tokio::test]
async fn who_is_shut_out_talks_to_himself() {
    let talk = Talk::begin().await;
    talk.platform().block(talk.ayu.user, talk.budi.user, None).await.unwrap();
    let sent = talk.says(talk.budi, talk.ayu, "please").await;
    assert_eq!(sent.message.sibling, None);
    assert_eq!(talk.history(talk.ayu, talk.budi).await, Vec::<String>::new());
    assert_eq!(talk.history(talk.budi, talk.ayu).await, ["please"]);
    let back = talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "no", 5)).await;
    assert_eq!(refusal(back), Refusal::YouBlockedUser);
    talk.platform().unblock(talk.ayu.user, talk.budi.user, None).await.unwrap();
    talk.says(talk.budi, talk.ayu, "thanks").await;
    assert_eq!(talk.history(talk.ayu, talk.budi).await, ["thanks"]);
}

#[tokio::test]
async fn a_reply_names_the_message_by_each_mailboxs_number() {
    let talk = Talk::begin().await;
    talk.says(talk.budi, talk.budi, "shifts the numbers").await;
    let question = talk.says(talk.ayu, talk.budi, "tea?").await;
    let asked = sibling(&talk, &question.message).await;
    let mut answer = outgoing(talk.ayu.user, "yes", 9);
    answer.reply = Some(ReplyTo { id: asked.id, ..ReplyTo::default() });
    let answer = talk.platform().send_message(talk.budi, answer).await.unwrap().message;
    assert_eq!(answer.message.reply.as_ref().unwrap().id, Some(asked.id));
    assert_eq!(sibling(&talk, &answer.message).await.message.reply.as_ref().unwrap().id, Some(question.id));
}

#[tokio::test]
async fn an_edit_reaches_both_and_has_its_bounds() {
    let talk = Talk::begin().await;
    let sent = talk.says(talk.ayu, talk.budi, "helo").await;
    let got = sibling(&talk, &sent.message).await;
    let run = async |who: Actor, with: Actor, id: MsgId, words: &str| {
        talk.platform().edit_message(who, with.user.into(), id, words, &[]).await
    };
    assert_eq!(refusal(run(talk.budi, talk.ayu, got.id, "mine").await), Refusal::MessageAuthorRequired);
    assert_eq!(refusal(run(talk.ayu, talk.budi, sent.id, "helo").await), Refusal::MessageNotModified);
    assert_eq!(refusal(run(talk.ayu, talk.budi, MsgId(50), "x").await), Refusal::MessageIdInvalid);
    assert_eq!(refusal(run(talk.ayu, talk.ayu, sent.id, "x").await), Refusal::MessageIdInvalid);
    let (entry, _) = run(talk.ayu, talk.budi, sent.id, "hello").await.unwrap();
    assert!(matches!(entry, Entry::Event(_, event) if event.body == EventBody::Edited { id: sent.id }));
    assert_eq!(
        (talk.history(talk.ayu, talk.budi).await, talk.history(talk.budi, talk.ayu).await),
        (vec!["hello".into()], vec!["hello".into()])
    );
    talk.server.story.pass_seconds(49 * 3600);
    assert_eq!(refusal(run(talk.ayu, talk.budi, sent.id, "late").await), Refusal::MessageEditTimeExpired);
}

#[tokio::test]
async fn reading_tells_the_author_how_far() {
    let talk = Talk::begin().await;
    let mut last = Vec::new();
    for word in ["one", "two", "three"] {
        last.push(talk.says(talk.ayu, talk.budi, word).await);
    }
    let second = sibling(&talk, &last[1].message).await;
    let read = talk.platform().read_history(talk.budi, talk.ayu.user.into(), second.id).await.unwrap();
    assert_eq!((read.pts_count, talk.unread(talk.budi, talk.ayu).await), (1, 1));
    let ayus = talk.platform().dialog(talk.ayu.user, talk.budi.user.into()).await.unwrap();
    assert_eq!(ayus.read_outbox_max, last[1].id);
    let date = talk.platform().outbox_read_date(talk.ayu.user, talk.budi.user.into(), last[0].id).await.unwrap();
    assert_eq!(date, talk.platform().now());
    let unread = talk.platform().outbox_read_date(talk.ayu.user, talk.budi.user.into(), last[2].id).await;
    assert_eq!(refusal(unread), Refusal::MessageNotReadYet);
    let again = talk.platform().read_history(talk.budi, talk.ayu.user.into(), second.id).await.unwrap();
    assert_eq!(again.pts_count, 0);
}

#[tokio::test]
async fn deleting_for_oneself_and_for_both() {
    let talk = Talk::begin().await;
    let (one, two) = (talk.says(talk.ayu, talk.budi, "one").await, talk.says(talk.ayu, talk.budi, "two").await);
    talk.platform().delete_messages(talk.ayu, &[one.id, MsgId(77)], false).await.unwrap();
    assert_eq!((talk.history(talk.ayu, talk.budi).await.len(), talk.history(talk.budi, talk.ayu).await.len()), (1, 2));
    let gone = talk.platform().delete_messages(talk.ayu, &[two.id], true).await.unwrap();
    assert_eq!((gone.pts_count, talk.unread(talk.budi, talk.ayu).await), (1, 1));
    assert_eq!(talk.history(talk.budi, talk.ayu).await, ["one"]);
    let list = talk.platform().dialogs(talk.ayu.user, Some(0), false, DialogOffset::default(), 10).await.unwrap();
    assert!(list.dialogs.is_empty(), "an empty dialog leaves the list");
}

#[tokio::test]
async fn clearing_a_history_keeps_the_dialog_if_wished() {
    let talk = Talk::begin().await;
    for round in 0..450 {
        talk.platform().send_message(talk.ayu, outgoing(talk.budi.user, "word", 1000 + round)).await.unwrap();
    }
    let deletion = Deletion { just_clear: true, ..Deletion::default() };
    let cleared = talk.platform().delete_history(talk.ayu, talk.budi.user.into(), deletion).await.unwrap();
    assert_eq!((cleared.pts_count, cleared.more), (450, false));
    let page = talk.platform().history(talk.ayu.user, talk.budi.user.into(), Window::newest(10)).await.unwrap();
    assert_eq!(page.messages[0].message.action, Some(Action::HistoryClear));
    assert_eq!(talk.unread(talk.budi, talk.ayu).await, 450);
    let deletion = Deletion { revoke: true, ..Deletion::default() };
    talk.platform().delete_history(talk.budi, talk.ayu.user.into(), deletion).await.unwrap();
    assert_eq!((talk.unread(talk.budi, talk.ayu).await, talk.history(talk.budi, talk.ayu).await.len()), (0, 0));
}

#[tokio::test]
async fn a_forward_names_its_author_unless_told_not_to() {
    let talk = Talk::begin().await;
    let said = talk.says(talk.ayu, talk.budi, "recipe").await;
    let got = sibling(&talk, &said.message).await;
    let request = |random_id: i64, drop_author: bool| ForwardRequest {
        ids: vec![got.id],
        random_ids: vec![random_id],
        drop_author,
        drop_captions: false,
        flags: Flags::default(),
    };
    let (from, saved) = (Peer::from(talk.ayu.user), Peer::from(talk.budi.user));
    let kept = talk.platform().forward_messages(talk.budi, from, saved, request(1, false)).await.unwrap();
    let header = kept[0].message.message.forward.clone().unwrap();
    assert_eq!((header.from, header.saved_from, header.saved_from_id), (Some(from), Some(from), Some(got.id)));
    assert_eq!(kept[0].message.message.saved_peer, Some(from));
    let bare = talk.platform().forward_messages(talk.budi, from, from, request(2, true)).await.unwrap();
    assert_eq!(bare[0].message.message.forward, None);
    let again = talk.platform().forward_messages(talk.budi, from, from, request(2, true)).await.unwrap();
    assert_eq!(bare, again, "replayed");
    let dialogs = talk.platform().saved_dialogs(talk.budi.user).await.unwrap();
    assert_eq!((dialogs.len(), dialogs[0].peer), (1, from));
}

#[tokio::test]
async fn a_pin_for_both_says_so_in_the_conversation() {
    let talk = Talk::begin().await;
    let said = talk.says(talk.ayu, talk.budi, "the address").await;
    let entries =
        talk.platform().pin_message(talk.ayu, talk.budi.user.into(), said.id, Pinning::default()).await.unwrap();
    assert!(matches!(&entries[..], [Entry::Event(..), Entry::Message(..)]));
    let pinned =
        Search { peer: Some(talk.ayu.user.into()), kind: Kind::Pinned, window: Window::newest(9), ..Search::default() };
    let found = talk.platform().search(talk.budi.user, &pinned).await.unwrap();
    assert_eq!((found.count, &*found.messages[0].message.text), (1, "the address"));
    let all = talk.platform().unpin_all(talk.budi, talk.ayu.user.into()).await.unwrap();
    assert_eq!((all.pts_count, talk.platform().search(talk.budi.user, &pinned).await.unwrap().count), (1, 0));
    assert!(talk.platform().dialog(talk.ayu.user, talk.budi.user.into()).await.unwrap().pinned_messages.is_empty());
}

#[tokio::test]
async fn history_turns_pages_both_ways() {
    let talk = Talk::begin().await;
    for round in 1..=30_i64 {
        talk.server.story.pass_seconds(10);
        talk.platform().send_message(talk.ayu, outgoing(talk.ayu.user, &round.to_string(), round)).await.unwrap();
    }
    let page = async |window: Window| -> Vec<i32> {
        let found = talk.platform().history(talk.ayu.user, talk.ayu.user.into(), window).await.unwrap();
        found.messages.iter().map(|found| found.id.0).collect()
    };
    let window = Window { limit: 3, ..Window::default() };
    assert_eq!(page(window).await, [30, 29, 28]);
    assert_eq!(page(Window { offset_id: 10, ..window }).await, [9, 8, 7]);
    assert_eq!(page(Window { offset_id: 10, add_offset: 2, ..window }).await, [7, 6, 5]);
    assert_eq!(page(Window { offset_id: 10, add_offset: -1, ..window }).await, [10, 9, 8]);
    assert_eq!(page(Window { offset_id: 10, add_offset: -3, ..window }).await, [12, 11, 10]);
    assert_eq!(page(Window { offset_id: 10, add_offset: -5, ..window }).await, [14, 13, 12]);
    assert_eq!(page(Window { offset_id: 1, add_offset: -3, ..window }).await, [3, 2, 1]);
    assert_eq!(page(Window { offset_id: 29, add_offset: -9, limit: 9, ..window }).await, [30, 29]);
    assert_eq!(page(Window { max_id: 5, ..window }).await, [4, 3, 2]);
    assert_eq!(page(Window { min_id: 28, ..window }).await, [30, 29]);
    let tenth = talk.platform().message(talk.ayu.user, MsgId(10)).await.unwrap().unwrap().message.date;
    assert_eq!(page(Window { offset_date: tenth, ..window }).await, [9, 8, 7]);
    assert_eq!(page(Window { offset_date: tenth, add_offset: -2, limit: 2, ..window }).await, [11, 10]);
    assert_eq!(page(Window { limit: 0, ..window }).await, Vec::<i32>::new());
}

#[tokio::test]
async fn dialogs_turn_pages_as_clients_ask() {
    let talk = Talk::begin().await;
    for other in 0..25_i64 {
        talk.server.story.pass_seconds(1);
        let newcomer = Actor::server(UserId(5_000 + other));
        talk.platform().send_message(newcomer, outgoing(talk.ayu.user, "hi", other + 1)).await.unwrap();
    }
    talk.platform().pin_dialog(talk.ayu, UserId(5_003).into(), true).await.unwrap();
    talk.platform().move_dialogs(talk.ayu, &[(UserId(5_004).into(), 1)]).await.unwrap();
    let list = async |folder, exclude_pinned, offset, limit| {
        talk.platform().dialogs(talk.ayu.user, folder, exclude_pinned, offset, limit).await.unwrap()
    };
    let first = list(Some(0), false, DialogOffset::default(), 10).await;
    assert_eq!((first.dialogs[0].peer, first.dialogs[1].peer), (UserId(5_003).into(), UserId(5_024).into()));
    assert_eq!((first.total, first.is_whole), (24, false));
    let mut seen = 0;
    let mut offset = DialogOffset { date: 2_146_999_999, ..DialogOffset::default() };
    loop {
        let page = list(Some(0), true, offset, 10).await;
        let Some(last) = page.dialogs.last() else { break };
        seen += page.dialogs.len();
        offset = DialogOffset { date: last.top_date, id: last.top, peer: Some(last.peer) };
    }
    assert_eq!(seen, 23, "all but the pinned and the archived");
    let archive = list(Some(1), false, DialogOffset::default(), 10).await;
    assert_eq!((archive.dialogs.len(), archive.is_whole, archive.dialogs[0].peer), (1, true, UserId(5_004).into()));
    assert_eq!(list(None, false, DialogOffset::default(), 100).await.dialogs.len(), 25);
    for pinned in 5_005..5_009 {
        talk.platform().pin_dialog(talk.ayu, UserId(pinned).into(), true).await.unwrap();
    }
    let too_many = talk.platform().pin_dialog(talk.ayu, UserId(5_010).into(), true).await;
    assert_eq!(refusal(too_many), Refusal::PinnedDialogsTooMuch);
}

#[tokio::test]
async fn search_finds_words_links_and_authors() {
    let talk = Talk::begin().await;
    talk.says(talk.ayu, talk.budi, "Green TEA at https://example.com").await;
    talk.says(talk.budi, talk.ayu, "black coffee").await;
    let count = async |search: Search| talk.platform().search_count(talk.ayu.user, &search).await.unwrap().0;
    let in_chat = || Search { peer: Some(talk.budi.user.into()), ..Search::default() };
    assert_eq!(count(Search { query: "tea green".into(), ..in_chat() }).await, 1);
    assert_eq!(count(Search { kind: Kind::Url, ..in_chat() }).await, 1);
    assert_eq!(count(Search { from: Some(talk.budi.user.into()), ..in_chat() }).await, 1);
    assert_eq!(count(Search { query: "coffee".into(), ..Search::default() }).await, 1);
    assert_eq!(count(Search { kind: Kind::Absent, ..in_chat() }).await, 0);
}

#[tokio::test]
async fn drafts_folders_and_marks_come_back_in_the_second_log() {
    let mut talk = Talk::begin().await;
    talk.says(talk.budi, talk.ayu, "hello").await;
    let before = talk.platform().cut(talk.ayu.user).await.unwrap();
    let with: Peer = talk.budi.user.into();
    let draft = Draft { text: "well".into(), ..Draft::default() };
    talk.platform().save_draft(talk.ayu, with, draft).await.unwrap();
    talk.platform().mark_unread(talk.ayu, with, true).await.unwrap();
    let filter = Filter { id: 2, title: "Friends".into(), include: vec![with], ..Filter::default() };
    talk.platform().save_filter(talk.ayu, filter.clone()).await.unwrap();
    talk.server.restart().await;
    let missed = talk.platform().difference(talk.ayu.user, before.pts, before.date, Default::default()).await.unwrap();
    let platform::mailbox::Difference::Full(entries, after) = missed else { panic!("{missed:?}") };
    assert_eq!((entries.len(), after.pts), (3, before.pts));
    assert_eq!(talk.platform().all_drafts(talk.ayu.user).await.unwrap()[0].1.text, "well");
    assert_eq!(talk.platform().unread_marks(talk.ayu.user).await.unwrap(), [with]);
    assert_eq!(talk.platform().filters(talk.ayu.user).await.unwrap(), [filter]);
    let mut reply = outgoing(talk.budi.user, "well, hello", 3);
    reply.clear_draft = true;
    talk.platform().send_message(talk.ayu, reply).await.unwrap();
    assert!(talk.platform().all_drafts(talk.ayu.user).await.unwrap().is_empty());
    let now = talk.platform().cut(talk.ayu.user).await.unwrap();
    let nothing = talk.platform().difference(talk.ayu.user, now.pts, now.date, Default::default()).await.unwrap();
    assert!(matches!(nothing, platform::mailbox::Difference::Empty(_)), "right after the state there is nothing");
}

#[tokio::test]
async fn the_service_account_writes_to_one_mailbox_only() {
    let talk = Talk::begin().await;
    let notice = talk.platform().send_service_message(talk.ayu.user, "code 12345", Vec::new()).await.unwrap();
    assert_eq!((notice.message.peer, notice.message.sibling), (SERVICE_USER_ID.into(), None));
    assert_eq!(talk.unread(talk.ayu, Actor::server(SERVICE_USER_ID)).await, 1);
    talk.says(talk.ayu, Actor::server(SERVICE_USER_ID), "thanks").await;
    assert_eq!(talk.platform().cut(SERVICE_USER_ID).await.unwrap().msg_id, MsgId(0));
}
