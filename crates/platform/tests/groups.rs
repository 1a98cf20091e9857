//! People talk in a group: what each of their mailboxes holds afterwards, and what each may do.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;

use common::{Server, refusal};
use platform::chats::{InviteEdit, InviteWish, LinkPlace, Rights, Title};
use platform::inspect::Inspector;
use platform::limits::mailbox::MESSAGE_TEXT_MAX_UNITS;
use platform::mailbox::{Action, Difference, DifferenceLimits, Entry, Flags, Message, Numbered, Window};
use platform::messages::{Deletion, ForwardRequest, Outgoing, Pinning, ReplyTo};
use platform::people::privacy::{PrivacyKey, Rule};
use platform::{Actor, Delivery, MsgId, Peer, Platform, PlatformError, Pts, Refusal, Settings, UserId};
use store::{Faults, Store};

/// A group of people, each on one device; the first one made it.
struct Group {
    server: Server,
    people: Vec<Actor>,
    id: i64,
}

impl Group {
    async fn of(size: usize) -> Self {
        Self::over(Store::memory(), size).await
    }

    async fn over(store: Store, size: usize) -> Self {
        let server = Server::start_with(store, Settings::default(), common::Letterbox::default()).await;
        let people = newcomers(&server, 0..size).await;
        let others: Vec<UserId> = people[1..].iter().map(|actor| actor.user).collect();
        let title = Title::parse(" Kampung ").unwrap();
        let made = server.platform.create_chat(people[0], title, &others).await.unwrap();
        assert_eq!((made.missing.len(), made.chat.members.len()), (0, size));
        Self { server, people, id: made.chat.id }
    }

    fn platform(&self) -> &Platform {
        self.server.platform()
    }

    fn peer(&self) -> Peer {
        Peer::Chat(self.id)
    }

    async fn say(&self, who: usize, words: &str) -> Result<Numbered, PlatformError> {
        self.answer(who, words, None).await
    }

    async fn answer(&self, who: usize, words: &str, to: Option<MsgId>) -> Result<Numbered, PlatformError> {
        let who = self.people[who];
        let random_id = i64::from(self.platform().cut(who.user).await.unwrap().pts.0) * 31 + 7;
        let reply = to.map(|id| ReplyTo { id, ..ReplyTo::default() });
        let outgoing = Outgoing { reply, ..outgoing(self.peer(), words, random_id) };
        Ok(self.platform().send_message(who, outgoing).await?.message)
    }

    /// What is in somebody's copy of the group, the oldest first.
    async fn messages(&self, whose: usize) -> Vec<Numbered> {
        let user = self.people[whose].user;
        let mut page = self.platform().history(user, self.peer(), Window::newest(100)).await.unwrap();
        page.messages.reverse();
        page.messages
    }

    async fn words(&self, whose: usize) -> Vec<String> {
        let said = |found: &Numbered| found.message.action.is_none();
        self.messages(whose).await.iter().filter(|found| said(found)).map(|found| found.message.text.clone()).collect()
    }

    async fn newest(&self, whose: usize) -> Numbered {
        self.messages(whose).await.pop().expect("something was said")
    }

    async fn actions(&self, whose: usize) -> Vec<Action> {
        self.messages(whose).await.iter().filter_map(|found| found.message.action.clone()).collect()
    }

    async fn unread(&self, whose: usize) -> i32 {
        self.platform().dialog(self.people[whose].user, self.peer()).await.unwrap().unread
    }

    /// Every mailbox is whole: counters, indexes and logs add up, and pts have no gaps.
    async fn is_sound(&self) {
        self.platform();
        let mut snapshot = self.server.store.snapshot().await.unwrap();
        let (mut inspector, mut found) = (Inspector::default(), Vec::new());
        while let Some(chunk) = snapshot.next_chunk().await.unwrap() {
            chunk.iter().for_each(|(key, record)| found.extend(inspector.take(key, record)));
        }
        found.extend(inspector.finish().0);
        assert!(found.is_empty(), "{found:?}");
        for actor in &self.people {
            self.has_no_gaps(actor.user).await;
        }
    }

    async fn has_no_gaps(&self, user: UserId) {
        let difference = self.platform().difference(user, Pts(1), 0, DifferenceLimits::default()).await.unwrap();
        let (Difference::Full(entries, _) | Difference::Slice(entries, _)) = difference else { return };
        let mut pts = 1;
        for entry in &entries {
            pts += match entry {
                Entry::Message(..) => 1,
                Entry::Event(_, event) => event.pts_count,
                Entry::Change(..) => continue,
            };
            // Messages that are gone leave their place to the event that says so.
            assert!(entry.pts().0 >= pts, "{entry:?} comes before pts {pts}");
            pts = entry.pts().0;
        }
        assert_eq!(pts, self.platform().cut(user).await.unwrap().pts.0);
    }
}

async fn newcomers(server: &Server, numbers: std::ops::Range<usize>) -> Vec<Actor> {
    let mut people = Vec::new();
    for number in numbers {
        let id = i64::try_from(number).unwrap() + 1;
        let (user, key) = server.sign_up(id, &format!("1555{id:05}"), &format!("P{id}")).await;
        people.push(Actor { user, device: Some(key.id) });
    }
    people
}

fn outgoing(peer: Peer, words: &str, random_id: i64) -> Outgoing {
    Outgoing {
        peer,
        text: words.to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    }
}

#[tokio::test]
async fn what_one_says_all_have_under_their_own_numbers() {
    let group = Group::of(4).await;
    let (first, second) = (group.people[0].user, group.people[1].user);
    group.platform().send_message(group.people[1], outgoing(Peer::User(first), "aside", 1)).await.unwrap();
    let said = group.say(0, "beat the drum").await.unwrap();
    assert!(said.message.is_out() && said.message.sibling.is_none());
    for member in 1..4 {
        let got = group.newest(member).await;
        assert_eq!((&*got.message.text, got.message.peer), ("beat the drum", group.peer()));
        assert_eq!(got.message.from, Peer::User(first));
        assert_eq!(got.message.sibling.map(|sibling| (sibling.owner, sibling.id)), Some((first, said.id)));
        assert!(!got.message.is_out() && got.message.random_id.is_none());
        assert_eq!(group.unread(member).await, 2, "the making of the group, and what was said");
    }
    let made = Action::ChatCreate("Kampung".into(), group.people[1..].iter().map(|actor| actor.user).collect());
    assert_eq!(group.actions(2).await, [made]);
    assert_eq!(group.platform().dialog(second, group.peer()).await.unwrap().count, 2);
    group.is_sound().await;
}

#[tokio::test]
async fn the_same_random_id_is_the_same_message() {
    let mut group = Group::of(3).await;
    let again = outgoing(group.peer(), "once", 77);
    let first = group.platform().send_message(group.people[0], again.clone()).await.unwrap();
    assert_eq!(group.platform().send_message(group.people[0], again.clone()).await.unwrap(), first);
    group.server.restart().await;
    assert_eq!(group.platform().send_message(group.people[0], again).await.unwrap(), first);
    assert_eq!(group.words(2).await, ["once"]);
}

#[tokio::test]
async fn answers_edits_pins_and_deletions_reach_everybodys_own_copy() {
    let group = Group::of(3).await;
    group.say(2, "something else").await.unwrap();
    let asked = group.say(0, "who comes?").await.unwrap();
    let asked_by_1 = group.newest(1).await;
    group.answer(1, "I do", Some(asked_by_1.id)).await.unwrap();
    for member in 0..3 {
        let answer = group.newest(member).await;
        let answered = answer.message.reply.as_ref().and_then(|reply| reply.id).expect("the answered message");
        let answered = group.platform().message(group.people[member].user, answered).await.unwrap().unwrap();
        assert_eq!(answered.message.text, "who comes?", "of member {member}");
        assert_eq!(answer.message.flags.has(Flags::MENTIONED), member == 0, "whoever is answered is mentioned");
    }
    let edited = group.platform().edit_message(group.people[0], group.peer(), asked.id, "who stays?", &[]).await;
    edited.unwrap();
    for member in 0..3 {
        assert_eq!(group.words(member).await, ["something else", "who stays?", "I do"]);
    }
    let of_another = group.platform().edit_message(group.people[1], group.peer(), asked_by_1.id, "no", &[]).await;
    assert_eq!(refusal(of_another), Refusal::MessageAuthorRequired);
    group.platform().pin_message(group.people[1], group.peer(), asked_by_1.id, Pinning::default()).await.unwrap();
    for member in 0..3 {
        let dialog = group.platform().dialog(group.people[member].user, group.peer()).await.unwrap();
        assert_eq!(dialog.pinned_messages.len(), 1);
        let notice = group.newest(member).await;
        assert_eq!(notice.message.action, Some(Action::PinMessage));
        assert_eq!(notice.message.reply.as_ref().and_then(|reply| reply.id), dialog.pinned_messages.first().copied());
    }
    group.platform().unpin_all(group.people[2], group.peer()).await.unwrap();
    group.platform().delete_messages(group.people[0], &[asked.id], true).await.unwrap();
    for member in 0..3 {
        assert_eq!(group.words(member).await, ["something else", "I do"]);
        let dialog = group.platform().dialog(group.people[member].user, group.peer()).await.unwrap();
        assert!(dialog.pinned_messages.is_empty());
    }
    group.is_sound().await;
}

#[tokio::test]
async fn what_others_wrote_is_for_administrators_to_take_away() {
    let group = Group::of(3).await;
    group.say(2, "rude words").await.unwrap();
    let theirs = group.newest(1).await.id;
    let taken = group.platform().delete_messages(group.people[1], &[theirs], true).await;
    assert_eq!(refusal(taken), Refusal::MessageDeleteForbidden);
    group.platform().delete_messages(group.people[1], &[theirs], false).await.unwrap();
    assert_eq!((group.words(1).await.len(), group.words(0).await.len()), (0, 1), "for oneself one may");
    group.platform().edit_chat_admin(group.people[0], group.id, group.people[1].user, true).await.unwrap();
    group.say(2, "more rude words").await.unwrap();
    let theirs = group.newest(1).await.id;
    group.platform().delete_messages(group.people[1], &[theirs], true).await.unwrap();
    assert_eq!(group.words(2).await, ["rude words"]);
    group.is_sound().await;
}

#[tokio::test]
async fn a_whole_history_is_emptied_for_oneself_only_unless_one_made_the_group() {
    let group = Group::of(3).await;
    group.say(1, "one").await.unwrap();
    let all = Deletion { revoke: true, ..Deletion::default() };
    group.platform().delete_history(group.people[2], group.peer(), all).await.unwrap();
    assert_eq!((group.messages(2).await.len(), group.words(1).await.len()), (0, 1));
    group.say(1, "two").await.unwrap();
    assert_eq!(group.words(2).await, ["two"], "still a member");
    group.platform().delete_history(group.people[0], group.peer(), all).await.unwrap();
    for member in 0..3 {
        assert!(group.words(member).await.is_empty());
    }
    group.is_sound().await;
}

#[tokio::test]
async fn reading_tells_every_author_and_says_who_read() {
    let group = Group::of(3).await;
    let asked = group.say(0, "heard?").await.unwrap();
    group.say(1, "yes").await.unwrap();
    group.server.story.pass_seconds(5);
    group.platform().read_history(group.people[2], group.peer(), MsgId(0)).await.unwrap();
    assert_eq!(group.unread(2).await, 0);
    for author in 0..2 {
        let user = group.people[author].user;
        let dialog = group.platform().dialog(user, group.peer()).await.unwrap();
        assert!(dialog.read_outbox_max.0 > 0, "author {author} is told");
        let own = group.messages(author).await;
        let last_own = own.iter().filter(|found| found.message.is_out()).map(|found| found.id).max().unwrap();
        assert_eq!(dialog.read_outbox_max, last_own);
    }
    let readers = group.platform().message_readers(group.people[0].user, group.id, asked.id).await.unwrap();
    let at = group.platform().now();
    assert_eq!(readers.iter().map(|read| (read.user, read.date)).collect::<Vec<_>>(), [(group.people[2].user, at)]);
    group.is_sound().await;
}

#[tokio::test]
async fn members_come_and_go_and_get_only_what_is_said_meanwhile() {
    let group = Group::of(3).await;
    let platform = group.platform();
    let late = newcomers(&group.server, 3..4).await[0];
    group.say(0, "before").await.unwrap();
    let came = platform.add_chat_user(group.people[1], group.id, late.user).await.unwrap();
    assert_eq!((came.entries.len(), came.missing.len()), (1, 0));
    group.say(0, "meanwhile").await.unwrap();
    let twice = platform.add_chat_user(group.people[1], group.id, late.user).await;
    assert_eq!(refusal(twice.map(drop)), Refusal::UserAlreadyParticipant);
    let not_mine = platform.delete_chat_user(group.people[2], group.id, late.user).await;
    assert_eq!(refusal(not_mine), Refusal::ChatAdminRequired, "neither an administrator nor who brought them");
    platform.delete_chat_user(group.people[1], group.id, late.user).await.unwrap();
    group.say(0, "afterwards").await.unwrap();
    let page = group.platform().history(late.user, group.peer(), Window::newest(100)).await.unwrap();
    let told: Vec<&Message> = page.messages.iter().map(|found| &*found.message).collect();
    assert_eq!(told.iter().filter(|message| message.action.is_none()).count(), 1);
    assert_eq!(told[0].action, Some(Action::ChatDelete(late.user)), "whoever goes hears of it");
    let write = group.platform().send_message(late, outgoing(group.peer(), "let me", 3)).await;
    assert_eq!(refusal(write), Refusal::ChatWriteForbidden);
    let back = group.platform().add_chat_user(late, group.id, late.user).await;
    assert_eq!(
        refusal(back.map(drop)),
        Refusal::ChatWriteForbidden,
        "whoever was taken out is not let in by themselves"
    );
    group.platform().delete_chat_user(group.people[2], group.id, group.people[2].user).await.unwrap();
    group.platform().add_chat_user(group.people[2], group.id, group.people[2].user).await.unwrap();
    group.say(0, "welcome back").await.unwrap();
    assert_eq!(group.words(2).await, ["before", "meanwhile", "afterwards", "welcome back"]);
    group.is_sound().await;
}

#[tokio::test]
async fn privacy_and_blocks_keep_people_out_of_groups() {
    let group = Group::of(2).await;
    let platform = group.platform();
    let shy = newcomers(&group.server, 2..4).await;
    platform.set_privacy(shy[0].user, PrivacyKey::ChatInvite, vec![Rule::DisallowAll], None).await.unwrap();
    platform.block(shy[1].user, group.people[0].user, None).await.unwrap();
    for who in &shy {
        let came = platform.add_chat_user(group.people[0], group.id, who.user).await.unwrap();
        assert_eq!((came.entries.len(), came.missing), (0, vec![who.user]));
    }
    let users: Vec<UserId> = shy.iter().map(|actor| actor.user).chain([group.people[1].user]).collect();
    let made = platform.create_chat(group.people[0], Title::parse("Other").unwrap(), &users).await.unwrap();
    assert_eq!((made.missing.len(), made.chat.members.len()), (2, 2));
}

#[tokio::test]
async fn rights_bind_members_and_not_administrators() {
    let group = Group::of(3).await;
    let platform = group.platform();
    let maker = group.people[0];
    let title = || Title::parse("Desa").unwrap();
    assert_eq!(refusal(Title::parse(" \n ").map_err(PlatformError::from)), Refusal::ChatTitleEmpty);
    platform.edit_chat_title(group.people[1], group.id, title()).await.unwrap();
    let same = platform.edit_chat_title(group.people[1], group.id, title()).await;
    assert_eq!(refusal(same), Refusal::ChatNotModified);
    let banned = Rights::CHANGE_INFO.with(Rights::SEND_PLAIN, true).with(Rights::INVITE_USERS, true);
    let banned = banned.with(Rights::PIN_MESSAGES, true);
    let by_member = platform.edit_chat_rights(group.people[1], group.id, banned).await;
    assert_eq!(refusal(by_member), Refusal::ChatAdminRequired);
    platform.edit_chat_rights(maker, group.id, banned).await.unwrap();
    assert_eq!(refusal(group.say(1, "may I?").await), Refusal::ChatSendPlainForbidden);
    let about = platform.edit_chat_about(group.people[1], group.id, "about").await;
    assert_eq!(refusal(about), Refusal::ChatAdminRequired);
    group.say(0, "order").await.unwrap();
    let said = group.newest(1).await.id;
    let pin = platform.pin_message(group.people[1], group.peer(), said, Pinning::default()).await;
    assert_eq!(refusal(pin), Refusal::ChatAdminRequired);
    platform.edit_chat_admin(maker, group.id, group.people[1].user, true).await.unwrap();
    group.say(1, "as administrator").await.unwrap();
    platform.edit_chat_about(group.people[1], group.id, "about").await.unwrap();
    let by_admin = platform.edit_chat_admin(group.people[1], group.id, group.people[2].user, true).await;
    assert_eq!(refusal(by_admin), Refusal::ChatAdminRequired);
    let chat = platform.chat(group.id).await.unwrap().unwrap();
    assert_eq!((&*chat.title, &*chat.about, chat.version), ("Desa", "about", 5));
    assert_eq!(platform.common_chats(maker.user, group.people[2].user, 0, 10).await.unwrap().len(), 1);
    group.is_sound().await;
}

#[tokio::test]
async fn links_lead_in_until_they_are_taken_back() {
    let group = Group::of(2).await;
    let platform = group.platform();
    let maker = group.people[0];
    let strangers = newcomers(&group.server, 2..5).await;
    let by_member = platform.lasting_invite(group.people[1].user, group.id).await;
    assert_eq!(refusal(by_member), Refusal::ChatAdminRequired);
    let lasting = platform.lasting_invite(maker.user, group.id).await.unwrap();
    assert_eq!(platform.lasting_invite(maker.user, group.id).await.unwrap(), lasting, "there is one");
    let looked = platform.look_at_invite(strangers[0].user, &lasting.code).await.unwrap();
    assert!(!looked.is_member && looked.chat.id == group.id);
    let (id, entries) = platform.join_by_invite(strangers[0], &lasting.code).await.unwrap();
    assert_eq!((id, entries.len()), (group.id, 1));
    assert_eq!(group.newest(1).await.message.action, Some(Action::ChatJoinedByLink(maker.user)));
    let twice = platform.join_by_invite(strangers[0], &lasting.code).await;
    assert_eq!(refusal(twice.map(drop)), Refusal::UserAlreadyParticipant);
    let wish = InviteWish { usage_limit: Some(1), title: Some("one".into()), ..InviteWish::default() };
    let once = platform.export_chat_invite(maker.user, group.id, wish).await.unwrap();
    platform.join_by_invite(strangers[1], &once.code).await.unwrap();
    let used_up = platform.join_by_invite(strangers[2], &once.code).await;
    assert_eq!(refusal(used_up.map(drop)), Refusal::InviteHashExpired);
    let (came, count) = platform.chat_importers(maker.user, group.id, None, (0, UserId(0)), 10).await.unwrap();
    assert_eq!((came.len(), count), (2, 2));
    let edit = InviteEdit { revoke: true, ..InviteEdit::default() };
    let (gone, next) = platform.edit_chat_invite(maker.user, group.id, &lasting.code, edit).await.unwrap();
    assert!(gone.revoked && next.is_some_and(|next| next.permanent));
    let revoked = platform.join_by_invite(strangers[2], &lasting.code).await;
    assert_eq!(refusal(revoked.map(drop)), Refusal::InviteHashExpired);
    let page = platform.chat_invites(maker.user, group.id, (maker.user, true), LinkPlace::default(), 10).await.unwrap();
    assert_eq!(page.links.iter().map(|link| &*link.code).collect::<Vec<_>>(), [&*lasting.code]);
    platform.delete_chat_invite(maker.user, group.id, &lasting.code).await.unwrap();
    let unknown = platform.look_at_invite(strangers[2].user, &lasting.code).await;
    assert_eq!(refusal(unknown.map(drop)), Refusal::InviteHashInvalid);
    platform.delete_chat_user(maker, group.id, strangers[1].user).await.unwrap();
    let next = platform.lasting_invite(maker.user, group.id).await.unwrap();
    let kicked = platform.join_by_invite(strangers[1], &next.code).await;
    assert_eq!(refusal(kicked.map(drop)), Refusal::InviteHashExpired, "no link brings back who was taken out");
    group.is_sound().await;
}

#[tokio::test]
async fn forwards_between_groups_name_the_first_author() {
    let group = Group::of(3).await;
    let said = group.say(0, "pass it on").await.unwrap();
    let here = group.newest(1).await;
    let request = ForwardRequest { ids: vec![here.id], random_ids: vec![9], ..ForwardRequest::default() };
    let to = Peer::User(group.people[2].user);
    group.platform().forward_messages(group.people[1], group.peer(), to, request).await.unwrap();
    let page =
        group.platform().history(group.people[2].user, Peer::User(group.people[1].user), Window::newest(1)).await;
    let forward = page.unwrap().messages[0].message.forward.clone().unwrap();
    assert_eq!(forward.from, Some(said.message.from));
}

#[tokio::test]
async fn a_deleted_account_leaves_its_groups_and_a_deleted_group_leaves_everybody() {
    let group = Group::of(4).await;
    group.say(3, "farewell").await.unwrap();
    group.platform().delete_account(group.people[3].user).await.unwrap();
    let chat = group.platform().chat(group.id).await.unwrap().unwrap();
    assert_eq!(chat.members.len(), 3);
    group.say(0, "still here").await.unwrap();
    assert_eq!(group.words(1).await, ["farewell", "still here"]);
    let by_member = group.platform().delete_chat(group.people[1], group.id).await;
    assert_eq!(refusal(by_member), Refusal::ChatAdminRequired);
    group.platform().delete_chat(group.people[0], group.id).await.unwrap();
    assert_eq!(refusal(group.say(0, "anybody?").await), Refusal::ChatWriteForbidden);
    let left: BTreeSet<usize> = (0..3).collect();
    for member in left {
        assert!(group.words(member).await.is_empty());
    }
}

/// The budget of a message: one record a mailbox, and one for the group; one batch for two hundred.
#[tokio::test]
async fn a_message_to_two_hundred_is_one_batch_and_the_longest_fits() {
    let faults = Faults::none();
    let group = Group::over(Store::memory_with(faults.clone()), 200).await;
    group.platform();
    let _ = faults.take_footprints();
    group.say(0, "to all").await.unwrap();
    group.platform();
    let footprints = faults.take_footprints();
    let is_message = |key: &store::Key| matches!(key.parts().1.first(), Some(0x10 | 0x11));
    let messages: usize = footprints.iter().map(|print| print.puts.iter().filter(|key| is_message(key)).count()).sum();
    let is_folded = common::delivery() == Delivery::Folded;
    assert_eq!(messages, 200 + usize::from(is_folded), "one record a mailbox");
    if is_folded {
        assert_eq!(footprints.len(), 1, "one batch");
    }
    let longest = "鼓".repeat(MESSAGE_TEXT_MAX_UNITS);
    group.say(7, &longest).await.unwrap();
    assert_eq!(group.newest(199).await.message.text, longest);
}

/// Whatever people do in a group, all mailboxes stay whole.
#[tokio::test]
async fn a_busy_group_stays_sound() {
    let mut group = Group::of(5).await;
    let mut dice = 7_u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % sides
    };
    for round in 0..400 {
        let (who, deed) = (roll(5), roll(12));
        let actor = group.people[who];
        let own = group.platform().history(actor.user, group.peer(), Window::newest(20)).await.unwrap().messages;
        let chosen = own.get(roll(own.len().max(1))).map(|found| found.id);
        let (platform, peer) = (group.platform(), group.peer());
        let outcome = match (deed, chosen) {
            (0, Some(id)) => platform.edit_message(actor, peer, id, &format!("edited {round}"), &[]).await.map(drop),
            (1, Some(id)) => platform.delete_messages(actor, &[id], true).await.map(drop),
            (2, Some(id)) => platform.delete_messages(actor, &[id], false).await.map(drop),
            (3, Some(id)) => platform.read_history(actor, peer, id).await.map(drop),
            (4, Some(id)) => platform.pin_message(actor, peer, id, Pinning::default()).await.map(drop),
            (5, Some(id)) => group.answer(who, "answer", Some(id)).await.map(drop),
            (6, _) => platform.delete_chat_user(actor, group.id, actor.user).await.map(drop),
            (7, _) => platform.add_chat_user(actor, group.id, group.people[roll(5)].user).await.map(drop),
            (8, _) => platform.unpin_all(actor, peer).await.map(drop),
            _ => group.say(who, &format!("word {round}")).await.map(drop),
        };
        if let Err(error) = outcome {
            assert!(matches!(error, PlatformError::Refused(_)), "{error}");
        }
        if round % 100 == 99 {
            group.server.restart().await;
        }
    }
    group.is_sound().await;
}
