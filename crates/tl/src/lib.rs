//! The API's types at the home layer, and the rules that translate every other layer to and from it.

pub mod gzip;

pub use grammers_tl_types::{
    Cursor, Deserializable, Identifiable, LAYER, RemoteCall, Serializable, deserialize, enums, functions, types,
};
