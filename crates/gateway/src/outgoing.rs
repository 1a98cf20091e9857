//! Sealing what a session has to say.

use bytes::BytesMut;
use crypto::PaddingEntropy;
use mtproto::envelope::{AuthKey, Direction, Header, Sealing, seal};
use mtproto::transport::Codec;

/// Seals one message into a frame at the end of `out`.
pub(crate) fn seal_frame(key: &AuthKey, header: &Header, body: &[u8], codec: &mut Codec, out: &mut BytesMut) {
    let entropy = &mut PaddingEntropy;
    let plan = Sealing::plan(body.len(), entropy);
    let frame = codec.start_frame(plan.sealed_bytes(), entropy, out);
    seal(key, Direction::ToClient, header, body, plan, entropy, out);
    codec.finish_frame(frame, entropy, out);
}

/// Seals one message without a frame, as HTTP carries it.
pub(crate) fn seal_bare(key: &AuthKey, header: &Header, body: &[u8]) -> BytesMut {
    let entropy = &mut PaddingEntropy;
    let plan = Sealing::plan(body.len(), entropy);
    let mut out = BytesMut::with_capacity(plan.sealed_bytes());
    seal(key, Direction::ToClient, header, body, plan, entropy, &mut out);
    out
}
