//! `messages.search`: looks through one conversation, or through all with an empty peer.

use tl::functions::messages::Search;
use tl::{RemoteCall, enums};

use super::common;
use crate::{Context, RpcError};
use platform::messages::{Kind, Search as Query};

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: Search) -> Result<<Search as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = match &request.peer {
        enums::InputPeer::Empty => None,
        peer => Some(cx.input_peer(peer).await?),
    };
    let from = match &request.from_id {
        Some(from) => Some(cx.input_peer(from).await?),
        None => None,
    };
    let saved_peer = match &request.saved_peer_id {
        Some(saved) => Some(cx.input_peer(saved).await?),
        None => None,
    };
    let window =
        common::window((request.offset_id, 0), (request.add_offset, request.limit), (request.max_id, request.min_id));
    let search = Query {
        peer,
        query: request.q,
        kind: kind(&request.filter),
        from,
        saved_peer,
        min_date: request.min_date,
        max_date: request.max_date,
        window,
    };
    let page = cx.platform().search(user, &search).await?;
    common::page(cx, user, &page, request.hash).await
}

/// The kind of message a filter means. Calls, polls and pictures of groups come with their own issues.
pub fn kind(filter: &enums::MessagesFilter) -> Kind {
    use enums::MessagesFilter as F;
    match filter {
        F::InputMessagesFilterEmpty => Kind::Any,
        F::InputMessagesFilterPinned => Kind::Pinned,
        F::InputMessagesFilterUrl => Kind::Url,
        F::InputMessagesFilterContacts => Kind::Contacts,
        F::InputMessagesFilterGeo => Kind::Geo,
        F::InputMessagesFilterMyMentions => Kind::Mentions,
        F::InputMessagesFilterPhotos => Kind::Photos,
        F::InputMessagesFilterVideo => Kind::Video,
        F::InputMessagesFilterPhotoVideo => Kind::PhotoVideo,
        F::InputMessagesFilterDocument => Kind::Document,
        F::InputMessagesFilterGif => Kind::Gif,
        F::InputMessagesFilterVoice => Kind::Voice,
        F::InputMessagesFilterMusic => Kind::Music,
        F::InputMessagesFilterRoundVideo => Kind::RoundVideo,
        F::InputMessagesFilterRoundVoice => Kind::RoundVoice,
        _ => Kind::Absent,
    }
}
