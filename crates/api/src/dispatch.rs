//! From the bytes of a query to the bytes of its result.

use std::future::Future;
use std::pin::Pin;

use tl::{Cursor, Deserializable};

use crate::table::{self, Row};
use crate::{Api, Caller, Context, Reply, RpcError};

/// Decodes a request, lets its handler answer, serialises the result at the home layer.
pub(crate) type Invoke = for<'a> fn(&'a Context<'a>, &'a [u8]) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Api {
    /// Answers one query that [`crate::peel`] has freed of its wrappers, for the caller's layer.
    pub async fn call(&self, caller: &Caller, query: &[u8]) -> Reply {
        let row = find(query)?;
        let context = Context { api: self, caller, user: caller.key.user_id() };
        if !row.anyone {
            context.user()?;
        }
        (row.invoke)(&context, query).await
    }
}

fn find(query: &[u8]) -> Result<&'static Row, RpcError> {
    let (id, _) = query.split_first_chunk::<4>().ok_or(RpcError::INPUT_FETCH_ERROR)?;
    let id = u32::from_le_bytes(*id);
    table::find(id).ok_or_else(|| RpcError::unknown_method(id))
}

/// Decodes the whole of a request; what the schema says has been checked before.
pub(crate) fn decode<R: Deserializable>(body: &[u8]) -> Result<R, RpcError> {
    let mut cursor = Cursor::from_slice(body.get(4..).ok_or(RpcError::INPUT_FETCH_ERROR)?);
    R::deserialize(&mut cursor).map_err(|_| RpcError::INPUT_FETCH_ERROR)
}
