//! `messages.getSearchResultsCalendar`: how many photos, videos or files each day has.

use tl::functions::messages::GetSearchResultsCalendar;
use tl::{RemoteCall, types};

use super::search::kind;
use crate::views::message::messages;
use crate::views::peers::Peers;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::{Day, Search};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSearchResultsCalendar,
) -> Result<<GetSearchResultsCalendar as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = Some(cx.input_peer(&request.peer).await?);
    let saved_peer = match &request.saved_peer_id {
        Some(saved) => Some(cx.input_peer(saved).await?),
        None => None,
    };
    let search = Search { peer, saved_peer, kind: kind(&request.filter), ..Search::default() };
    let (offset_id, offset_date) = (MsgId(request.offset_id), request.offset_date);
    let days = cx.platform().search_calendar(user, &search, offset_id, offset_date).await?;
    let mut peers = Peers::default();
    let messages = messages(cx.platform(), user, days.list.iter().map(|day| &day.newest), &mut peers);
    let (min_msg_id, min_date) = days.oldest.unwrap_or_default();
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    Ok(types::messages::SearchResultsCalendar {
        inexact: days.inexact,
        count: days.count,
        min_date,
        min_msg_id: min_msg_id.0,
        offset_id_offset: None,
        periods: days.list.iter().map(period).collect(),
        messages,
        chats,
        users,
    }
    .into())
}

fn period(day: &Day) -> tl::enums::SearchResultsCalendarPeriod {
    types::SearchResultsCalendarPeriod {
        date: day.date,
        min_msg_id: day.oldest.0,
        max_msg_id: day.newest.id.0,
        count: day.count,
    }
    .into()
}
