//! `upload.saveBigFilePart`: a part of a file of 4,000 MiB at most.

use platform::media::PartOf;
use tl::functions;

use crate::{Context, RpcError};

/// True once the part is on the disk.
pub async fn handle(cx: &Context<'_>, request: functions::upload::SaveBigFilePart) -> Result<bool, RpcError> {
    let functions::upload::SaveBigFilePart { file_id, file_part, file_total_parts, bytes } = request;
    let part = PartOf { file_id, part: file_part, total: Some(file_total_parts), bytes: bytes.into() };
    cx.platform().save_part(cx.user()?, part).await?;
    Ok(true)
}
