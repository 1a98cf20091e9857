//! Links that lead into a group (page "Invite links"). A link is a record under the group; its code is a unique name that
//! says which group. Each administrator has one lasting link, made when it is first asked for, and as many others as they
//! like.
//!
//! Not here: links that ask an administrator first.

use minicbor::{Decode, Encode};
use std::sync::Arc;
use store::{Batch, Check, Class, Key, Record, Scan};

use super::change::{News, everybody};
use super::create::{check_coming, with_member};
use super::record::Chat;
use crate::codec::{Stored, decode, decode_record, encode};
use crate::keys::{self, NameKind, chat_suffix, name_suffix};
use crate::limits::chats::{
    IMPORTERS_PAGE_MAX, INVITE_TITLE_MAX_CHARS, INVITE_USES_MAX, INVITES_PAGE_MAX, INVITES_PER_ADMIN,
};
use crate::limits::mailbox::PAGE_MAX_BYTES;
use crate::mailbox::{Action, Entry};
use crate::{Actor, Platform, PlatformError, Refusal, UserId};

/// Random bytes of a link's code; it is written in 22 letters of base64.
const CODE_BYTES: usize = 16;

/// A link that leads into a group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct InviteLink {
    /// What the link ends in.
    #[n(0)]
    pub code: String,
    /// Who made it.
    #[n(1)]
    pub admin: UserId,
    /// When.
    #[n(2)]
    pub date: i32,
    /// Until when it leads in.
    #[n(3)]
    pub expire_date: Option<i32>,
    /// How many come in by it at most.
    #[n(4)]
    pub usage_limit: Option<i32>,
    /// How many came.
    #[n(5)]
    pub usage: i32,
    /// What its maker calls it.
    #[n(6)]
    pub title: Option<String>,
    /// Taken back.
    #[n(7)]
    pub revoked: bool,
    /// The one lasting link of its maker.
    #[n(8)]
    pub permanent: bool,
}

impl Stored for InviteLink {
    const WHAT: &'static str = "link into a group";
}

impl InviteLink {
    /// Whether it leads in now.
    #[must_use]
    pub fn is_good(&self, now: i32) -> bool {
        let is_over = self.expire_date.is_some_and(|date| date <= now);
        let is_used_up = self.usage_limit.is_some_and(|limit| self.usage >= limit);
        !self.revoked && !is_over && !is_used_up
    }
}

/// Whither a code leads.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Whither {
    #[n(0)]
    chat: i64,
}

impl Stored for Whither {
    const WHAT: &'static str = "code of a link into a group";
}

/// Somebody who came by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Importer {
    /// Who.
    #[n(0)]
    pub user: UserId,
    /// When.
    #[n(1)]
    pub date: i32,
}

impl Stored for Importer {
    const WHAT: &'static str = "somebody who came by a link";
}

/// A link as it is wished for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteWish {
    /// Until when it leads in.
    pub expire_date: Option<i32>,
    /// How many come in by it at most.
    pub usage_limit: Option<i32>,
    /// What its maker calls it.
    pub title: Option<String>,
    /// Make it the lasting link, and take the former one back.
    pub renew_permanent: bool,
}

/// What changes of a link; 0 takes a bound away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteEdit {
    /// Take it back.
    pub revoke: bool,
    /// Until when it leads in.
    pub expire_date: Option<i32>,
    /// How many come in by it at most.
    pub usage_limit: Option<i32>,
    /// What its maker calls it.
    pub title: Option<String>,
}

/// Where a page of links begins: after this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPlace {
    /// When it was made; 0 for the beginning.
    pub date: i32,
    /// Its code.
    pub code: String,
}

/// A page of links, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvitePage {
    /// The links, the newest first.
    pub links: Vec<InviteLink>,
    /// All that fit.
    pub count: usize,
}

/// How many links an administrator has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdminLinks {
    /// Who.
    pub admin: UserId,
    /// Links that may still lead in.
    pub links: i32,
    /// Links taken back.
    pub revoked: i32,
}

/// What a link shows of a group.
pub struct Looked {
    /// The group.
    pub chat: Arc<Chat>,
    /// The link.
    pub link: InviteLink,
    /// Whether the viewer is in it already.
    pub is_member: bool,
}

struct Read {
    link: InviteLink,
    version: u64,
}

fn link_key(chat: i64, code: &str) -> Key {
    let mut suffix = vec![chat_suffix::INVITE];
    suffix.extend_from_slice(code.as_bytes());
    Key::new(&keys::chat(chat), &suffix)
}

fn importers_prefix(code: Option<&str>) -> Vec<u8> {
    let mut prefix = vec![chat_suffix::IMPORTER];
    if let Some(code) = code {
        prefix.extend_from_slice(code.as_bytes());
        prefix.push(0);
    }
    prefix
}

fn importer_key(chat: i64, code: &str, user: UserId) -> Key {
    let mut suffix = importers_prefix(Some(code));
    suffix.extend_from_slice(&user.0.to_be_bytes());
    Key::new(&keys::chat(chat), &suffix)
}

fn code_key(code: &str) -> Key {
    keys::name_key(NameKind::ChatInvite, code, name_suffix::HOLDER)
}

fn put_new_link(batch: &mut Batch, chat: i64, link: &InviteLink) {
    batch.checks.push(Check::Absent(code_key(&link.code)));
    batch.put(code_key(&link.code), encode(&Whither { chat }));
    batch.put(link_key(chat, &link.code), encode(link));
}

fn replace_link(batch: &mut Batch, chat: i64, link: &InviteLink, version: u64) {
    let key = link_key(chat, &link.code);
    batch.checks.push(Check::Version(key.clone(), version));
    batch.puts.push((key, Record { version: version + 1, value: encode(link) }));
}

impl Platform {
    /// Makes a link.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`], [`Refusal::ExpireDateInvalid`], [`Refusal::UsageLimitInvalid`],
    /// [`Refusal::InvitesTooMuch`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn export_chat_invite(
        &self,
        user: UserId,
        chat: i64,
        wish: InviteWish,
    ) -> Result<InviteLink, PlatformError> {
        self.administered(user, chat).await?;
        let now = self.now();
        let links = self.links(chat).await?;
        if links.iter().filter(|read| read.link.admin == user).count() >= INVITES_PER_ADMIN {
            return Err(Refusal::InvitesTooMuch.into());
        }
        let mut batch = Batch::new(Class::C1);
        if wish.renew_permanent {
            for read in links.iter().filter(|read| is_lasting_of(read, user)) {
                replace_link(&mut batch, chat, &InviteLink { revoked: true, ..read.link.clone() }, read.version);
            }
        }
        let link = InviteLink {
            expire_date: check_expiry(wish.expire_date, now)?,
            usage_limit: check_limit(wish.usage_limit)?,
            title: wish.title.map(|title| clean(&title)).filter(|title| !title.is_empty()),
            permanent: wish.renew_permanent,
            ..self.new_link(user)
        };
        put_new_link(&mut batch, chat, &link);
        self.commit(batch).await?;
        Ok(link)
    }

    /// The lasting link of an administrator; made, if there is none.
    ///
    /// # Errors
    /// As [`Platform::export_chat_invite`].
    pub async fn lasting_invite(&self, user: UserId, chat: i64) -> Result<InviteLink, PlatformError> {
        let links = self.links(chat).await?;
        match links.into_iter().find(|read| is_lasting_of(read, user)) {
            Some(read) => Ok(read.link),
            None => {
                self.export_chat_invite(user, chat, InviteWish { renew_permanent: true, ..InviteWish::default() }).await
            }
        }
    }

    /// A link of a group, for its maker and whoever made the group.
    ///
    /// # Errors
    /// [`Refusal::InviteHashInvalid`], and as [`Platform::export_chat_invite`].
    pub async fn chat_invite(&self, user: UserId, chat: i64, code: &str) -> Result<InviteLink, PlatformError> {
        Ok(self.own_link(user, chat, code).await?.link)
    }

    /// Changes a link; if it was a lasting one and is taken back, also gives the one that takes its place.
    ///
    /// # Errors
    /// [`Refusal::InviteHashExpired`] for one that was taken back, and as [`Platform::chat_invite`].
    pub async fn edit_chat_invite(
        &self,
        user: UserId,
        chat: i64,
        code: &str,
        edit: InviteEdit,
    ) -> Result<(InviteLink, Option<InviteLink>), PlatformError> {
        let Read { mut link, version } = self.own_link(user, chat, code).await?;
        if link.revoked {
            return Err(Refusal::InviteHashExpired.into());
        }
        link.revoked = edit.revoke;
        if let Some(date) = edit.expire_date {
            link.expire_date = check_expiry(Some(date).filter(|date| *date != 0), self.now())?;
        }
        if let Some(limit) = edit.usage_limit {
            link.usage_limit = check_limit(Some(limit).filter(|limit| *limit != 0))?;
        }
        if let Some(title) = edit.title {
            link.title = Some(clean(&title)).filter(|title| !title.is_empty());
        }
        let mut batch = Batch::new(Class::C1);
        replace_link(&mut batch, chat, &link, version);
        let next =
            (link.permanent && link.revoked).then(|| InviteLink { permanent: true, ..self.new_link(link.admin) });
        next.iter().for_each(|next| put_new_link(&mut batch, chat, next));
        self.commit(batch).await?;
        Ok((link, next))
    }

    /// Forgets a link that was taken back.
    ///
    /// # Errors
    /// [`Refusal::InviteRevokedMissing`], and as [`Platform::chat_invite`].
    pub async fn delete_chat_invite(&self, user: UserId, chat: i64, code: &str) -> Result<(), PlatformError> {
        let read = self.own_link(user, chat, code).await?;
        if !read.link.revoked {
            return Err(Refusal::InviteRevokedMissing.into());
        }
        self.forget_links(chat, &[read]).await
    }

    /// Forgets all links of an administrator that were taken back.
    ///
    /// # Errors
    /// As [`Platform::export_chat_invite`].
    pub async fn delete_revoked_invites(&self, user: UserId, chat: i64, admin: UserId) -> Result<(), PlatformError> {
        self.may_see_links_of(user, chat, admin).await?;
        let mut links = self.links(chat).await?;
        links.retain(|read| read.link.admin == admin && read.link.revoked);
        for some in links.chunks(INVITES_PAGE_MAX) {
            self.forget_links(chat, some).await?;
        }
        Ok(())
    }

    async fn forget_links(&self, chat: i64, links: &[Read]) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        for read in links {
            batch.deletes.push(link_key(chat, &read.link.code));
            batch.deletes.push(code_key(&read.link.code));
        }
        if links.is_empty() { Ok(()) } else { self.commit(batch).await }
    }

    /// Links of an administrator, the newest first.
    ///
    /// # Errors
    /// As [`Platform::export_chat_invite`].
    pub async fn chat_invites(
        &self,
        user: UserId,
        chat: i64,
        (admin, revoked): (UserId, bool),
        place: LinkPlace,
        limit: usize,
    ) -> Result<InvitePage, PlatformError> {
        self.may_see_links_of(user, chat, admin).await?;
        let mut links: Vec<InviteLink> = self.links(chat).await?.into_iter().map(|read| read.link).collect();
        links.retain(|link| link.admin == admin && link.revoked == revoked);
        let order = |link: &InviteLink| (std::cmp::Reverse(link.date), link.code.clone());
        links.sort_unstable_by_key(order);
        let count = links.len();
        if place.date > 0 {
            let before = (std::cmp::Reverse(place.date), place.code);
            links.retain(|link| order(link) > before);
        }
        links.truncate(limit.min(INVITES_PAGE_MAX));
        Ok(InvitePage { links, count })
    }

    /// Who of a group's administrators has how many links.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`] unless asked by whoever made the group, and as [`Platform::export_chat_invite`].
    pub async fn admins_with_invites(&self, user: UserId, chat: i64) -> Result<Vec<AdminLinks>, PlatformError> {
        let group = self.administered(user, chat).await?;
        if !group.is_creator(user) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let links = self.links(chat).await?;
        let mut admins: Vec<AdminLinks> = Vec::new();
        for InviteLink { admin, revoked, .. } in links.into_iter().map(|read| read.link) {
            let place = admins.iter().position(|known| known.admin == admin).unwrap_or_else(|| {
                admins.push(AdminLinks { admin, links: 0, revoked: 0 });
                admins.len() - 1
            });
            if revoked { admins[place].revoked += 1 } else { admins[place].links += 1 }
        }
        Ok(admins)
    }

    /// Who came by a link, or by any, the newest first; and how many there are.
    ///
    /// # Errors
    /// As [`Platform::chat_invite`].
    pub async fn chat_importers(
        &self,
        user: UserId,
        chat: i64,
        code: Option<&str>,
        (offset_date, offset_user): (i32, UserId),
        limit: usize,
    ) -> Result<(Vec<Importer>, usize), PlatformError> {
        match code {
            Some(code) => drop(self.own_link(user, chat, code).await?),
            None => drop(self.administered(user, chat).await?),
        }
        let mut importers: Vec<Importer> = Vec::new();
        for (_, record) in self.scan_chat(chat, importers_prefix(code)).await? {
            importers.push(decode(&record.value)?);
        }
        importers.sort_unstable_by_key(|importer| std::cmp::Reverse((importer.date, importer.user)));
        let count = importers.len();
        if offset_date > 0 {
            importers.retain(|importer| (importer.date, importer.user) < (offset_date, offset_user));
        }
        importers.truncate(limit.min(IMPORTERS_PAGE_MAX));
        Ok((importers, count))
    }

    /// What a link shows.
    ///
    /// # Errors
    /// [`Refusal::InviteHashInvalid`], [`Refusal::InviteHashExpired`], trouble of the store.
    pub async fn look_at_invite(&self, user: UserId, code: &str) -> Result<Looked, PlatformError> {
        let chat = self.chat_of_code(code).await?;
        let Read { link, .. } = self.read_link(chat, code).await?;
        let chat = self.chat(chat).await?.filter(|chat| !chat.deleted).ok_or(Refusal::InviteHashExpired)?;
        let is_member = chat.has(user);
        if !is_member && (!link.is_good(self.now()) || chat.removed.contains(&user)) {
            return Err(Refusal::InviteHashExpired.into());
        }
        Ok(Looked { chat, link, is_member })
    }

    /// Comes into a group by a link.
    ///
    /// # Errors
    /// As [`Platform::look_at_invite`], and [`Refusal::UserAlreadyParticipant`], [`Refusal::UsersTooMuch`].
    pub async fn join_by_invite(&self, actor: Actor, code: &str) -> Result<(i64, Vec<Entry>), PlatformError> {
        let id = self.chat_of_code(code).await?;
        let alone = self.alone_with_chat(id).await?;
        let before = alone.chat().clone();
        let Read { link, version } = self.read_link(id, code).await?;
        check_coming(&before, actor.user)?;
        if !link.is_good(self.now()) || before.removed.contains(&actor.user) {
            return Err(Refusal::InviteHashExpired.into());
        }
        let now = self.now();
        let after = with_member(&before, actor.user, link.admin, now);
        let news = News::Message(Action::ChatJoinedByLink(link.admin));
        let used = InviteLink { usage: link.usage.saturating_add(1), ..link };
        let importer = Importer { user: actor.user, date: now };
        let entries = self
            .turn_chat_with(actor, alone, everybody(after, actor, news), |batch| {
                replace_link(batch, id, &used, version);
                batch.put(importer_key(id, &used.code, actor.user), encode(&importer));
            })
            .await?;
        Ok((id, entries))
    }

    fn new_link(&self, admin: UserId) -> InviteLink {
        let code = base64_url(&self.random::<CODE_BYTES>());
        InviteLink {
            code,
            admin,
            date: self.now(),
            expire_date: None,
            usage_limit: None,
            usage: 0,
            title: None,
            revoked: false,
            permanent: false,
        }
    }

    async fn administered(&self, user: UserId, chat: i64) -> Result<Arc<Chat>, PlatformError> {
        let chat = self.known_chat(user, chat).await?;
        if chat.is_admin(user) { Ok(chat) } else { Err(Refusal::ChatAdminRequired.into()) }
    }

    /// Administrators see their own links; whoever made the group sees all.
    async fn may_see_links_of(&self, user: UserId, chat: i64, admin: UserId) -> Result<(), PlatformError> {
        let chat = self.administered(user, chat).await?;
        if user == admin || chat.is_creator(user) { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
    }

    async fn own_link(&self, user: UserId, chat: i64, code: &str) -> Result<Read, PlatformError> {
        let group = self.administered(user, chat).await?;
        let read = self.read_link(chat, code).await?;
        if read.link.admin == user || group.is_creator(user) {
            Ok(read)
        } else {
            Err(Refusal::ChatAdminRequired.into())
        }
    }

    async fn chat_of_code(&self, code: &str) -> Result<i64, PlatformError> {
        if code.is_empty() || code.len() > 2 * CODE_BYTES || !code.is_ascii() {
            return Err(Refusal::InviteHashInvalid.into());
        }
        let record = self.store().get(&code_key(code)).await?;
        let whither: Option<Whither> = decode_record(record.as_ref())?;
        Ok(whither.ok_or(Refusal::InviteHashInvalid)?.chat)
    }

    async fn read_link(&self, chat: i64, code: &str) -> Result<Read, PlatformError> {
        if code.is_empty() || code.len() > 2 * CODE_BYTES {
            return Err(Refusal::InviteHashInvalid.into());
        }
        let record = self.store().get(&link_key(chat, code)).await?.ok_or(Refusal::InviteHashInvalid)?;
        Ok(Read { link: decode(&record.value)?, version: record.version })
    }

    async fn links(&self, chat: i64) -> Result<Vec<Read>, PlatformError> {
        let records = self.scan_chat(chat, vec![chat_suffix::INVITE]).await?;
        records
            .into_iter()
            .map(|(_, record)| Ok(Read { link: decode(&record.value)?, version: record.version }))
            .collect()
    }

    async fn scan_chat(&self, chat: i64, prefix: Vec<u8>) -> Result<Vec<(Vec<u8>, Record)>, PlatformError> {
        let mut scan = Scan {
            owner: keys::chat(chat),
            prefix,
            from: None,
            to: None,
            reverse: false,
            limit: store::limits::SCAN_MAX_ITEMS,
            max_bytes: PAGE_MAX_BYTES,
        };
        let mut found = Vec::new();
        loop {
            let page = self.store().scan(&scan).await?;
            found.extend(page.items);
            match page.next {
                Some(next) => scan.from = Some(next),
                None => return Ok(found),
            }
        }
    }
}

fn is_lasting_of(read: &Read, admin: UserId) -> bool {
    read.link.permanent && !read.link.revoked && read.link.admin == admin
}

fn check_expiry(date: Option<i32>, now: i32) -> Result<Option<i32>, Refusal> {
    match date {
        Some(date) if date <= now => Err(Refusal::ExpireDateInvalid),
        date => Ok(date),
    }
}

fn check_limit(limit: Option<i32>) -> Result<Option<i32>, Refusal> {
    match limit {
        Some(limit) if !(1..=INVITE_USES_MAX).contains(&limit) => Err(Refusal::UsageLimitInvalid),
        limit => Ok(limit),
    }
}

fn clean(title: &str) -> String {
    let kept: String = title.chars().filter(|letter| !letter.is_control()).collect();
    kept.trim().chars().take(INVITE_TITLE_MAX_CHARS).collect()
}

/// Base64 with letters that stand in an address as they are.
fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut word = [0; 3];
        word[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for place in 0..=chunk.len() {
            let index = (number >> (18 - 6 * place)) & 63;
            text.push(char::from(LETTERS[usize::try_from(index).unwrap_or(0)]));
        }
    }
    text
}
