//! The entries of the fuzz targets of this crate. None may panic, and what they accept must be what it claims to be.

use crate::schema::{HOME_LAYER, Kind, boxed, find, named, newest_layer};
use crate::translate::{self, TranslateError, served_layer};
use crate::{check, gzip, peers};

/// What a packed object may inflate to here, in bytes.
const INFLATED_MAX_BYTES: usize = 64 * 1024;
/// The oldest layer served; a byte chooses among it and the younger ones.
const OLDEST_LAYER: i32 = 150;

/// Takes any bytes as a request and as something packed.
///
/// # Panics
/// When a request that was accepted is not one of the home layer: what fuzzing looks for.
pub fn tl(input: &[u8]) {
    if let Ok(request) = translate::request(input) {
        let read = check::value_at_layer(&request, Kind::Query, HOME_LAYER);
        assert!(read.is_ok(), "accepted, and no request of the home layer: {read:?}");
    }
    let _ = peers::unresolved_peers(input);
    let _ = gzip::unpack(input, INFLATED_MAX_BYTES);
}

/// Takes any bytes as a result: the first chooses the client's layer, four more are the function it asked for.
///
/// # Panics
/// When a result of the home layer is told as something that the client's layer cannot read.
pub fn result(input: &[u8]) {
    let Some(([layer, id @ ..], body)) = input.split_first_chunk::<5>() else { return };
    let layer = layer_of(*layer);
    let asked = find(u32::from_le_bytes(*id)).filter(|asked| asked.function && asked.exists_at(layer));
    let Some(asked) = asked else { return };
    let Some(answered) = named(HOME_LAYER, asked.name) else { return };
    let told = translate::result(layer, asked.id, answered.id, body);
    if check::value_at_layer(body, answered.result, HOME_LAYER).is_ok() && asked.result != Kind::Query {
        readable(told.as_deref(), asked.result, layer);
    }
}

/// Takes any bytes as updates: the first chooses the client's layer.
///
/// # Panics
/// When updates of the home layer are told as something that the client's layer cannot read.
pub fn updates(input: &[u8]) {
    let Some((layer, body)) = input.split_first() else { return };
    let layer = layer_of(*layer);
    let told = translate::updates(layer, body);
    let Some(kind) = boxed("Updates") else { return };
    if check::value_at_layer(body, kind, HOME_LAYER).is_ok() {
        let told = told.as_ref().map(Option::as_deref);
        readable(told.map(|told| told.unwrap_or_default()), kind, layer);
    }
}

fn layer_of(choice: u8) -> i32 {
    OLDEST_LAYER + i32::from(choice) % (newest_layer() - OLDEST_LAYER + 1)
}

/// What was told of something well formed can be read at the layer, or nothing was told because nothing can be.
fn readable(told: Result<&[u8], &TranslateError>, kind: Kind, layer: i32) {
    match told {
        Ok([]) | Err(TranslateError::Inexpressible) => {}
        Ok(bytes) => {
            let read = check::value_at_layer(bytes, kind, served_layer(layer));
            assert!(read.is_ok(), "told at {layer}, and cannot be read there: {read:?}");
        }
        Err(error) => panic!("well formed, and not read at {layer}: {error}"),
    }
}

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

#[cfg(test)]
mod tests {
    use super::replay::replay;

    /// Mutations of each corpus, in runs of its entry.
    const MUTATIONS: u64 = 20_000;

    #[test]
    fn tl() {
        replay("tl", MUTATIONS, super::tl);
    }

    #[test]
    fn result() {
        replay("tl_result", MUTATIONS, super::result);
    }

    #[test]
    fn updates() {
        replay("tl_updates", MUTATIONS, super::updates);
    }
}
