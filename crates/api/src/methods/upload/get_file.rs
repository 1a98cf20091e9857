//! `upload.getFile`: a piece of a file, read from the disk for this answer only.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// What pieces lie within, in bytes; also the greatest piece.
const BLOCK_BYTES: u64 = 1024 * 1024;
/// What offset and limit are multiples of, in bytes.
const STEP_BYTES: u64 = 4 * 1024;
/// The same in a precise call.
const PRECISE_STEP_BYTES: u64 = 1024;

/// Never sends clients to a CDN: there is none.
pub async fn handle(cx: &Context<'_>, request: functions::upload::GetFile) -> Result<enums::upload::File, RpcError> {
    let (offset, limit) = piece(request.precise, request.offset, request.limit)?;
    let (medium, variant) = cx.file_of(&request.location).await?;
    let chunk = cx.platform().read_medium(medium, variant, offset, limit).await?;
    let beginning = if offset == 0 { chunk.bytes.as_ref() } else { &[] };
    let r#type = file_type(&chunk.mime, beginning);
    Ok(types::upload::File { r#type, mtime: chunk.date, bytes: chunk.bytes.into() }.into())
}

/// The rules of "Uploading and Downloading Files": offset and limit are multiples of 4 KB and 1 MB one of the limit, or,
/// in a precise call, both are multiples of 1 KB; and no piece spans two blocks of 1 MB.
fn piece(is_precise: bool, offset: i64, limit: i32) -> Result<(u64, u32), RpcError> {
    let step = if is_precise { PRECISE_STEP_BYTES } else { STEP_BYTES };
    let offset = u64::try_from(offset).ok().filter(|offset| offset.is_multiple_of(step));
    let offset = offset.ok_or(RpcError::OFFSET_INVALID)?;
    let is_fit = |limit: &u32| {
        let bytes = u64::from(*limit);
        let divides = is_precise || (bytes > 0 && BLOCK_BYTES.is_multiple_of(bytes));
        (1..=BLOCK_BYTES).contains(&bytes)
            && bytes.is_multiple_of(step)
            && divides
            && offset / BLOCK_BYTES == (offset + bytes - 1) / BLOCK_BYTES
    };
    let limit = u32::try_from(limit).ok().filter(is_fit).ok_or(RpcError::LIMIT_INVALID)?;
    Ok((offset, limit))
}

/// What clients are told a file is: by its first bytes, else by its media type.
fn file_type(mime: &str, beginning: &[u8]) -> enums::storage::FileType {
    use enums::storage::FileType;
    match beginning {
        [0xff, 0xd8, 0xff, ..] => FileType::FileJpeg,
        [0x89, b'P', b'N', b'G', ..] => FileType::FilePng,
        [b'G', b'I', b'F', b'8', ..] => FileType::FileGif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => FileType::FileWebp,
        [b'%', b'P', b'D', b'F', ..] => FileType::FilePdf,
        [b'I', b'D', b'3', ..] => FileType::FileMp3,
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => FileType::FileMov,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => FileType::FileMp4,
        _ => match mime {
            "image/jpeg" => FileType::FileJpeg,
            "image/png" => FileType::FilePng,
            "image/gif" => FileType::FileGif,
            "image/webp" => FileType::FileWebp,
            "application/pdf" => FileType::FilePdf,
            "audio/mpeg" => FileType::FileMp3,
            "video/quicktime" => FileType::FileMov,
            "video/mp4" => FileType::FileMp4,
            _ => FileType::FileUnknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: i32 = 1024 * 1024;

    #[test]
    fn pieces_follow_the_page() {
        for (offset, limit) in [(0, 4096), (0, MIB), (4096, 4096), (1 << 40, MIB), (512 * 1024, 512 * 1024)] {
            assert_eq!(piece(false, offset, limit), Ok((offset as u64, limit as u32)));
        }
        for offset in [-1, 1, 1024, i64::MIN] {
            assert_eq!(piece(false, offset, 4096), Err(RpcError::OFFSET_INVALID), "{offset}");
        }
        for limit in [0, -4096, 1, 1024, 3 * 4096, 2 * MIB, i32::MAX] {
            assert_eq!(piece(false, 0, limit), Err(RpcError::LIMIT_INVALID), "{limit}");
        }
        assert_eq!(piece(false, 4096, MIB), Err(RpcError::LIMIT_INVALID), "two blocks");
    }

    #[test]
    fn precise_pieces_follow_the_page() {
        for (offset, limit) in [(1024, 1024), (3 * 1024, 5 * 1024), (0, MIB), (1024, MIB - 1024)] {
            assert_eq!(piece(true, offset, limit), Ok((offset as u64, limit as u32)));
        }
        assert_eq!(piece(true, 512, 1024), Err(RpcError::OFFSET_INVALID));
        for limit in [0, 512, MIB + 1024] {
            assert_eq!(piece(true, 0, limit), Err(RpcError::LIMIT_INVALID), "{limit}");
        }
        assert_eq!(piece(true, 1024, MIB), Err(RpcError::LIMIT_INVALID), "two blocks");
    }

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        use enums::storage::FileType;
        assert_eq!(file_type("image/png", &[0xff, 0xd8, 0xff, 0xe0]), FileType::FileJpeg);
        assert_eq!(file_type("image/png", &[]), FileType::FilePng);
        assert_eq!(file_type("text/plain", b"words"), FileType::FileUnknown);
    }
}
