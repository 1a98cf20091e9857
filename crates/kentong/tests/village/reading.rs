//! The village as text: section by section, so that what cannot be read harms no other section.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crypto::Md5Sum;
use platform::mailbox::{DialogAfter, Difference, DifferenceLimits, Entry, EventBody, Media, Message, Window};
use platform::media::{MediumId, Variant};
use platform::messages::DialogOffset;
use platform::people::person::Person;
use platform::people::settings::NotifyScope;
use platform::{AuthKeyId, MsgId, PlatformError, Pts, UserId};

use super::House;

/// Sections by name: what is there, or why it cannot be read.
pub type Listing = BTreeMap<String, Result<String, String>>;

type Lines = Result<String, PlatformError>;

/// Reads everything there is to read.
pub async fn read(house: &House) -> Listing {
    let mut listing = Listing::new();
    let mut keep = |name: &str, lines: Lines| listing.insert(name.to_owned(), lines.map_err(|error| error.to_string()));
    keep("server", server(house).await);
    keep("server: audit log", audit(house).await);
    keep("server: invites", invites(house).await);
    let people = match house.platform.list_people(None, 1_000).await {
        Ok(people) => people.iter().map(|person| person.id).collect(),
        Err(error) => {
            keep("people", Err(error));
            Vec::new()
        }
    };
    for user in people {
        let name = format!("person {user:?}");
        keep(&format!("{name}: profile"), profile(house, user).await);
        keep(&format!("{name}: lists"), lists(house, user).await);
        keep(&format!("{name}: devices"), devices(house, user).await);
        keep(&format!("{name}: dialogs"), dialogs(house, user).await);
        keep(&format!("{name}: messages"), messages(house, user).await);
        keep(&format!("{name}: log"), log(house, user).await);
    }
    for key in [1, 2, 3, 4, 5, 1_001] {
        keep(&format!("key {key}"), auth_key(house, AuthKeyId(key)).await);
    }
    listing
}

async fn server(house: &House) -> Lines {
    let platform = &house.platform;
    let (switches, pending) = (platform.server_switches(), platform.pending_sign_ups(None, 1_000).await?);
    let mut text = format!("sign-up {:?}, quota {:?}\n", platform.sign_up_mode(), switches.quota_bytes);
    writeln!(text, "{} people", platform.count_people().await?).unwrap();
    for (phone, waiting) in pending.sign_ups {
        let platform::people::pending::Pending { first_name, last_name, asked_at, allowed, .. } = waiting;
        let names = format!("first_name: {first_name:?}, last_name: {last_name:?}");
        writeln!(text, "waiting {phone} Pending {{ {names}, asked_at: {asked_at}, allowed: {allowed} }}").unwrap();
    }
    for (user, reported) in platform.reports().await? {
        writeln!(text, "reported {user:?} {} times, last {:?}", reported.count, reported.latest.last()).unwrap();
    }
    Ok(text)
}

async fn audit(house: &House) -> Lines {
    let log = house.platform.audit_log(None, 1_000).await?;
    Ok(log.iter().map(|act| format!("{} {} {} by {:?}\n", act.at_ms, act.act, act.target, act.by)).collect())
}

async fn invites(house: &House) -> Lines {
    let mut invites = house.platform.invites().await?;
    invites.sort_by(|one, other| one.code.cmp(&other.code));
    let line = |invite: &platform::people::invites::Invite| {
        let (left, used, revoked, by) = (invite.uses_left, invite.used, invite.revoked, invite.by);
        format!("{} made {} left {left} used {used} revoked {revoked} by {by:?}\n", invite.code, invite.created_at)
    };
    Ok(invites.iter().map(line).collect())
}

async fn profile(house: &House, user: UserId) -> Lines {
    let Some(person) = house.platform.person(user).await? else { return Ok("nobody\n".to_owned()) };
    let Person { profile, privacy, .. } = person.as_ref();
    let mut text = format!(
        "{} {}, phone {:?}, username {:?}, {:?}, admin {}, made {}\nabout {:?}\n",
        profile.first_name,
        profile.last_name,
        profile.phone,
        profile.username,
        profile.state,
        profile.is_admin,
        profile.created_at,
        profile.about
    );
    writeln!(text, "who sees the phone: {:?}", privacy.rules(platform::people::privacy::PrivacyKey::PhoneNumber))
        .unwrap();
    writeln!(text, "keeps {} bytes", house.platform.stored_bytes(user).await?).unwrap();
    if profile.state == platform::people::person::AccountState::Active {
        let protection = house.platform.protection(user).await?;
        writeln!(text, "password {}, {protection:?}", house.platform.has_password(user).await?).unwrap();
    }
    if let Some(phone) = &profile.phone {
        let phone = platform::people::names::Phone::parse(phone)?;
        writeln!(text, "has the phone: {:?}", house.platform.user_by_phone(&phone).await?).unwrap();
    }
    for photo in profile.photos.iter().flatten() {
        text.push_str(&medium(house, *photo).await?);
    }
    Ok(text)
}

async fn lists(house: &House, user: UserId) -> Lines {
    let platform = &house.platform;
    let mut text = String::new();
    for (other, contact) in platform.contacts(user).await? {
        writeln!(text, "contact {other:?} {} {}", contact.first_name, contact.last_name).unwrap();
    }
    for (other, at) in platform.blocked(user).await? {
        writeln!(text, "blocks {other:?} since {at}").unwrap();
    }
    for (peer, draft) in platform.all_drafts(user).await? {
        writeln!(text, "draft for {peer:?} of {}: {:?}", draft.date, draft.text).unwrap();
    }
    for filter in platform.filters(user).await? {
        writeln!(text, "folder {} {:?} with {:?}", filter.id, filter.title, filter.include).unwrap();
    }
    for (peer, settings) in platform.notify_exceptions(user).await? {
        writeln!(text, "notices of {peer:?}: silent {:?}, until {:?}", settings.silent, settings.mute_until).unwrap();
    }
    for all in platform.notify_settings(user, &[NotifyScope::Users]).await? {
        writeln!(text, "notices: silent {:?}", all.silent).unwrap();
    }
    Ok(text)
}

async fn devices(house: &House, user: UserId) -> Lines {
    let mut lines = Vec::new();
    for device in house.platform.devices(user).await? {
        lines.push(format!("{:?} made {} from {}\n", device.key_id, device.record.created_at, device.record.ip));
    }
    lines.sort();
    Ok(lines.concat())
}

async fn dialogs(house: &House, user: UserId) -> Lines {
    let page = house.platform.dialogs(user, None, false, DialogOffset::default(), 100).await?;
    let mut text = format!("{} in all, pinned {:?}\n", page.total, page.pinned);
    for dialog in page.dialogs {
        writeln!(
            text,
            "{:?} top {} of {}, read {} / {}, unread {}, count {}, folder {}, pinned {:?}, draft {}",
            dialog.peer,
            dialog.top.0,
            dialog.top_date,
            dialog.read_inbox_max.0,
            dialog.read_outbox_max.0,
            dialog.unread,
            dialog.count,
            dialog.folder,
            dialog.pinned_messages,
            dialog.has_draft
        )
        .unwrap();
    }
    Ok(text)
}

async fn messages(house: &House, user: UserId) -> Lines {
    let page = house.platform.dialogs(user, None, false, DialogOffset::default(), 100).await?;
    let mut text = String::new();
    for dialog in page.dialogs {
        let history = house.platform.history(user, dialog.peer, Window::newest(1_000)).await?;
        writeln!(text, "with {:?}: {}", dialog.peer, history.count).unwrap();
        for message in history.messages.iter().rev() {
            text.push_str(&line(message.id, &message.message));
            if let Some(id) = message.message.medium() {
                text.push_str(&medium(house, id).await?);
            }
        }
    }
    Ok(text)
}

fn line(id: MsgId, message: &Message) -> String {
    let mut text =
        format!("  {} pts {} of {} from {:?}: {:?}", id.0, message.pts.0, message.date, message.from, message.text);
    for entity in &message.entities {
        write!(text, " [{}+{}]", entity.offset, entity.length).unwrap();
    }
    if let Some(reply) = &message.reply {
        write!(text, " answers {:?}", reply.id).unwrap();
    }
    if let Some(forward) = &message.forward {
        write!(text, " forwarded, of {}", forward.date).unwrap();
    }
    if let Some(date) = message.edit_date {
        write!(text, " edited {date}").unwrap();
    }
    if let Some(action) = &message.action {
        write!(text, " {action:?}").unwrap();
    }
    match &message.media {
        Some(Media::Photo { photo, .. }) => write!(text, " photo {} of {} sizes", photo.id, photo.sizes.len()).unwrap(),
        Some(Media::Document { document, .. }) => {
            write!(text, " document {} {} {:?}", document.id, document.mime, document.attributes).unwrap();
        }
        _ => {}
    }
    write!(text, " number {:?} sibling {:?}", message.random_id, message.sibling.as_ref().map(|copy| copy.id)).unwrap();
    text + "\n"
}

async fn medium(house: &House, id: MediumId) -> Lines {
    let Some(medium) = house.platform.medium(id).await? else { return Ok(format!("    medium {id} is gone\n")) };
    let mut text =
        format!("    medium {id} {:?} {} of {} by {:?}\n", medium.kind, medium.mime, medium.date, medium.uploader);
    for (variant, size) in medium.files {
        let (mut sum, mut at) = (Md5Sum::new(), 0);
        while at < size {
            let chunk = house.platform.read_medium(id, variant, at, 512 * 1024).await?;
            at += chunk.bytes.len() as u64;
            sum.update(&chunk.bytes);
        }
        let name = match variant {
            Variant::Original => "original".to_owned(),
            Variant::Size(letter) => format!("size {}", char::from(letter)),
        };
        writeln!(text, "      {name}: {size} bytes, MD5 {}", hex::encode(sum.finish())).unwrap();
    }
    Ok(text)
}

/// The whole log, as a device that knows nothing catches up with it.
async fn log(house: &House, user: UserId) -> Lines {
    let mut text = String::new();
    let (mut pts, mut date) = (Pts(0), 0);
    loop {
        let (entries, cut, is_last) =
            match house.platform.difference(user, pts, date, DifferenceLimits::default()).await? {
                Difference::Empty(cut) => (Vec::new(), cut, true),
                Difference::Full(entries, cut) => (entries, cut, true),
                Difference::Slice(entries, cut) => (entries, cut, false),
                Difference::TooLong(pts) => return Ok(format!("too long, pts {}\n", pts.0)),
            };
        entries.iter().for_each(|entry| text.push_str(&entry_line(entry)));
        (pts, date) = (cut.pts, cut.date);
        if is_last {
            writeln!(text, "pts {} seq {}", cut.pts.0, cut.seq.0).unwrap();
            return Ok(text);
        }
    }
}

fn entry_line(entry: &Entry) -> String {
    match entry {
        Entry::Message(id, message) => format!("{}: message {}\n", message.pts.0, id.0),
        Entry::Event(pts, event) => format!("{}: {}\n", pts.0, body(&event.body)),
        Entry::Change(seq, date, change) => format!("change {} of {date}: {:?}\n", seq.0, change.change),
    }
}

/// Without the fields that came after the first listing.
fn body(body: &EventBody) -> String {
    let EventBody::Deleted { ids, dialogs } = body else { return format!("{body:?}") };
    let after = |after: &DialogAfter| {
        let DialogAfter { peer, unread, count, top, top_date, .. } = after;
        format!(
            "DialogAfter {{ peer: {peer:?}, unread: {unread}, count: {count}, top: {top:?}, top_date: {top_date} }}"
        )
    };
    let dialogs = dialogs.iter().map(after).collect::<Vec<_>>().join(", ");
    format!("Deleted {{ ids: {ids:?}, dialogs: [{dialogs}] }}")
}

async fn auth_key(house: &House, id: AuthKeyId) -> Lines {
    let Some(key) = house.platform.auth_key(id).await? else { return Ok("no such key\n".to_owned()) };
    let mut sum = Md5Sum::new();
    sum.update(&key.key[..]);
    let (user, layer, bound) = (key.user_id(), key.layer(), key.bound_to());
    let mut text = format!(
        "{:?}, MD5 {}, user {user:?}, layer {layer}, bound to {bound:?}\n",
        key.kind,
        hex::encode(sum.finish())
    );
    for push in house.platform.push_tokens(id).await? {
        writeln!(text, "push {} {}", push.token_type, push.token).unwrap();
    }
    Ok(text)
}
