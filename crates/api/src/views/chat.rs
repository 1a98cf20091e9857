//! Groups as a viewer sees them.
//! Sources: core.telegram.org/constructor/chat, core.telegram.org/constructor/chatFull, core.telegram.org/api/rights.

use platform::chats::{Chat, InviteLink, Member, Rights};
use platform::media::Photo;
use platform::{Platform, UserId};
use tl::{enums, types};

use super::user::blank;
use crate::RpcError;

/// These groups as `viewer` sees them; in place of one that is not theirs to know stands an empty one.
pub async fn chats(platform: &Platform, viewer: UserId, ids: &[i64]) -> Result<Vec<enums::Chat>, RpcError> {
    let mut shown = Vec::with_capacity(ids.len());
    for id in ids {
        let found = platform.chat(*id).await?;
        shown.push(found.map_or(types::ChatEmpty { id: *id }.into(), |found| chat(platform, viewer, &found)));
    }
    Ok(shown)
}

/// A group as its members, those who left and those who were taken out see it.
#[must_use]
pub fn chat(platform: &Platform, viewer: UserId, chat: &Chat) -> enums::Chat {
    Standing::of(viewer, chat).shown(platform, chat)
}

/// All that the view of a group owes to who looks: to equal standings it looks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    is_member: bool,
    is_creator: bool,
    is_admin: bool,
    is_removed: bool,
}

impl Standing {
    /// How somebody stands to a group.
    pub(crate) fn of(viewer: UserId, chat: &Chat) -> Self {
        let (member, is_creator) = (chat.member(viewer), chat.creator == viewer);
        let is_member = member.is_some();
        Self {
            is_member,
            is_creator,
            is_admin: member.is_some_and(|member| member.is_admin || is_creator),
            is_removed: !is_member && !chat.deleted && chat.removed.contains(&viewer),
        }
    }

    /// The group as a client is told of it.
    pub(crate) fn shown(self, platform: &Platform, chat: &Chat) -> enums::Chat {
        let Self { is_member, is_creator, is_admin, is_removed } = self;
        if is_removed {
            return types::ChatForbidden { id: chat.id, title: chat.title.clone() }.into();
        }
        types::Chat {
            creator: is_creator,
            left: !is_member,
            deactivated: chat.deleted,
            call_active: false,
            call_not_empty: false,
            noforwards: false,
            id: chat.id,
            title: chat.title.clone(),
            photo: chat_photo(platform, chat.photo.as_ref()),
            participants_count: i32::try_from(chat.members.len()).unwrap_or(i32::MAX),
            date: chat.date,
            version: chat.version,
            migrated_to: None,
            admin_rights: (!is_creator && is_admin).then(admin_rights),
            default_banned_rights: Some(banned_rights(chat.banned)),
        }
        .into()
    }
}

fn chat_photo(platform: &Platform, photo: Option<&Photo>) -> enums::ChatPhoto {
    let Some(photo) = photo else { return enums::ChatPhoto::Empty };
    types::ChatPhoto {
        has_video: false,
        photo_id: photo.id.0,
        stripped_thumb: photo.stripped.clone(),
        dc_id: platform.settings().home_dc,
    }
    .into()
}

/// What every administrator of a basic group may do.
fn admin_rights() -> enums::ChatAdminRights {
    let none: types::ChatAdminRights = blank(&[0; 4]);
    types::ChatAdminRights {
        change_info: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        manage_call: true,
        other: true,
        ..none
    }
    .into()
}

/// A member.
#[must_use]
pub fn participant(chat: &Chat, member: &Member) -> enums::ChatParticipant {
    let (user_id, inviter_id, date) = (member.user.0, member.inviter.0, member.date);
    if member.user == chat.creator {
        return types::ChatParticipantCreator { user_id, rank: None }.into();
    }
    match member.is_admin {
        true => types::ChatParticipantAdmin { user_id, inviter_id, date, rank: None }.into(),
        false => types::ChatParticipant { user_id, inviter_id, date, rank: None }.into(),
    }
}

/// Its members, for those who are in it.
#[must_use]
pub fn participants(viewer: UserId, chat: &Chat) -> enums::ChatParticipants {
    if !chat.has(viewer) {
        return types::ChatParticipantsForbidden { chat_id: chat.id, self_participant: None }.into();
    }
    types::ChatParticipants {
        chat_id: chat.id,
        participants: chat.members.iter().map(|member| participant(chat, member)).collect(),
        version: chat.version,
    }
    .into()
}

/// Whom the list of members names.
pub fn named(chat: &Chat) -> impl Iterator<Item = UserId> {
    chat.members.iter().flat_map(|member| [member.user, member.inviter])
}

macro_rules! rights {
    ($($field:ident => $right:ident),* $(,)?) => {
        /// What members may not do.
        #[must_use]
        pub fn banned_rights(banned: Rights) -> enums::ChatBannedRights {
            // An empty flag word and no date: nothing is forbidden, for ever.
            let none: types::ChatBannedRights = blank(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]);
            types::ChatBannedRights { $($field: banned.has(Rights::$right),)* ..none }.into()
        }

        /// What a client says that members may not do.
        #[must_use]
        pub fn rights_of(banned: &enums::ChatBannedRights) -> Rights {
            let enums::ChatBannedRights::Rights(banned) = banned;
            let none = Rights::NONE;
            none$(.with(Rights::$right, banned.$field))*
        }
    };
}

rights! {
    send_messages => SEND_MESSAGES,
    send_media => SEND_MEDIA,
    send_stickers => SEND_STICKERS,
    send_gifs => SEND_GIFS,
    send_games => SEND_GAMES,
    send_inline => SEND_INLINE,
    embed_links => EMBED_LINKS,
    send_polls => SEND_POLLS,
    change_info => CHANGE_INFO,
    invite_users => INVITE_USERS,
    pin_messages => PIN_MESSAGES,
    send_photos => SEND_PHOTOS,
    send_videos => SEND_VIDEOS,
    send_roundvideos => SEND_ROUND_VIDEOS,
    send_audios => SEND_MUSIC,
    send_voices => SEND_VOICES,
    send_docs => SEND_FILES,
    send_plain => SEND_PLAIN,
    send_reactions => SEND_REACTIONS,
}

/// A link into a group.
#[must_use]
pub fn invite(prefix: &str, link: &InviteLink) -> enums::ExportedChatInvite {
    types::ChatInviteExported {
        revoked: link.revoked,
        permanent: link.permanent,
        request_needed: false,
        link: format!("{prefix}+{}", link.code),
        admin_id: link.admin.0,
        date: link.date,
        start_date: None,
        expire_date: link.expire_date,
        usage_limit: link.usage_limit,
        usage: Some(link.usage).filter(|usage| *usage > 0),
        requested: None,
        subscription_expired: None,
        title: link.title.clone(),
        subscription_pricing: None,
    }
    .into()
}

/// The code that a link ends in, as people paste it: with an address before it, a plus, or alone.
#[must_use]
pub fn code_of(link: &str) -> &str {
    let link = link.trim();
    let last = link.rsplit('/').next().unwrap_or(link);
    let last = last.split(['?', '#']).next().unwrap_or(last);
    last.strip_prefix('+').unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_every_form_of_its_link() {
        for link in ["abc", "+abc", "https://t.me/+abc", "https://t.me/joinchat/abc", " t.me/+abc?x=1 "] {
            assert_eq!(code_of(link), "abc", "{link}");
        }
    }

    #[test]
    fn every_right_survives_the_wire() {
        let all = Rights(0x7_ffff);
        assert_eq!(rights_of(&banned_rights(all)), all);
        assert_eq!(rights_of(&banned_rights(Rights::NONE)), Rights::NONE);
        let plain = Rights::NONE.with(Rights::SEND_PLAIN, true);
        assert_eq!(rights_of(&banned_rights(plain)), plain);
    }
}
