//! The API's types at the home layer, and the rules that translate every other layer to and from it.
//!
//! Three things work on serialised bytes by tables made from `schema/` at build time: the bounds check of requests
//! ([`check`]), the translation between layers ([`translate`]) and walks over objects ([`walk`], [`peers`]). Values are
//! built by the types of grammers, which know the home layer only. What is not here: any meaning.

pub mod check;
pub mod fuzzing;
pub mod gzip;
mod kindred;
pub mod limits;
pub mod peers;
mod rules;
pub mod sample;
pub mod schema;
pub mod translate;
pub mod walk;
mod wire;

pub use grammers_tl_types::{
    Cursor, Deserializable, Identifiable, LAYER, RemoteCall, Serializable, deserialize, enums, functions, types,
};
