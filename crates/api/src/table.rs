//! The one table of methods: which request is answered by which handler, in which class of service.
//!
//! A row `real messages::SendMessage => messages::send_message, class C1;` names the request type, the module under
//! `methods/` whose `handle` answers it, and its class of admission. `anyone` at the end means that no sign-in is needed.

use std::collections::HashMap;
use std::sync::LazyLock;

use tl::Identifiable;
use tl::schema::{self, Definition};

use crate::answers::{self, Answer};
use crate::dispatch::Invoke;

/// Who is served first when there is not enough for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Resuming sessions.
    C0,
    /// Sending, receiving and catching up of signed-in people; and finishing a sign-in: whoever has been given a code, or has
    /// shown otherwise who they are, is carried to the end, since refusing the second half would waste the first.
    C1,
    /// Beginning to sign in or up.
    C2,
    /// History, search, media, imports, news about newcomers.
    C3,
}

/// How a method is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// By a handler of its own.
    Real,
    /// By a well-formed empty result.
    Empty,
    /// By a documented error.
    Refused,
}

/// A row of the table: a method answered by a handler.
pub(crate) struct Row {
    /// The constructor of the request.
    id: u32,
    /// When it is served.
    class: Class,
    /// Whether it needs no sign-in.
    anyone: bool,
    /// Decode, handle, serialise.
    invoke: Invoke,
}

/// A method of the home layer as the dispatcher needs it.
pub(crate) struct Method {
    /// `messages.sendMessage`.
    pub name: &'static str,
    /// Its constructor.
    pub id: u32,
    /// When it is served.
    pub class: Class,
    /// Whether it needs no sign-in.
    pub anyone: bool,
    /// What answers it.
    pub handler: Handler,
}

/// What answers a method.
pub(crate) enum Handler {
    /// A handler of its own.
    Real(Invoke),
    /// No handler: a well-formed nothing, or a documented error.
    Answer(Answer),
}

impl Method {
    fn of_row(function: &'static Definition, row: &Row) -> Self {
        let Row { class, anyone, invoke, .. } = *row;
        Self { name: function.name, id: function.id, class, anyone, handler: Handler::Real(invoke) }
    }

    fn without_row(function: &'static Definition) -> Self {
        let anyone = answers::is_for_anyone(function.name);
        let handler = Handler::Answer(answers::answer(function));
        Self { name: function.name, id: function.id, class: Class::C3, anyone, handler }
    }

    fn status(&self) -> Status {
        match self.handler {
            Handler::Real(_) => Status::Real,
            Handler::Answer(Answer::Empty(_)) => Status::Empty,
            Handler::Answer(Answer::Refused(_)) => Status::Refused,
        }
    }
}

/// Every method of the home layer, by its number.
static METHODS: LazyLock<HashMap<u32, Method>> = LazyLock::new(|| {
    let rows: HashMap<u32, &Row> = ROWS.iter().map(|row| (row.id, row)).collect();
    let method = |function: &'static Definition| match rows.get(&function.id) {
        Some(row) => Method::of_row(function, row),
        None => Method::without_row(function),
    };
    schema::functions().map(|function| (function.id, method(function))).collect()
});

/// Wrappers around queries: taken off before the table is asked, and so answered by what they do.
const WRAPPERS: [&str; 2] = ["invoke", "initConnection"];

/// Every method of the home layer and how it is answered, by name.
pub fn methods() -> impl Iterator<Item = (&'static str, Status)> {
    let is_wrapper = |name: &str| WRAPPERS.iter().any(|wrapper| name.starts_with(wrapper));
    let status = move |method: &Method| if is_wrapper(method.name) { Status::Real } else { method.status() };
    let mut list: Vec<_> = METHODS.values().map(|method| (method.name, status(method))).collect();
    list.sort_unstable();
    list.into_iter()
}

/// A method of the home layer.
pub(crate) fn find(id: u32) -> Option<&'static Method> {
    METHODS.get(&id)
}

macro_rules! flag {
    () => {
        false
    };
    (anyone) => {
        true
    };
}

macro_rules! table {
    ($(real $($request:ident)::+ => $($module:ident)::+, class $class:ident $(, $anyone:ident)?;)*) => {
        /// Methods with a handler of their own.
        static ROWS: &[Row] = &[$(Row {
            id: tl::functions::$($request)::+::CONSTRUCTOR_ID,
            class: Class::$class,
            anyone: flag!($($anyone)?),
            invoke: |context, body| Box::pin(async move {
                let request = crate::dispatch::decode::<tl::functions::$($request)::+>(body)?;
                let answer = crate::methods::$($module)::+::handle(context, request).await?;
                Ok(crate::dispatch::encode(&answer))
            }),
        }),*];
    };
}

table! {
    real auth::AcceptLoginToken => auth::accept_login_token, class C1;
    real auth::BindTempAuthKey => auth::bind_temp_auth_key, class C0, anyone;
    real auth::CancelCode => auth::cancel_code, class C2, anyone;
    real auth::CheckPassword => auth::check_password, class C1, anyone;
    real auth::CheckRecoveryPassword => auth::check_recovery_password, class C1, anyone;
    real auth::DropTempAuthKeys => auth::drop_temp_auth_keys, class C2, anyone;
    real auth::ExportAuthorization => auth::export_authorization, class C2;
    real auth::ExportLoginToken => auth::export_login_token, class C2, anyone;
    real auth::ImportAuthorization => auth::import_authorization, class C1, anyone;
    real auth::ImportBotAuthorization => auth::import_bot_authorization, class C2, anyone;
    real auth::ImportLoginToken => auth::import_login_token, class C1, anyone;
    real auth::LogOut => auth::log_out, class C2, anyone;
    real auth::RecoverPassword => auth::recover_password, class C1, anyone;
    real auth::ReportMissingCode => auth::report_missing_code, class C2, anyone;
    real auth::RequestPasswordRecovery => auth::request_password_recovery, class C2, anyone;
    real auth::ResendCode => auth::resend_code, class C1, anyone;
    real auth::ResetAuthorizations => auth::reset_authorizations, class C2;
    real auth::SendCode => auth::send_code, class C2, anyone;
    real auth::SignIn => auth::sign_in, class C1, anyone;
    real auth::SignUp => auth::sign_up, class C1, anyone;

    real account::CancelPasswordEmail => account::cancel_password_email, class C1;
    real account::ChangeAuthorizationSettings => account::change_authorization_settings, class C1;
    real account::ChangePhone => account::change_phone, class C1;
    real account::CheckUsername => account::check_username, class C1;
    real account::ConfirmPasswordEmail => account::confirm_password_email, class C1;
    real account::DeclinePasswordReset => account::decline_password_reset, class C1;
    real account::DeleteAccount => account::delete_account, class C3;
    real account::DeleteAutoSaveExceptions => account::delete_auto_save_exceptions, class C1;
    real account::GetAccountTtl => account::get_account_ttl, class C1;
    real account::GetAuthorizations => account::get_authorizations, class C1;
    real account::GetAutoDownloadSettings => account::get_auto_download_settings, class C1;
    real account::GetAutoSaveSettings => account::get_auto_save_settings, class C1;
    real account::GetContactSignUpNotification => account::get_contact_sign_up_notification, class C1;
    real account::GetContentSettings => account::get_content_settings, class C1;
    real account::GetGlobalPrivacySettings => account::get_global_privacy_settings, class C1;
    real account::GetNotifyExceptions => account::get_notify_exceptions, class C3;
    real account::GetNotifySettings => account::get_notify_settings, class C1;
    real account::GetPassword => account::get_password, class C1, anyone;
    real account::GetPasswordSettings => account::get_password_settings, class C1;
    real account::GetPrivacy => account::get_privacy, class C1;
    real account::GetReactionsNotifySettings => account::get_reactions_notify_settings, class C1;
    real account::GetTmpPassword => account::get_tmp_password, class C1;
    real account::GetWallPaper => account::get_wall_paper, class C3;
    real account::GetWallPapers => account::get_wall_papers, class C3;
    real account::InvalidateSignInCodes => account::invalidate_sign_in_codes, class C1;
    real account::RegisterDevice => account::register_device, class C1;
    real account::ReportPeer => account::report_peer, class C3;
    real account::ReportProfilePhoto => account::report_profile_photo, class C3;
    real account::ResendPasswordEmail => account::resend_password_email, class C1;
    real account::ResetAuthorization => account::reset_authorization, class C1;
    real account::ResetNotifySettings => account::reset_notify_settings, class C1;
    real account::ResetPassword => account::reset_password, class C1;
    real account::SaveAutoDownloadSettings => account::save_auto_download_settings, class C1;
    real account::SaveAutoSaveSettings => account::save_auto_save_settings, class C1;
    real account::SendChangePhoneCode => account::send_change_phone_code, class C1;
    real account::SetAccountTtl => account::set_account_ttl, class C1;
    real account::SetAuthorizationTtl => account::set_authorization_ttl, class C1;
    real account::SetContactSignUpNotification => account::set_contact_sign_up_notification, class C1;
    real account::SetContentSettings => account::set_content_settings, class C1;
    real account::SetGlobalPrivacySettings => account::set_global_privacy_settings, class C1;
    real account::SetPrivacy => account::set_privacy, class C1;
    real account::SetReactionsNotifySettings => account::set_reactions_notify_settings, class C1;
    real account::UnregisterDevice => account::unregister_device, class C1;
    real account::UpdateBirthday => account::update_birthday, class C1;
    real account::UpdateDeviceLocked => account::update_device_locked, class C1;
    real account::UpdateNotifySettings => account::update_notify_settings, class C1;
    real account::UpdatePasswordSettings => account::update_password_settings, class C1;
    real account::UpdateProfile => account::update_profile, class C1;
    real account::UpdateStatus => account::update_status, class C1;
    real account::UpdateUsername => account::update_username, class C1;

    real bots::SendCustomRequest => bots::send_custom_request, class C2, anyone;

    real users::GetFullUser => users::get_full_user, class C1;
    real users::GetRequirementsToContact => users::get_requirements_to_contact, class C1;
    real users::GetUsers => users::get_users, class C1;

    real contacts::AcceptContact => contacts::accept_contact, class C1;
    real contacts::AddContact => contacts::add_contact, class C1;
    real contacts::Block => contacts::block, class C1;
    real contacts::DeleteByPhones => contacts::delete_by_phones, class C1;
    real contacts::DeleteContacts => contacts::delete_contacts, class C1;
    real contacts::EditCloseFriends => contacts::edit_close_friends, class C1;
    real contacts::ExportContactToken => contacts::export_contact_token, class C1;
    real contacts::GetBirthdays => contacts::get_birthdays, class C3;
    real contacts::GetBlocked => contacts::get_blocked, class C1;
    real contacts::GetContactIds => contacts::get_contact_ids, class C1;
    real contacts::GetContacts => contacts::get_contacts, class C1;
    real contacts::GetSaved => contacts::get_saved, class C1;
    real contacts::GetStatuses => contacts::get_statuses, class C1;
    real contacts::GetTopPeers => contacts::get_top_peers, class C3;
    real contacts::ImportContactToken => contacts::import_contact_token, class C1;
    real contacts::ImportContacts => contacts::import_contacts, class C3;
    real contacts::ResetSaved => contacts::reset_saved, class C1;
    real contacts::ResetTopPeerRating => contacts::reset_top_peer_rating, class C1;
    real contacts::ResolvePhone => contacts::resolve_phone, class C1;
    real contacts::ResolveUsername => contacts::resolve_username, class C1;
    real contacts::Search => contacts::search, class C3;
    real contacts::SetBlocked => contacts::set_blocked, class C1;
    real contacts::ToggleTopPeers => contacts::toggle_top_peers, class C1;
    real contacts::Unblock => contacts::unblock, class C1;
    real contacts::UpdateContactNote => contacts::update_contact_note, class C1;

    real upload::GetFile => upload::get_file, class C3;
    real upload::GetFileHashes => upload::get_file_hashes, class C3;
    real upload::SaveBigFilePart => upload::save_big_file_part, class C3;
    real upload::SaveFilePart => upload::save_file_part, class C3;

    real photos::DeletePhotos => photos::delete_photos, class C1;
    real photos::GetUserPhotos => photos::get_user_photos, class C3;
    real photos::UpdateProfilePhoto => photos::update_profile_photo, class C1;
    real photos::UploadProfilePhoto => photos::upload_profile_photo, class C3;

    real messages::AddChatUser => messages::add_chat_user, class C1;
    real messages::CheckChatInvite => messages::check_chat_invite, class C1;
    real messages::ClearAllDrafts => messages::clear_all_drafts, class C3;
    real messages::CreateChat => messages::create_chat, class C1;
    real messages::DeleteChat => messages::delete_chat, class C3;
    real messages::DeleteChatUser => messages::delete_chat_user, class C1;
    real messages::DeleteExportedChatInvite => messages::delete_exported_chat_invite, class C3;
    real messages::DeleteHistory => messages::delete_history, class C3;
    real messages::DeleteMessages => messages::delete_messages, class C1;
    real messages::DeleteRevokedExportedChatInvites => messages::delete_revoked_exported_chat_invites, class C3;
    real messages::DeleteSavedHistory => messages::delete_saved_history, class C3;
    real messages::EditChatAbout => messages::edit_chat_about, class C1;
    real messages::EditChatAdmin => messages::edit_chat_admin, class C1;
    real messages::EditChatDefaultBannedRights => messages::edit_chat_default_banned_rights, class C1;
    real messages::EditChatPhoto => messages::edit_chat_photo, class C3;
    real messages::EditChatTitle => messages::edit_chat_title, class C1;
    real messages::EditExportedChatInvite => messages::edit_exported_chat_invite, class C3;
    real messages::EditMessage => messages::edit_message, class C1;
    real messages::ExportChatInvite => messages::export_chat_invite, class C3;
    real messages::ForwardMessages => messages::forward_messages, class C1;
    real messages::GetAdminsWithInvites => messages::get_admins_with_invites, class C3;
    real messages::GetAllDrafts => messages::get_all_drafts, class C3;
    real messages::GetChatInviteImporters => messages::get_chat_invite_importers, class C3;
    real messages::GetChats => messages::get_chats, class C1;
    real messages::GetCommonChats => messages::get_common_chats, class C3;
    real messages::GetDhConfig => messages::get_dh_config, class C3;
    real messages::GetDialogFilters => messages::get_dialog_filters, class C3;
    real messages::GetDialogUnreadMarks => messages::get_dialog_unread_marks, class C3;
    real messages::GetDialogs => messages::get_dialogs, class C1;
    real messages::GetEmojiKeywords => messages::get_emoji_keywords, class C3;
    real messages::GetEmojiKeywordsDifference => messages::get_emoji_keywords_difference, class C3;
    real messages::GetEmojiKeywordsLanguages => messages::get_emoji_keywords_languages, class C3;
    real messages::GetExportedChatInvite => messages::get_exported_chat_invite, class C3;
    real messages::GetExportedChatInvites => messages::get_exported_chat_invites, class C3;
    real messages::GetFullChat => messages::get_full_chat, class C1;
    real messages::GetHistory => messages::get_history, class C3;
    real messages::GetMessageEditData => messages::get_message_edit_data, class C3;
    real messages::GetMessageReadParticipants => messages::get_message_read_participants, class C3;
    real messages::GetMessages => messages::get_messages, class C1;
    real messages::GetMessagesViews => messages::get_messages_views, class C3;
    real messages::GetOnlines => messages::get_onlines, class C3;
    real messages::GetOutboxReadDate => messages::get_outbox_read_date, class C3;
    real messages::GetPeerDialogs => messages::get_peer_dialogs, class C1;
    real messages::GetPeerSettings => messages::get_peer_settings, class C3;
    real messages::GetPinnedDialogs => messages::get_pinned_dialogs, class C1;
    real messages::GetPinnedSavedDialogs => messages::get_pinned_saved_dialogs, class C3;
    real messages::GetSavedDialogs => messages::get_saved_dialogs, class C3;
    real messages::GetSavedDialogsById => messages::get_saved_dialogs_by_id, class C3;
    real messages::GetSavedHistory => messages::get_saved_history, class C3;
    real messages::GetSearchCounters => messages::get_search_counters, class C3;
    real messages::GetSearchResultsCalendar => messages::get_search_results_calendar, class C3;
    real messages::GetSearchResultsPositions => messages::get_search_results_positions, class C3;
    real messages::GetStickerSet => messages::get_sticker_set, class C3;
    real messages::GetUnreadMentions => messages::get_unread_mentions, class C3;
    real messages::HidePeerSettingsBar => messages::hide_peer_settings_bar, class C3;
    real messages::ImportChatInvite => messages::import_chat_invite, class C1;
    real messages::MarkDialogUnread => messages::mark_dialog_unread, class C1;
    real messages::ReadHistory => messages::read_history, class C1;
    real messages::ReadMentions => messages::read_mentions, class C3;
    real messages::ReadMessageContents => messages::read_message_contents, class C1;
    real messages::ReadReactions => messages::read_reactions, class C3;
    real messages::ReorderPinnedDialogs => messages::reorder_pinned_dialogs, class C1;
    real messages::ReorderPinnedSavedDialogs => messages::reorder_pinned_saved_dialogs, class C3;
    real messages::Report => messages::report, class C3;
    real messages::ReportSpam => messages::report_spam, class C3;
    real messages::SaveDraft => messages::save_draft, class C1;
    real messages::Search => messages::search, class C3;
    real messages::SearchGlobal => messages::search_global, class C3;
    real messages::SearchSentMedia => messages::search_sent_media, class C3;
    real messages::SendMedia => messages::send_media, class C1;
    real messages::SendMessage => messages::send_message, class C1;
    real messages::SendMultiMedia => messages::send_multi_media, class C1;
    real messages::SetDefaultHistoryTtl => messages::set_default_history_ttl, class C3;
    real messages::SetDefaultReaction => messages::set_default_reaction, class C3;
    real messages::SetHistoryTtl => messages::set_history_ttl, class C3;
    real messages::SetTyping => messages::set_typing, class C1;
    real messages::ToggleDialogPin => messages::toggle_dialog_pin, class C1;
    real messages::TogglePeerTranslations => messages::toggle_peer_translations, class C3;
    real messages::ToggleSavedDialogPin => messages::toggle_saved_dialog_pin, class C3;
    real messages::UnpinAllMessages => messages::unpin_all_messages, class C3;
    real messages::UpdateDialogFilter => messages::update_dialog_filter, class C3;
    real messages::UpdateDialogFiltersOrder => messages::update_dialog_filters_order, class C3;
    real messages::UpdatePinnedMessage => messages::update_pinned_message, class C1;
    real messages::UploadMedia => messages::upload_media, class C1;

    real updates::GetChannelDifference => updates::get_channel_difference, class C1;
    real updates::GetDifference => updates::get_difference, class C1;
    real updates::GetState => updates::get_state, class C1;

    real folders::EditPeerFolders => folders::edit_peer_folders, class C3;

    real stories::GetPeerStories => stories::get_peer_stories, class C3;

    real help::AcceptTermsOfService => help::accept_terms_of_service, class C1, anyone;
    real help::DismissSuggestion => help::dismiss_suggestion, class C3;
    real help::GetAppConfig => help::get_app_config, class C2, anyone;
    real help::GetAppUpdate => help::get_app_update, class C3, anyone;
    real help::GetConfig => help::get_config, class C0, anyone;
    real help::GetCountriesList => help::get_countries_list, class C2, anyone;
    real help::GetDeepLinkInfo => help::get_deep_link_info, class C3, anyone;
    real help::GetInviteText => help::get_invite_text, class C3;
    real help::GetNearestDc => help::get_nearest_dc, class C2, anyone;
    real help::GetPassportConfig => help::get_passport_config, class C3;
    real help::GetPeerColors => help::get_peer_colors, class C3, anyone;
    real help::GetPeerProfileColors => help::get_peer_profile_colors, class C3, anyone;
    real help::GetPremiumPromo => help::get_premium_promo, class C3;
    real help::GetPromoData => help::get_promo_data, class C3;
    real help::GetSupport => help::get_support, class C3;
    real help::GetSupportName => help::get_support_name, class C3;
    real help::GetTermsOfServiceUpdate => help::get_terms_of_service_update, class C3;
    real help::GetTimezonesList => help::get_timezones_list, class C3, anyone;

    real langpack::GetDifference => langpack::get_difference, class C3, anyone;
    real langpack::GetLangPack => langpack::get_lang_pack, class C3, anyone;
    real langpack::GetLanguage => langpack::get_language, class C3, anyone;
    real langpack::GetLanguages => langpack::get_languages, class C3, anyone;
    real langpack::GetStrings => langpack::get_strings, class C3, anyone;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tl::functions::{auth, messages};

    #[test]
    fn whoever_has_a_code_is_carried_to_the_end() {
        let class = |id| find(id).expect("a method").class;
        assert_eq!(class(auth::SendCode::CONSTRUCTOR_ID), Class::C2);
        for second_half in
            [auth::SignIn::CONSTRUCTOR_ID, auth::SignUp::CONSTRUCTOR_ID, auth::CheckPassword::CONSTRUCTOR_ID]
        {
            assert_eq!(class(second_half), class(messages::SendMessage::CONSTRUCTOR_ID));
        }
    }
}
