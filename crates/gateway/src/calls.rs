//! The few calls that the gateway has to know by name, for choosing who gets pushes (protocol-checks, point 17).

use tl::Identifiable;
use tl::functions::{auth, help, langpack, upload};

/// Whether a call moves a file. Connections that do so want no updates.
pub(crate) fn is_file_transfer(query: &[u8]) -> bool {
    const TRANSFERS: [u32; 8] = [
        upload::SaveFilePart::CONSTRUCTOR_ID,
        upload::SaveBigFilePart::CONSTRUCTOR_ID,
        upload::GetFile::CONSTRUCTOR_ID,
        upload::GetWebFile::CONSTRUCTOR_ID,
        upload::GetCdnFile::CONSTRUCTOR_ID,
        upload::ReuploadCdnFile::CONSTRUCTOR_ID,
        upload::GetCdnFileHashes::CONSTRUCTOR_ID,
        upload::GetFileHashes::CONSTRUCTOR_ID,
    ];
    TRANSFERS.contains(&mtproto::wire::constructor_of(query))
}

/// Whether a call is also made, at their start, by connections that go on to move files.
pub(crate) fn is_made_by_file_connections(query: &[u8]) -> bool {
    const STARTERS: [u32; 7] = [
        help::GetConfig::CONSTRUCTOR_ID,
        help::GetNearestDc::CONSTRUCTOR_ID,
        help::GetAppConfig::CONSTRUCTOR_ID,
        help::GetCdnConfig::CONSTRUCTOR_ID,
        auth::BindTempAuthKey::CONSTRUCTOR_ID,
        auth::ImportAuthorization::CONSTRUCTOR_ID,
        langpack::GetLanguages::CONSTRUCTOR_ID,
    ];
    STARTERS.contains(&mtproto::wire::constructor_of(query))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tl::functions::updates;

    #[test]
    fn calls_are_told_apart() {
        let part = upload::GetFileHashes::CONSTRUCTOR_ID.to_le_bytes();
        assert!(is_file_transfer(&part) && !is_made_by_file_connections(&part));
        let config = help::GetConfig::CONSTRUCTOR_ID.to_le_bytes();
        assert!(!is_file_transfer(&config) && is_made_by_file_connections(&config));
        let state = updates::GetState::CONSTRUCTOR_ID.to_le_bytes();
        for query in [&state[..], &[], &[1, 2, 3], &[0; 4], &[255; 64]] {
            assert!(!is_file_transfer(query) && !is_made_by_file_connections(query));
        }
    }
}
