//! Which methods are answered by nothing in its proper form, and what that form is.

use tl::sample;
use tl::schema::{self, Definition};

use super::{Make, shapes};
use crate::Context;

/// Answered by the emptiest result of their type: empty lists, zeros, `…Empty`.
const LISTS: &[&str] = &[
    "account.getAllSecureValues",
    "account.getBusinessChatLinks",
    "account.getChannelDefaultEmojiStatuses",
    "account.getChannelRestrictedStatusEmojis",
    "account.getChatThemes",
    "account.getCollectibleEmojiStatuses",
    "account.getConnectedBots",
    "account.getDefaultBackgroundEmojis",
    "account.getDefaultEmojiStatuses",
    "account.getDefaultGroupPhotoEmojis",
    "account.getDefaultProfilePhotoEmojis",
    "account.getMultiWallPapers",
    "account.getPaidMessagesRevenue",
    "account.getPasskeys",
    "account.getRecentEmojiStatuses",
    "account.getSavedMusicIds",
    "account.getSavedRingtones",
    "account.getSecureValue",
    "account.getThemes",
    "account.getUniqueGiftChatThemes",
    "account.getWebAuthorizations",
    "account.getWebBrowserSettings",
    "aicompose.getTones",
    "bots.canSendMessage",
    "bots.getAdminedBots",
    "bots.getBotCommands",
    "bots.getBotRecommendations",
    "bots.getPopularAppBots",
    "bots.getPreviewMedias",
    "channels.getAdminedPublicChannels",
    "channels.getChannelRecommendations",
    "channels.getChannels",
    "channels.getGroupsForDiscussion",
    "channels.getInactiveChannels",
    "channels.getLeftChannels",
    "channels.getSendAs",
    "chatlists.getLeaveChatlistSuggestions",
    "communities.getJoinedCommunities",
    "contacts.getSponsoredPeers",
    "help.getCdnConfig",
    "help.getRecentMeUrls",
    "help.getUserInfo",
    "messages.getAllStickers",
    "messages.getArchivedStickers",
    "messages.getAttachMenuBots",
    "messages.getAttachedStickers",
    "messages.getAvailableEffects",
    "messages.getAvailableReactions",
    "messages.getCustomEmojiDocuments",
    "messages.getDefaultHistoryTTL",
    "messages.getDefaultTagReactions",
    "messages.getEmojiGameInfo",
    "messages.getEmojiGroups",
    "messages.getEmojiProfilePhotoGroups",
    "messages.getEmojiStatusGroups",
    "messages.getEmojiStickerGroups",
    "messages.getEmojiStickers",
    "messages.getFavedStickers",
    "messages.getFeaturedEmojiStickers",
    "messages.getFeaturedStickers",
    "messages.getMaskStickers",
    "messages.getMessageReactionsList",
    "messages.getMyStickers",
    "messages.getOldFeaturedStickers",
    "messages.getQuickReplies",
    "messages.getRecentLocations",
    "messages.getRecentReactions",
    "messages.getRecentStickers",
    "messages.getSavedGifs",
    "messages.getSavedReactionTags",
    "messages.getScheduledHistory",
    "messages.getScheduledMessages",
    "messages.getSplitRanges",
    "messages.getSponsoredMessages",
    "messages.getStickers",
    "messages.getSuggestedDialogFilters",
    "messages.getTopReactions",
    "messages.getUnreadPollVotes",
    "messages.getUnreadReactions",
    "messages.getWebPage",
    "messages.getWebPagePreview",
    "messages.readPollVotes",
    "messages.receivedMessages",
    "messages.receivedQueue",
    "messages.searchCustomEmoji",
    "messages.searchEmojiStickerSets",
    "messages.searchStickerSets",
    "messages.searchStickers",
    "payments.getConnectedStarRefBots",
    "payments.getPremiumGiftCodeOptions",
    "payments.getSavedInfo",
    "payments.getStarGiftActiveAuctions",
    "payments.getStarGiftCollections",
    "payments.getStarGifts",
    "payments.getStarsGiftOptions",
    "payments.getStarsGiveawayOptions",
    "payments.getStarsStatus",
    "payments.getStarsSubscriptions",
    "payments.getStarsTopupOptions",
    "payments.getStarsTransactions",
    "payments.getSuggestedStarRefBots",
    "phone.getGroupCallJoinAs",
    "premium.getMyBoosts",
    "stories.getAlbums",
    "stories.getAllStories",
    "stories.getChatsToSend",
    "stories.getPinnedStories",
    "stories.getStoriesArchive",
    "stories.getStoriesByID",
    "stories.readStories",
    "users.getSavedMusic",
    "users.getSavedMusicByID",
    "wallet.getState",
];

/// Answered by `boolTrue`: there is nothing to do, and it is done.
const NOTHING_TO_DO: &[&str] = &[
    "account.clearRecentEmojiStatuses",
    "account.deleteSecureValue",
    "account.resetWallPapers",
    "account.resetWebAuthorizations",
    "help.hidePromoData",
    "help.saveAppLog",
    "messages.clearRecentReactions",
    "messages.clearRecentStickers",
    "messages.clickSponsoredMessage",
    "messages.readFeaturedStickers",
    "messages.reportMessagesDelivery",
    "messages.reportMusicListen",
    "messages.reportReadMetrics",
    "messages.viewSponsoredMessage",
    "payments.clearSavedInfo",
    "stories.incrementStoryViews",
    "stories.toggleAllStoriesHidden",
];

/// Answered by updates that tell nothing.
const NO_UPDATES: &[&str] = &[
    "contacts.getLocated",
    "messages.getExtendedMedia",
    "messages.getMessagesReactions",
    "messages.getPaidReactionPrivacy",
    "stories.activateStealthMode",
    "stories.getAllReadPeerStories",
];

/// How a method is answered by nothing, if it is.
pub(super) fn find(function: &'static Definition) -> Option<Make> {
    let name = function.name;
    if let Some(make) = shapes::find(name) {
        return Some(make);
    }
    if LISTS.contains(&name) {
        return Some(nothing);
    }
    if NOTHING_TO_DO.contains(&name) {
        return Some(shapes::yes);
    }
    NO_UPDATES.contains(&name).then_some(shapes::no_updates)
}

/// The emptiest result of the asked function's type.
fn nothing(_cx: &Context<'_>, query: &[u8]) -> Option<Vec<u8>> {
    let (id, _) = query.split_first_chunk::<4>()?;
    sample::empty(schema::find(u32::from_le_bytes(*id))?.result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    #[test]
    fn every_name_is_a_method_without_a_handler() {
        let empty: Vec<&str> = crate::table::methods().filter(|row| row.1 == Status::Empty).map(|row| row.0).collect();
        for name in LISTS.iter().chain(NOTHING_TO_DO).chain(NO_UPDATES) {
            assert!(empty.contains(name), "{name} is no method, or has a handler of its own");
        }
    }

    #[test]
    fn every_name_stands_once_and_returns_what_its_list_says() {
        let kind = |name: &str| schema::named(schema::HOME_LAYER, name).map(|function| function.result);
        for name in NOTHING_TO_DO.iter() {
            assert_eq!(kind(name), Some(schema::Kind::Bool), "{name}");
        }
        for name in NO_UPDATES.iter() {
            assert_eq!(kind(name), kind("messages.sendMessage"), "{name}");
        }
        for name in LISTS {
            assert!(!NOTHING_TO_DO.contains(name) && !NO_UPDATES.contains(name), "{name} stands twice");
        }
    }
}
