//! `upload.saveFilePart`: a part of a file of 10 MiB at most.

use platform::media::PartOf;
use tl::functions;

use crate::{Context, RpcError};

/// True once the part is on the disk.
pub async fn handle(cx: &Context<'_>, request: functions::upload::SaveFilePart) -> Result<bool, RpcError> {
    let functions::upload::SaveFilePart { file_id, file_part, bytes } = request;
    let part = PartOf { file_id, part: file_part, total: None, bytes: bytes.into() };
    cx.platform().save_part(cx.user()?, part).await?;
    Ok(true)
}
