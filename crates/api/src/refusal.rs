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
        let (code, name) = match refusal {
            Refusal::FloodWait(seconds) => return Self::flood_wait(seconds),
            Refusal::PhoneNumberInvalid => (400, "PHONE_NUMBER_INVALID"),
            Refusal::PhoneNumberBanned => (400, "PHONE_NUMBER_BANNED"),
            Refusal::PhoneNumberOccupied => (400, "PHONE_NUMBER_OCCUPIED"),
            Refusal::PhoneNumberUnoccupied => (400, "PHONE_NUMBER_UNOCCUPIED"),
            Refusal::SendCodeUnavailable => (406, "SEND_CODE_UNAVAILABLE"),
            Refusal::PhoneCodeEmpty => (400, "PHONE_CODE_EMPTY"),
            Refusal::PhoneCodeInvalid => (400, "PHONE_CODE_INVALID"),
            Refusal::PhoneCodeExpired => (400, "PHONE_CODE_EXPIRED"),
            Refusal::UserDeactivated => (400, "INPUT_USER_DEACTIVATED"),
            Refusal::UserDeactivatedBan => (401, "USER_DEACTIVATED_BAN"),
            Refusal::UserIdInvalid => (400, "USER_ID_INVALID"),
            Refusal::PeerIdInvalid => (400, "PEER_ID_INVALID"),
            Refusal::ContactIdInvalid => (400, "CONTACT_ID_INVALID"),
            Refusal::ContactNameEmpty => (400, "CONTACT_NAME_EMPTY"),
            Refusal::FirstNameInvalid => (400, "FIRSTNAME_INVALID"),
            Refusal::LastNameInvalid => (400, "LASTNAME_INVALID"),
            Refusal::AboutTooLong => (400, "ABOUT_TOO_LONG"),
            Refusal::UsernameInvalid => (400, "USERNAME_INVALID"),
            Refusal::UsernameOccupied => (400, "USERNAME_OCCUPIED"),
            Refusal::UsernameNotModified => (400, "USERNAME_NOT_MODIFIED"),
            Refusal::UsernameNotOccupied => (400, "USERNAME_NOT_OCCUPIED"),
            Refusal::PrivacyTooLong => (400, "PRIVACY_TOO_LONG"),
            Refusal::TtlDaysInvalid => (400, "TTL_DAYS_INVALID"),
            Refusal::HashInvalid => (400, "HASH_INVALID"),
            Refusal::TempAuthKeyEmpty => (400, "TEMP_AUTH_KEY_EMPTY"),
            Refusal::TempAuthKeyAlreadyBound => (400, "TEMP_AUTH_KEY_ALREADY_BOUND"),
            Refusal::ExpiresAtInvalid => (400, "EXPIRES_AT_INVALID"),
            Refusal::AuthBytesInvalid => (400, "AUTH_BYTES_INVALID"),
            Refusal::AuthKeyUnregistered => (401, "AUTH_KEY_UNREGISTERED"),
            Refusal::MessageEmpty => (400, "MESSAGE_EMPTY"),
            Refusal::MessageTooLong => (400, "MESSAGE_TOO_LONG"),
            Refusal::MessageIdInvalid => (400, "MESSAGE_ID_INVALID"),
            Refusal::ReplyMessageIdInvalid => (400, "REPLY_MESSAGE_ID_INVALID"),
            Refusal::MessageNotModified => (400, "MESSAGE_NOT_MODIFIED"),
            Refusal::MessageEditTimeExpired => (400, "MESSAGE_EDIT_TIME_EXPIRED"),
            Refusal::MessageAuthorRequired => (403, "MESSAGE_AUTHOR_REQUIRED"),
            Refusal::ChatForwardsRestricted => (400, "CHAT_FORWARDS_RESTRICTED"),
            Refusal::EntityBoundsInvalid => (400, "ENTITY_BOUNDS_INVALID"),
            Refusal::RandomIdDuplicate => (400, "RANDOM_ID_DUPLICATE"),
            Refusal::RandomIdInvalid => (400, "RANDOM_ID_INVALID"),
            Refusal::YouBlockedUser => (400, "YOU_BLOCKED_USER"),
            Refusal::PinnedDialogsTooMuch => (400, "PINNED_DIALOGS_TOO_MUCH"),
            Refusal::FolderIdInvalid => (400, "FOLDER_ID_INVALID"),
            Refusal::FilterIdInvalid => (400, "FILTER_ID_INVALID"),
            Refusal::FilterTitleEmpty => (400, "FILTER_TITLE_EMPTY"),
            Refusal::FilterIncludeEmpty => (400, "FILTER_INCLUDE_EMPTY"),
            Refusal::SearchQueryEmpty => (400, "SEARCH_QUERY_EMPTY"),
            Refusal::MessageTooOld => (400, "MESSAGE_TOO_OLD"),
            Refusal::MessageNotReadYet => (400, "MESSAGE_NOT_READ_YET"),
            Refusal::LimitInvalid => (400, "LIMIT_INVALID"),
        };
        Self::new(code, name)
    }
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
