//! Styles and links between the wire and the store.

use platform::limits::mailbox::MESSAGE_ENTITIES_MAX;
use platform::mailbox::{Entity, EntityKind};
use tl::{enums, types};

use crate::{Context, RpcError};

macro_rules! plain {
    ($offset:ident, $length:ident, $kind:expr; $($name:ident => $tl:ident),*; $($rest:tt)*) => {
        match $kind {
            $(EntityKind::$name => types::$tl { offset: $offset, length: $length }.into(),)*
            $($rest)*
        }
    };
}

/// An entity on the wire.
#[must_use]
pub fn entity(entity: &Entity) -> enums::MessageEntity {
    let (offset, length) = (entity.offset, entity.length);
    plain! { offset, length, &entity.kind;
        Mention => MessageEntityMention, Hashtag => MessageEntityHashtag, BotCommand => MessageEntityBotCommand,
        Url => MessageEntityUrl, Email => MessageEntityEmail, Bold => MessageEntityBold, Italic => MessageEntityItalic,
        Code => MessageEntityCode, Phone => MessageEntityPhone, Cashtag => MessageEntityCashtag,
        Underline => MessageEntityUnderline, Strike => MessageEntityStrike, BankCard => MessageEntityBankCard,
        Spoiler => MessageEntitySpoiler;
        EntityKind::Pre(language) => types::MessageEntityPre { offset, length, language: language.clone() }.into(),
        EntityKind::TextUrl(url) => types::MessageEntityTextUrl { offset, length, url: url.clone() }.into(),
        EntityKind::MentionName(user) => types::MessageEntityMentionName { offset, length, user_id: user.0 }.into(),
        EntityKind::CustomEmoji(id) => types::MessageEntityCustomEmoji { offset, length, document_id: *id }.into(),
        EntityKind::Blockquote(collapsed) => {
            types::MessageEntityBlockquote { collapsed: *collapsed, offset, length }.into()
        }
    }
}

/// Entities on the wire; none is no list.
#[must_use]
pub fn entities(list: &[Entity]) -> Option<Vec<enums::MessageEntity>> {
    (!list.is_empty()).then(|| list.iter().map(entity).collect())
}

/// What a client sent; kinds that a client cannot choose are left for the server to find, and mentions of people whom the
/// client cannot name are dropped, so that a guessed id shows nobody.
///
/// # Errors
/// Trouble of the store.
pub async fn from_client(cx: &Context<'_>, list: Option<&Vec<enums::MessageEntity>>) -> Result<Vec<Entity>, RpcError> {
    let mut entities = Vec::new();
    for given in list.into_iter().flatten().take(MESSAGE_ENTITIES_MAX) {
        let mention = match given {
            enums::MessageEntity::InputMessageEntityMentionName(e) => Some((e.offset, e.length, e.user_id.clone())),
            enums::MessageEntity::MentionName(e) => {
                let user = types::InputUser { user_id: e.user_id, access_hash: 0 };
                Some((e.offset, e.length, user.into()))
            }
            _ => None,
        };
        match mention {
            None => entities.extend(plain_from_client(given)),
            Some((offset, length, user)) => {
                if let [user] = cx.known_input_users(&[user]).await?[..] {
                    entities.push(Entity { offset, length, kind: EntityKind::MentionName(user) });
                }
            }
        }
    }
    Ok(entities)
}

fn plain_from_client(entity: &enums::MessageEntity) -> Option<Entity> {
    use enums::MessageEntity as E;
    macro_rules! of {
        ($entity:expr, $kind:expr) => {
            Some(Entity { offset: $entity.offset, length: $entity.length, kind: $kind })
        };
    }
    match entity {
        E::Bold(e) => of!(e, EntityKind::Bold),
        E::Italic(e) => of!(e, EntityKind::Italic),
        E::Code(e) => of!(e, EntityKind::Code),
        E::Pre(e) => of!(e, EntityKind::Pre(e.language.clone())),
        E::TextUrl(e) => of!(e, EntityKind::TextUrl(e.url.clone())),
        E::Underline(e) => of!(e, EntityKind::Underline),
        E::Strike(e) => of!(e, EntityKind::Strike),
        E::Spoiler(e) => of!(e, EntityKind::Spoiler),
        E::CustomEmoji(e) => of!(e, EntityKind::CustomEmoji(e.document_id)),
        E::Blockquote(e) => of!(e, EntityKind::Blockquote(e.collapsed)),
        _ => None,
    }
}
