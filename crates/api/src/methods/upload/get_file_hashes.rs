//! `upload.getFileHashes`: checksums of the pieces of a file, by which a client verifies what it downloaded.

use sha2::{Digest, Sha256};
use tl::{enums, functions, types};

use crate::limits::FILE_HASHES_BYTES;
use crate::{Context, RpcError};

/// The pieces that are hashed, in bytes.
const PIECE_BYTES: usize = 128 * 1024;

/// The hashes of the pieces from the one that `offset` lies in, for 1 MiB; none behind the end.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::upload::GetFileHashes,
) -> Result<Vec<enums::FileHash>, RpcError> {
    let offset = u64::try_from(request.offset).map_err(|_| RpcError::OFFSET_INVALID)?;
    let (medium, variant) = cx.file_of(&request.location).await?;
    let from = offset - offset % PIECE_BYTES as u64;
    let chunk = cx.platform().read_medium(medium, variant, from, FILE_HASHES_BYTES).await?;
    let hash = |(number, piece): (usize, &[u8])| {
        let offset = from.saturating_add((number * PIECE_BYTES) as u64).cast_signed();
        types::FileHash { offset, limit: piece.len() as i32, hash: Sha256::digest(piece).to_vec() }.into()
    };
    Ok(chunk.bytes.chunks(PIECE_BYTES).enumerate().map(hash).collect())
}
