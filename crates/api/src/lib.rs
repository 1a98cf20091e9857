//! One RPC method, one file: a TL request becomes calls of the platform, and what comes back becomes TL for this viewer.

mod error;

pub use error::RpcError;
