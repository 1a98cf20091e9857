//! What the platform refuses, as the documented pairs; and its troubles, as something clients wait for.

use std::sync::atomic::{AtomicU32, Ordering};

use platform::{PlatformError, Refusal};

use crate::RpcError;

/// Shortest and longest wait told when the store is in trouble, in seconds.
const TROUBLE_WAIT_SECONDS: (u32, u32) = (3, 12);

impl From<PlatformError> for RpcError {
    fn from(error: PlatformError) -> Self {
        match error {
            PlatformError::Refused(refusal) => refusal.into(),
            trouble => {
                tracing::warn!(error = %trouble, "a call failed below the platform");
                Self::flood_wait(next_wait())
            }
        }
    }
}

/// Spreads those who meet the same trouble, so that they do not come back together (DESIGN §6: never a 500).
fn next_wait() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (shortest, longest) = TROUBLE_WAIT_SECONDS;
    shortest + COUNT.fetch_add(7, Ordering::Relaxed) % (longest - shortest + 1)
}

impl From<Refusal> for RpcError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::FloodWait(seconds) => Self::flood_wait(seconds),
            Refusal::FilePartMissing(part) => Self::file_part_missing(part),
            Refusal::EmailUnconfirmed(digits) => Self::email_unconfirmed(digits),
            refusal => {
                let (code, name) = documented(refusal);
                Self::new(code, name)
            }
        }
    }
}

macro_rules! table {
    ($($refusal:ident => $code:literal $name:ident;)*) => {
        /// The documented pair of a refusal.
        fn documented(refusal: Refusal) -> (i32, &'static str) {
            match refusal {
                Refusal::FloodWait(_) => (420, "FLOOD_WAIT_1"),
                Refusal::FilePartMissing(_) => (400, "FILE_PART_0_MISSING"),
                Refusal::EmailUnconfirmed(_) => (400, "EMAIL_UNCONFIRMED"),
                $(Refusal::$refusal => ($code, stringify!($name)),)*
            }
        }
    };
}

table! {
    AdminRequired => 403 ADMIN_REQUIRED;
    FreshSignInRequired => 403 FRESH_SIGN_IN_REQUIRED;
    NotToOneself => 400 USER_ID_INVALID;
    PhoneNumberInvalid => 400 PHONE_NUMBER_INVALID;
    PhoneNumberBanned => 400 PHONE_NUMBER_BANNED;
    PhoneNumberOccupied => 400 PHONE_NUMBER_OCCUPIED;
    PhoneNumberUnoccupied => 400 PHONE_NUMBER_UNOCCUPIED;
    SendCodeUnavailable => 406 SEND_CODE_UNAVAILABLE;
    PhoneCodeEmpty => 400 PHONE_CODE_EMPTY;
    PhoneCodeInvalid => 400 PHONE_CODE_INVALID;
    PhoneCodeExpired => 400 PHONE_CODE_EXPIRED;
    SessionPasswordNeeded => 401 SESSION_PASSWORD_NEEDED;
    PasswordHashInvalid => 400 PASSWORD_HASH_INVALID;
    PasswordEmpty => 400 PASSWORD_EMPTY;
    PasswordRecoveryNa => 400 PASSWORD_RECOVERY_NA;
    PasswordRecoveryExpired => 400 PASSWORD_RECOVERY_EXPIRED;
    SrpIdInvalid => 400 SRP_ID_INVALID;
    SrpAInvalid => 400 SRP_A_INVALID;
    SrpPasswordChanged => 400 SRP_PASSWORD_CHANGED;
    NewSaltInvalid => 400 NEW_SALT_INVALID;
    NewSettingsInvalid => 400 NEW_SETTINGS_INVALID;
    NewSettingsEmpty => 400 NEW_SETTINGS_EMPTY;
    EmailInvalid => 400 EMAIL_INVALID;
    EmailHashExpired => 400 EMAIL_HASH_EXPIRED;
    CodeInvalid => 400 CODE_INVALID;
    CodeEmpty => 400 CODE_EMPTY;
    RecoveryCodeInvalid => 400 RECOVERY_CODE_INVALID;
    ChallengeInvalid => 400 CHALLENGE_INVALID;
    ChallengeExpired => 400 CHALLENGE_EXPIRED;
    InviteInvalid => 400 INVITE_INVALID;
    InvitesForbidden => 403 INVITES_FORBIDDEN;
    DoorNumbersForbidden => 403 DOOR_NUMBERS_FORBIDDEN;
    ResetRequestMissing => 400 RESET_REQUEST_MISSING;
    TmpPasswordDisabled => 400 TMP_PASSWORD_DISABLED;
    UserDeactivated => 400 INPUT_USER_DEACTIVATED;
    UserDeactivatedBan => 401 USER_DEACTIVATED_BAN;
    UserIdInvalid => 400 USER_ID_INVALID;
    PeerIdInvalid => 400 PEER_ID_INVALID;
    ContactIdInvalid => 400 CONTACT_ID_INVALID;
    ContactNameEmpty => 400 CONTACT_NAME_EMPTY;
    FirstNameInvalid => 400 FIRSTNAME_INVALID;
    LastNameInvalid => 400 LASTNAME_INVALID;
    AboutTooLong => 400 ABOUT_TOO_LONG;
    UsernameInvalid => 400 USERNAME_INVALID;
    UsernameOccupied => 400 USERNAME_OCCUPIED;
    UsernameNotModified => 400 USERNAME_NOT_MODIFIED;
    UsernameNotOccupied => 400 USERNAME_NOT_OCCUPIED;
    PrivacyTooLong => 400 PRIVACY_TOO_LONG;
    TtlDaysInvalid => 400 TTL_DAYS_INVALID;
    HashInvalid => 400 HASH_INVALID;
    TempAuthKeyEmpty => 400 TEMP_AUTH_KEY_EMPTY;
    TempAuthKeyAlreadyBound => 400 TEMP_AUTH_KEY_ALREADY_BOUND;
    ExpiresAtInvalid => 400 EXPIRES_AT_INVALID;
    AuthBytesInvalid => 400 AUTH_BYTES_INVALID;
    AuthTokenInvalid => 400 AUTH_TOKEN_INVALID;
    AuthTokenExpired => 400 AUTH_TOKEN_EXPIRED;
    AuthTokenAlreadyAccepted => 400 AUTH_TOKEN_ALREADY_ACCEPTED;
    AuthKeyUnregistered => 401 AUTH_KEY_UNREGISTERED;
    MessageEmpty => 400 MESSAGE_EMPTY;
    MessageTooLong => 400 MESSAGE_TOO_LONG;
    MessageIdInvalid => 400 MESSAGE_ID_INVALID;
    ReplyMessageIdInvalid => 400 REPLY_MESSAGE_ID_INVALID;
    MessageNotModified => 400 MESSAGE_NOT_MODIFIED;
    MessageEditTimeExpired => 400 MESSAGE_EDIT_TIME_EXPIRED;
    MessageAuthorRequired => 403 MESSAGE_AUTHOR_REQUIRED;
    ChatForwardsRestricted => 400 CHAT_FORWARDS_RESTRICTED;
    EntityBoundsInvalid => 400 ENTITY_BOUNDS_INVALID;
    RandomIdDuplicate => 400 RANDOM_ID_DUPLICATE;
    RandomIdInvalid => 400 RANDOM_ID_INVALID;
    ChatIdInvalid => 400 CHAT_ID_INVALID;
    ChatWriteForbidden => 403 CHAT_WRITE_FORBIDDEN;
    ChatAdminRequired => 400 CHAT_ADMIN_REQUIRED;
    ChatTitleEmpty => 400 CHAT_TITLE_EMPTY;
    ChatAboutTooLong => 400 CHAT_ABOUT_TOO_LONG;
    ChatAboutNotModified => 400 CHAT_ABOUT_NOT_MODIFIED;
    ChatNotModified => 400 CHAT_NOT_MODIFIED;
    UsersTooMuch => 400 USERS_TOO_MUCH;
    UserAlreadyParticipant => 400 USER_ALREADY_PARTICIPANT;
    UserNotParticipant => 400 USER_NOT_PARTICIPANT;
    MessageDeleteForbidden => 403 MESSAGE_DELETE_FORBIDDEN;
    ChatSendPlainForbidden => 403 CHAT_SEND_PLAIN_FORBIDDEN;
    ChatSendMediaForbidden => 403 CHAT_SEND_MEDIA_FORBIDDEN;
    ChatSendPhotosForbidden => 403 CHAT_SEND_PHOTOS_FORBIDDEN;
    ChatSendVideosForbidden => 403 CHAT_SEND_VIDEOS_FORBIDDEN;
    ChatSendGifsForbidden => 403 CHAT_SEND_GIFS_FORBIDDEN;
    ChatSendStickersForbidden => 403 CHAT_SEND_STICKERS_FORBIDDEN;
    ChatSendVoicesForbidden => 403 CHAT_SEND_VOICES_FORBIDDEN;
    ChatSendRoundvideosForbidden => 403 CHAT_SEND_ROUNDVIDEOS_FORBIDDEN;
    ChatSendAudiosForbidden => 403 CHAT_SEND_AUDIOS_FORBIDDEN;
    ChatSendDocsForbidden => 403 CHAT_SEND_DOCS_FORBIDDEN;
    InviteHashInvalid => 400 INVITE_HASH_INVALID;
    InviteHashExpired => 400 INVITE_HASH_EXPIRED;
    UsageLimitInvalid => 400 USAGE_LIMIT_INVALID;
    ExpireDateInvalid => 400 EXPIRE_DATE_INVALID;
    InvitesTooMuch => 400 INVITES_TOO_MUCH;
    InviteRevokedMissing => 400 INVITE_REVOKED_MISSING;
    ChatTooBig => 400 CHAT_TOO_BIG;
    YouBlockedUser => 400 YOU_BLOCKED_USER;
    PinnedDialogsTooMuch => 400 PINNED_DIALOGS_TOO_MUCH;
    FolderIdInvalid => 400 FOLDER_ID_INVALID;
    FilterIdInvalid => 400 FILTER_ID_INVALID;
    FilterTitleEmpty => 400 FILTER_TITLE_EMPTY;
    FilterIncludeEmpty => 400 FILTER_INCLUDE_EMPTY;
    SearchQueryEmpty => 400 SEARCH_QUERY_EMPTY;
    MessageTooOld => 400 MESSAGE_TOO_OLD;
    MessageNotReadYet => 400 MESSAGE_NOT_READ_YET;
    LimitInvalid => 400 LIMIT_INVALID;
    FilePartInvalid => 400 FILE_PART_INVALID;
    FilePartsInvalid => 400 FILE_PARTS_INVALID;
    FilePartEmpty => 400 FILE_PART_EMPTY;
    FilePartTooBig => 400 FILE_PART_TOO_BIG;
    FilePartSizeInvalid => 400 FILE_PART_SIZE_INVALID;
    FilePartSizeChanged => 400 FILE_PART_SIZE_CHANGED;
    Md5ChecksumInvalid => 400 MD5_CHECKSUM_INVALID;
    FileTooBig => 400 FILE_PARTS_INVALID;
    StorageQuotaExceeded => 400 STORAGE_QUOTA_EXCEEDED;
    MediaInvalid => 400 MEDIA_INVALID;
    MediaEmpty => 400 MEDIA_EMPTY;
    MediaCaptionTooLong => 400 MEDIA_CAPTION_TOO_LONG;
    MediaPrevInvalid => 400 MEDIA_PREV_INVALID;
    MediaNewInvalid => 400 MEDIA_NEW_INVALID;
    MediaGroupedInvalid => 400 MEDIA_GROUPED_INVALID;
    MultiMediaTooLong => 400 MULTI_MEDIA_TOO_LONG;
    PhotoExtInvalid => 400 PHOTO_EXT_INVALID;
    PhotoInvalidDimensions => 400 PHOTO_INVALID_DIMENSIONS;
    ImageProcessFailed => 400 IMAGE_PROCESS_FAILED;
    PhotoSaveFileInvalid => 400 PHOTO_SAVE_FILE_INVALID;
    VideoContentTypeInvalid => 400 VIDEO_CONTENT_TYPE_INVALID;
    LocationInvalid => 400 LOCATION_INVALID;
    OffsetInvalid => 400 OFFSET_INVALID;
    PhotoIdInvalid => 400 PHOTO_ID_INVALID;
    FileReferenceEmpty => 400 FILE_REFERENCE_EMPTY;
    FileReferenceInvalid => 400 FILE_REFERENCE_INVALID;
    FileReferenceExpired => 400 FILE_REFERENCE_EXPIRED;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_a_wait_and_not_always_the_same() {
        let trouble = || PlatformError::Store(store::StoreError::Unavailable("full"));
        let (one, other) = (RpcError::from(trouble()), RpcError::from(trouble()));
        assert_eq!((one.code, other.code), (420, 420));
        assert_ne!(one.name, other.name);
    }
}
