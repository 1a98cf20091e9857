//! What can go wrong in the platform: trouble below it, damage, and refusals with a documented name.

use store::StoreError;

/// Why an operation of the platform did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlatformError {
    /// The store could not read or write; the same call may succeed later. Never to be read as "absent".
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The bytes of media could not be read or written; the same call may succeed later.
    #[error(transparent)]
    Blobs(#[from] blobs::BlobError),
    /// A record is not what was written.
    #[error("damaged {what}: {detail}")]
    Damaged {
        /// Which kind of record.
        what: &'static str,
        /// What was found.
        detail: String,
    },
    /// The caller asked for something that the rules forbid.
    #[error("refused: {0:?}")]
    Refused(Refusal),
}

impl From<Refusal> for PlatformError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl PlatformError {
    /// Whether a check of a batch did not hold: somebody else was first.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(StoreError::Conflict))
    }
}

/// Refusals; `api` gives each its documented `(code, NAME)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Asked too often: again after so many seconds.
    FloodWait(u32),
    /// Only those whom the operator trusts with the server may.
    AdminRequired,
    /// Whoever administers proves first that it is they who hold the device.
    FreshSignInRequired,
    /// Nobody can do that to themselves.
    NotToOneself,
    /// Not a phone number.
    PhoneNumberInvalid,
    /// The operator banned this number.
    PhoneNumberBanned,
    /// Somebody has this number.
    PhoneNumberOccupied,
    /// Nobody has this number.
    PhoneNumberUnoccupied,
    /// No road is left on which a code could be sent.
    SendCodeUnavailable,
    /// No code was given.
    PhoneCodeEmpty,
    /// Not the code.
    PhoneCodeInvalid,
    /// The code is too old, used, cancelled or was guessed at too often.
    PhoneCodeExpired,
    /// The code was right; now the password is owed.
    SessionPasswordNeeded,
    /// Not the password.
    PasswordHashInvalid,
    /// There is no password.
    PasswordEmpty,
    /// Mail cannot recover the password.
    PasswordRecoveryNa,
    /// No recovery is under way, or it took too long.
    PasswordRecoveryExpired,
    /// No such check is under way.
    SrpIdInvalid,
    /// The client's number is none of the group.
    SrpAInvalid,
    /// The password changed during the check.
    SrpPasswordChanged,
    /// A new password was not salted as offered.
    NewSaltInvalid,
    /// A new password is none.
    NewSettingsInvalid,
    /// There is nothing to change.
    NewSettingsEmpty,
    /// Not an address, or no road for mail.
    EmailInvalid,
    /// A code with so many digits is on its way to the new address.
    EmailUnconfirmed(u32),
    /// No address waits for confirmation.
    EmailHashExpired,
    /// Not the code from the mail.
    CodeInvalid,
    /// No code was given.
    CodeEmpty,
    /// Not the recovery code.
    RecoveryCodeInvalid,
    /// Not a challenge of this server for this key, used, or not solved.
    ChallengeInvalid,
    /// The challenge is too old.
    ChallengeExpired,
    /// Not an invite, or none that can be used.
    InviteInvalid,
    /// The operator lets people invite nobody.
    InvitesForbidden,
    /// The operator gives no numbers of this server's own.
    DoorNumbersForbidden,
    /// No reset is under way.
    ResetRequestMissing,
    /// A temporary password cannot be had.
    TmpPasswordDisabled,
    /// The person (or the receiver) was deleted or banned.
    UserDeactivated,
    /// The operator banned this person.
    UserDeactivatedBan,
    /// No such person, or not known to the caller.
    UserIdInvalid,
    /// No such peer.
    PeerIdInvalid,
    /// The contact is not one.
    ContactIdInvalid,
    /// A contact needs a name.
    ContactNameEmpty,
    /// The first name is not one.
    FirstNameInvalid,
    /// The last name is not one.
    LastNameInvalid,
    /// The text about oneself is too long.
    AboutTooLong,
    /// Not a username.
    UsernameInvalid,
    /// Somebody has this username.
    UsernameOccupied,
    /// It is the caller's username already.
    UsernameNotModified,
    /// Nobody has this username.
    UsernameNotOccupied,
    /// A list of privacy rules is too long.
    PrivacyTooLong,
    /// A number of days out of its range.
    TtlDaysInvalid,
    /// No such authorisation.
    HashInvalid,
    /// The temporary key cannot be bound: unknown, permanent or expired.
    TempAuthKeyEmpty,
    /// The temporary key is bound already, to another key.
    TempAuthKeyAlreadyBound,
    /// The times of a binding do not fit.
    ExpiresAtInvalid,
    /// The exported authorisation is unknown, used or too old.
    AuthBytesInvalid,
    /// Not a login token of this server.
    AuthTokenInvalid,
    /// The login token is too old.
    AuthTokenExpired,
    /// The device that shows the login token is signed in already.
    AuthTokenAlreadyAccepted,
    /// The session is not signed in.
    AuthKeyUnregistered,
    /// A list given is longer than its bound.
    LimitInvalid,
    /// A message without words or media.
    MessageEmpty,
    /// More than a message holds.
    MessageTooLong,
    /// No such message here.
    MessageIdInvalid,
    /// The answered message is not here.
    ReplyMessageIdInvalid,
    /// The edit changes nothing.
    MessageNotModified,
    /// Too old to be edited.
    MessageEditTimeExpired,
    /// Only its author may do that.
    MessageAuthorRequired,
    /// May not be forwarded.
    ChatForwardsRestricted,
    /// An entity lies outside of the text.
    EntityBoundsInvalid,
    /// The number of a sent message was used for one that is gone.
    RandomIdDuplicate,
    /// No such group, or none that the caller is or was in.
    ChatIdInvalid,
    /// The caller is not in the group, or nobody may write there.
    ChatWriteForbidden,
    /// Only those who administer the group may do that.
    ChatAdminRequired,
    /// A group needs a title.
    ChatTitleEmpty,
    /// The description is too long.
    ChatAboutTooLong,
    /// The description is that already.
    ChatAboutNotModified,
    /// Nothing would change.
    ChatNotModified,
    /// More people than a group holds.
    UsersTooMuch,
    /// The person is in the group already.
    UserAlreadyParticipant,
    /// The person is not in the group.
    UserNotParticipant,
    /// What others wrote is for the group's administrators to take away.
    MessageDeleteForbidden,
    /// Nobody may send words there.
    ChatSendPlainForbidden,
    /// Nobody may send media there.
    ChatSendMediaForbidden,
    /// Nobody may send photos there.
    ChatSendPhotosForbidden,
    /// Nobody may send videos there.
    ChatSendVideosForbidden,
    /// Nobody may send moving pictures there.
    ChatSendGifsForbidden,
    /// Nobody may send stickers there.
    ChatSendStickersForbidden,
    /// Nobody may send voice notes there.
    ChatSendVoicesForbidden,
    /// Nobody may send round videos there.
    ChatSendRoundvideosForbidden,
    /// Nobody may send music there.
    ChatSendAudiosForbidden,
    /// Nobody may send files there.
    ChatSendDocsForbidden,
    /// Not a link that leads into a group.
    InviteHashInvalid,
    /// The link leads in no more.
    InviteHashExpired,
    /// The link of a group cannot be made like that.
    UsageLimitInvalid,
    /// The link would be over before it begins.
    ExpireDateInvalid,
    /// Too many links.
    InvitesTooMuch,
    /// The link is still good: take it back first.
    InviteRevokedMissing,
    /// The group is too large for it to be said who has read.
    ChatTooBig,
    /// Ids and numbers of a forward do not match.
    RandomIdInvalid,
    /// The caller blocked the receiver.
    YouBlockedUser,
    /// No more dialogs can be pinned.
    PinnedDialogsTooMuch,
    /// No such list of dialogs.
    FolderIdInvalid,
    /// Not a folder's number, or too many folders.
    FilterIdInvalid,
    /// A folder needs a title.
    FilterTitleEmpty,
    /// A folder needs somebody in it.
    FilterIncludeEmpty,
    /// Nothing to search for.
    SearchQueryEmpty,
    /// The message is too old for its time of reading to be told.
    MessageTooOld,
    /// The other side has not read it.
    MessageNotReadYet,
    /// Not the number of a part.
    FilePartInvalid,
    /// The number of parts does not fit what was uploaded.
    FilePartsInvalid,
    /// A part without bytes.
    FilePartEmpty,
    /// More bytes than a part may have.
    FilePartTooBig,
    /// Not a size that parts may have.
    FilePartSizeInvalid,
    /// Not the size that the other parts have.
    FilePartSizeChanged,
    /// This part was not uploaded.
    FilePartMissing(u32),
    /// The checksum is not that of what was uploaded.
    Md5ChecksumInvalid,
    /// Larger than what it is meant for may be.
    FileTooBig,
    /// The uploader keeps as much here as they may.
    StorageQuotaExceeded,
    /// No such medium, or none of that kind.
    MediaInvalid,
    /// Not a medium, or not one that the caller was shown.
    MediaEmpty,
    /// More words under a picture or file than there may be.
    MediaCaptionTooLong,
    /// What is attached to the message cannot be replaced.
    MediaPrevInvalid,
    /// What is to be attached cannot replace anything.
    MediaNewInvalid,
    /// Kinds that do not mix in one album.
    MediaGroupedInvalid,
    /// More than an album holds.
    MultiMediaTooLong,
    /// A picture of no format that is read.
    PhotoExtInvalid,
    /// A picture that is too large, or too long and narrow.
    PhotoInvalidDimensions,
    /// A picture that could not be decoded.
    ImageProcessFailed,
    /// More bytes than a photo may have.
    PhotoSaveFileInvalid,
    /// A video note that is not a video.
    VideoContentTypeInvalid,
    /// No such file.
    LocationInvalid,
    /// A place in a file that a download cannot begin at.
    OffsetInvalid,
    /// Not a photo of this person.
    PhotoIdInvalid,
    /// No file reference was given.
    FileReferenceEmpty,
    /// The file reference was not made for this person and medium.
    FileReferenceInvalid,
    /// The file reference is too old.
    FileReferenceExpired,
}
