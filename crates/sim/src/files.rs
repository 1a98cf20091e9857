//! Files: one of them as a message, several as an album, the way the api sends them. What is in a file follows from the number
//! of the message that it was sent with, so that the judge knows it wherever it is found.

use bytes::Bytes;
use platform::mailbox::{Flags, Media};
use platform::media::{NewDocument, PartOf, UploadedFile};
use platform::messages::{Album, AlbumItem, Outgoing, Sent};
use platform::{Actor, Peer, Platform, PlatformError};

/// What the file that was sent with this number holds.
#[must_use]
pub fn content(random_id: i64) -> String {
    format!("the file of m{random_id}")
}

/// The number of the message whose file holds this.
#[must_use]
pub fn number(content: &str) -> Option<i64> {
    content.strip_prefix("the file of m")?.parse().ok()
}

/// Uploads a file for each number and sends them.
///
/// # Errors
/// The platform's.
pub async fn send(
    platform: &Platform,
    actor: Actor,
    peer: Peer,
    random_ids: &[i64],
) -> Result<Vec<Sent>, PlatformError> {
    if let Some(sent) = platform.all_sent_earlier(actor.user, random_ids).await? {
        return Ok(sent);
    }
    platform.check_reachable(actor.user, peer).await?;
    let mut media = Vec::with_capacity(random_ids.len());
    for random_id in random_ids {
        media.push(upload(platform, actor, *random_id).await?);
    }
    let turn = platform.turn(actor.user).await;
    let items = random_ids.iter().zip(media).map(|(random_id, media)| AlbumItem {
        text: format!("m{random_id}"),
        entities: Vec::new(),
        random_id: *random_id,
        media,
    });
    let mut items: Vec<AlbumItem> = items.collect();
    let (reply, flags, clear_draft) = (None, Flags::default(), false);
    match items.pop() {
        Some(AlbumItem { text, entities, random_id, media }) if items.is_empty() => {
            let media = Some(media);
            let outgoing = Outgoing { peer, text, entities, random_id, reply, flags, media, clear_draft };
            Ok(vec![platform.send_in_turn(turn, actor, outgoing).await?])
        }
        last => {
            items.extend(last);
            platform.send_album_in_turn(turn, actor, Album { peer, items, reply, flags, clear_draft }).await
        }
    }
}

async fn upload(platform: &Platform, actor: Actor, random_id: i64) -> Result<Media, PlatformError> {
    let bytes = Bytes::from(content(random_id));
    platform.save_part(actor.user, PartOf { file_id: random_id, part: 0, total: None, bytes }).await?;
    let new = NewDocument {
        file: UploadedFile { file_id: random_id, parts: 1, md5: None, big: false },
        thumb: None,
        mime: "text/plain".to_owned(),
        attributes: Vec::new(),
        is_plain_file: true,
        is_silent_video: false,
    };
    let document = platform.create_document(actor.user, new).await?;
    Ok(Media::Document { document, spoiler: false })
}
