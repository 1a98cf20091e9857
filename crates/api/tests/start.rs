//! What clients call at their first start, and while two people write to each other: none of it may be refused as a whole.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use api::Status;

/// Calls of TDLib, Telegram Desktop, the web clients, GramJS, Pyrogram, Kurigram, Telethon, mtcute and grammers before the
/// list of chats is there, and right after.
const AT_START: &str = "
help.getConfig help.getAppConfig help.getNearestDc help.getCountriesList help.getAppUpdate help.getInviteText
help.getCdnConfig help.getSupport help.getTermsOfServiceUpdate help.acceptTermsOfService help.getPromoData
help.getPeerColors help.getPeerProfileColors help.getTimezonesList help.getPremiumPromo help.dismissSuggestion
help.getRecentMeUrls help.getDeepLinkInfo help.saveAppLog help.getPassportConfig
langpack.getLanguages langpack.getLangPack langpack.getStrings langpack.getDifference langpack.getLanguage
auth.sendCode auth.resendCode auth.cancelCode auth.signIn auth.signUp auth.checkPassword auth.logOut auth.bindTempAuthKey
auth.exportLoginToken auth.importLoginToken auth.acceptLoginToken auth.exportAuthorization auth.importAuthorization
auth.requestPasswordRecovery auth.recoverPassword auth.checkRecoveryPassword
account.getPassword account.updatePasswordSettings account.getPasswordSettings account.resetPassword
account.getAuthorizations account.getWebAuthorizations account.getPrivacy account.getAccountTTL account.updateStatus
account.getNotifySettings account.getNotifyExceptions account.updateNotifySettings account.getReactionsNotifySettings
account.setReactionsNotifySettings account.getThemes account.getChatThemes account.getWallPapers
account.getContentSettings account.getGlobalPrivacySettings account.getDefaultEmojiStatuses
account.getRecentEmojiStatuses account.getDefaultProfilePhotoEmojis account.getDefaultGroupPhotoEmojis
account.getDefaultBackgroundEmojis account.getCollectibleEmojiStatuses account.getSavedRingtones
account.getAutoDownloadSettings account.saveAutoDownloadSettings account.getAutoSaveSettings
account.saveAutoSaveSettings account.getContactSignUpNotification account.registerDevice account.unregisterDevice
account.updateDeviceLocked account.getConnectedBots account.getBusinessChatLinks account.getPasskeys
account.getSavedMusicIds account.getUniqueGiftChatThemes account.getWebBrowserSettings
contacts.getContacts contacts.getStatuses contacts.getTopPeers contacts.getBlocked contacts.getSaved
contacts.getBirthdays contacts.getSponsoredPeers
messages.getDialogs messages.getPinnedDialogs messages.getDialogFilters messages.getSuggestedDialogFilters
messages.getPeerDialogs messages.getAllDrafts messages.getDialogUnreadMarks messages.getSavedDialogs
messages.getPinnedSavedDialogs messages.getAvailableReactions messages.getTopReactions messages.getRecentReactions
messages.getDefaultTagReactions messages.getSavedReactionTags messages.getAvailableEffects messages.getAllStickers
messages.getMaskStickers messages.getEmojiStickers messages.getFeaturedStickers messages.getFeaturedEmojiStickers
messages.getRecentStickers messages.getFavedStickers messages.getArchivedStickers messages.getStickerSet
messages.getStickers messages.getCustomEmojiDocuments messages.getSavedGifs messages.getEmojiKeywords
messages.getEmojiKeywordsDifference messages.getEmojiKeywordsLanguages messages.getEmojiGroups
messages.getEmojiStatusGroups messages.getEmojiProfilePhotoGroups messages.getEmojiStickerGroups
messages.getAttachMenuBots messages.getQuickReplies messages.getDefaultHistoryTTL messages.getDhConfig
messages.getPaidReactionPrivacy messages.getEmojiGameInfo
stories.getAllStories stories.getAllReadPeerStories stories.getPeerStories stories.getPeerMaxIDs stories.getPinnedStories
payments.getStarsStatus payments.getStarGifts payments.getStarGiftActiveAuctions payments.getStarsTopupOptions
payments.getPremiumGiftCodeOptions payments.getSavedInfo
updates.getState updates.getDifference users.getUsers users.getFullUser photos.getUserPhotos
";

/// Calls of an ordinary conversation between two people.
const IN_A_CHAT: &str = "
messages.sendMessage messages.sendMedia messages.sendMultiMedia messages.editMessage messages.deleteMessages
messages.forwardMessages messages.getHistory messages.getMessages messages.search messages.searchGlobal
messages.getSearchCounters messages.getSearchResultsCalendar messages.getSearchResultsPositions
messages.readHistory messages.readMessageContents messages.readMentions messages.readReactions messages.setTyping
messages.saveDraft messages.clearAllDrafts messages.deleteHistory messages.markDialogUnread messages.toggleDialogPin
messages.reorderPinnedDialogs messages.updatePinnedMessage messages.unpinAllMessages messages.getPeerSettings
messages.hidePeerSettingsBar messages.reportSpam messages.report messages.getWebPagePreview messages.getWebPage
messages.getMessagesViews messages.getUnreadMentions messages.getUnreadReactions messages.getMessagesReactions
messages.getScheduledHistory messages.getCommonChats messages.getOutboxReadDate messages.getSponsoredMessages
messages.togglePeerTranslations messages.getMessageEditData messages.updateDialogFilter messages.setDefaultReaction
messages.uploadMedia messages.getOnlines messages.getFactCheck messages.getExtendedMedia messages.getSavedHistory
upload.saveFilePart upload.saveBigFilePart upload.getFile upload.getFileHashes
contacts.addContact contacts.importContacts contacts.deleteContacts contacts.acceptContact contacts.block
contacts.unblock contacts.search contacts.resolveUsername contacts.resolvePhone contacts.importContactToken
account.reportPeer account.invalidateSignInCodes account.getPaidMessagesRevenue account.updateProfile
account.updateUsername account.checkUsername account.setPrivacy account.deleteAccount
photos.uploadProfilePhoto photos.updateProfilePhoto photos.deletePhotos folders.editPeerFolders
users.getRequirementsToContact
";

#[test]
fn nothing_that_clients_count_on_is_refused() {
    let statuses: HashMap<&str, Status> = api::methods().collect();
    let status = |name: &str| statuses.get(name).copied();
    let wrong: Vec<_> = [AT_START, IN_A_CHAT]
        .iter()
        .flat_map(|list| list.split_whitespace())
        .map(|name| (name, status(name)))
        .filter(|(_, status)| !matches!(status, Some(Status::Real | Status::Empty)))
        .collect();
    assert!(wrong.is_empty(), "refused, or no methods at all: {wrong:?}");
}
