//! Which file an `InputFileLocation` means, and whether the caller was shown it.

use platform::media::{MediumId, MediumKind, Variant};
use platform::{Peer, UserId};
use tl::{enums, types};

use crate::{Context, RpcError};

/// The sizes of a profile photo that clients ask for by person, by their letters ("Uploading and Downloading Files").
const SMALL_LETTER: u8 = b'a';
const BIG_LETTER: u8 = b'c';

/// A file of a medium.
pub(super) type FileOf = (MediumId, Variant);

impl Context<'_> {
    /// The file that a location means.
    ///
    /// # Errors
    /// `400 LOCATION_INVALID`, `400 FILE_REFERENCE_EMPTY`, `_INVALID` and `_EXPIRED`, `400 PEER_ID_INVALID`,
    /// `400 STICKERSET_INVALID`, `400 GROUPCALL_INVALID`, `401 AUTH_KEY_UNREGISTERED`.
    pub(super) async fn file_of(&self, location: &enums::InputFileLocation) -> Result<FileOf, RpcError> {
        use enums::InputFileLocation as Location;
        let viewer = self.user()?;
        match location {
            Location::InputDocumentFileLocation(file) => {
                let variant = if file.thumb_size.is_empty() { Variant::Original } else { size(&file.thumb_size)? };
                let shown = Shown { id: file.id, access_hash: file.access_hash, reference: &file.file_reference };
                self.shown_file(viewer, &shown, (MediumKind::Document, variant)).await
            }
            Location::InputPhotoFileLocation(file) => {
                let variant = size(&file.thumb_size)?;
                let shown = Shown { id: file.id, access_hash: file.access_hash, reference: &file.file_reference };
                self.shown_file(viewer, &shown, (MediumKind::Photo, variant)).await
            }
            Location::InputPeerPhotoFileLocation(file) => self.profile_photo(viewer, file).await,
            Location::InputStickerSetThumb(_) => Err(RpcError::STICKERSET_INVALID),
            Location::InputGroupCallStream(_) => Err(RpcError::GROUPCALL_INVALID),
            // Places of files as they were named before 2019, and of what does not exist here.
            _ => Err(RpcError::LOCATION_INVALID),
        }
    }

    /// A profile photo needs no file reference: whoever may see it may have it.
    async fn profile_photo(
        &self,
        viewer: UserId,
        file: &types::InputPeerPhotoFileLocation,
    ) -> Result<FileOf, RpcError> {
        let (id, platform) = (MediumId(file.photo_id), self.platform());
        let size = Variant::Size(if file.big { BIG_LETTER } else { SMALL_LETTER });
        let user = match self.input_peer(&file.peer).await? {
            Peer::User(user) => user,
            Peer::Chat(chat) => {
                let chat = platform.known_chat(viewer, chat).await?;
                let is_shown = chat.photo.as_ref().is_some_and(|photo| photo.id == id);
                return if is_shown { Ok((id, size)) } else { Err(RpcError::LOCATION_INVALID) };
            }
            Peer::Channel(_) => return Err(RpcError::PEER_ID_INVALID),
        };
        let person = platform.person(user).await?.ok_or(RpcError::PEER_ID_INVALID)?;
        let relation = platform.relation(viewer, user).await?;
        if !platform.may_see_photo(&person, viewer, &relation, id) {
            return Err(RpcError::LOCATION_INVALID);
        }
        Ok((id, size))
    }

    async fn shown_file(
        &self,
        viewer: UserId,
        shown: &Shown<'_>,
        (kind, variant): (MediumKind, Variant),
    ) -> Result<FileOf, RpcError> {
        let (id, platform) = (MediumId(shown.id), self.platform());
        if !platform.check_medium_access_hash(viewer, id, shown.access_hash) {
            return Err(RpcError::LOCATION_INVALID);
        }
        platform.check_file_reference(viewer, id, shown.reference)?;
        let is_here = platform.medium(id).await?.is_some_and(|medium| medium.kind == kind);
        if is_here { Ok((id, variant)) } else { Err(RpcError::LOCATION_INVALID) }
    }
}

/// What a client was shown of a medium.
struct Shown<'a> {
    id: i64,
    access_hash: i64,
    reference: &'a [u8],
}

/// The size that a letter means.
fn size(letter: &str) -> Result<Variant, RpcError> {
    match letter.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Ok(Variant::Size(*letter)),
        _ => Err(RpcError::LOCATION_INVALID),
    }
}
