//! The port to whoever carries out administrators' orders: the binary, by the same code as its local socket.

use std::future::Future;
use std::pin::Pin;

use platform::people::stewards::Steward;
use serde_json::Value;

use crate::RpcError;

/// Carries out orders.
pub trait Administration: Send + Sync {
    /// The outcome of an order: `{"ok": …}`, or `{"error": "a sentence"}` when it cannot be carried out.
    /// `400 DATA_JSON_INVALID` for what is no order.
    fn order<'a>(
        &'a self,
        by: Steward,
        order: Value,
    ) -> Pin<Box<dyn Future<Output = Result<Value, RpcError>> + Send + 'a>>;
}
