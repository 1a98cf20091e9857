//! From the bytes of a query to the bytes of its result.
//!
//! The client's constructors are checked and brought to the home layer, the method is looked up, its handler answers at
//! the home layer, and the result goes back to the client's layer. At the home layer neither step copies anything.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use tl::translate::{self, TranslateError};
use tl::walk::WalkError;
use tl::{Cursor, Deserializable, Serializable};

use crate::answers::Answer;
use crate::table::{self, Class, Handler, Method};
use crate::{Api, Caller, Context, Reply, RpcError};

/// Room that is made for a result before it is serialised, in bytes.
const USUAL_ANSWER_BYTES: usize = 1024;

/// Decodes a request, lets its handler answer, serialises the result at the home layer.
pub(crate) type Invoke = for<'a> fn(&'a Context<'a>, &'a [u8]) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Api {
    /// Answers one query that [`crate::peel`] has freed of its wrappers, for the caller's layer.
    pub async fn call(&self, caller: &Caller, query: &[u8]) -> Reply {
        let asked = constructor_of(query)?;
        let query = translate::request(query).map_err(|error| refusal(asked, error))?;
        let method = table::find(constructor_of(&query)?).ok_or_else(|| RpcError::unknown_method(asked))?;
        let context = Context { api: self, caller, user: caller.key.user_id() };
        let result = answer(method, &context, &query).await.inspect_err(|error| note_refused(caller, method, error))?;
        tracing::debug!(method = method.name, layer = caller.layer, "answered");
        self.note_active(caller).await;
        debug_assert!(carries_its_peers(method, &result), "{} leaves peers unexplained", method.name);
        let told = match translate::result(caller.layer, asked, method.id, &result) {
            Ok(Cow::Borrowed(_)) => None,
            Ok(Cow::Owned(told)) => Some(told),
            Err(error) => return Err(inexpressible(method, &error)),
        };
        Ok(told.unwrap_or(result))
    }

    /// A call is a sign of life of the device; it is written once in a while, and a call does not fail for it.
    async fn note_active(&self, caller: &Caller) {
        if let Err(error) = self.platform().note_active(&caller.key).await {
            tracing::debug!(%error, "a sign of life was not written");
        }
    }

    /// The class of service of a query, for admission before anything is done about it.
    #[must_use]
    pub fn class_of(&self, query: &[u8]) -> Class {
        let id = constructor_of(query).ok();
        id.and_then(translate::home_function).and_then(table::find).map_or(Class::C3, |method| method.class)
    }
}

/// Which methods clients call, and which of them fail, is read from these lines: what was said in them is not.
fn note_refused(caller: &Caller, method: &Method, error: &RpcError) {
    tracing::debug!(method = method.name, layer = caller.layer, %error, "refused");
}

async fn answer(method: &Method, context: &Context<'_>, query: &[u8]) -> Reply {
    if !method.anyone {
        context.user()?;
    }
    match &method.handler {
        Handler::Real(invoke) => invoke(context, query).await,
        Handler::Answer(Answer::Empty(make)) => make(context, query).ok_or(RpcError::METHOD_INVALID),
        Handler::Answer(Answer::Refused(error)) => Err(error.clone()),
    }
}

/// A result at the home layer. Most of them fit into the room that is made for them at once.
pub(crate) fn encode(answer: &impl Serializable) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_ANSWER_BYTES);
    answer.serialize(&mut bytes);
    bytes
}

fn constructor_of(query: &[u8]) -> Result<u32, RpcError> {
    let (id, _) = query.split_first_chunk::<4>().ok_or(RpcError::INPUT_FETCH_ERROR)?;
    Ok(u32::from_le_bytes(*id))
}

/// The error for bytes that are no request.
fn refusal(asked: u32, error: TranslateError) -> RpcError {
    tracing::debug!(asked, %error, "request refused before it was read");
    match error {
        TranslateError::Walk(WalkError::Function { .. }) => RpcError::unknown_method(asked),
        TranslateError::Walk(WalkError::Constructor { .. }) | TranslateError::Inexpressible => {
            RpcError::INPUT_CONSTRUCTOR_INVALID
        }
        TranslateError::Walk(WalkError::Trailing { .. } | WalkError::Length { .. } | WalkError::Count { .. }) => {
            RpcError::INPUT_REQUEST_TOO_LONG
        }
        TranslateError::Walk(WalkError::Short(_) | WalkError::Depth) => RpcError::INPUT_FETCH_ERROR,
    }
}

/// The error for a result that the client's layer has no words for.
fn inexpressible(method: &Method, error: &TranslateError) -> RpcError {
    tracing::debug!(method = method.name, %error, "result cannot be told at the client's layer");
    RpcError::CONNECTION_LAYER_INVALID
}

/// Every result, update and difference carries every peer reachable from it (TDLib asks for a difference otherwise).
fn carries_its_peers(method: &Method, result: &[u8]) -> bool {
    match tl::peers::unresolved_in_result(method.id, result) {
        Ok(unresolved) if unresolved.is_empty() => true,
        trouble => {
            tracing::error!(method = method.name, ?trouble, "result does not carry its peers");
            false
        }
    }
}

/// The same of updates that are pushed.
pub(crate) fn explains_its_peers(updates: &[u8]) -> bool {
    let unresolved = tl::peers::unresolved_peers(updates);
    let explained = unresolved.as_ref().is_ok_and(Vec::is_empty);
    if !explained {
        tracing::error!(?unresolved, "updates do not carry their peers");
    }
    explained
}

/// Decodes the whole of a request; what the schema says has been checked before.
pub(crate) fn decode<R: Deserializable>(body: &[u8]) -> Result<R, RpcError> {
    let mut cursor = Cursor::from_slice(body.get(4..).ok_or(RpcError::INPUT_FETCH_ERROR)?);
    R::deserialize(&mut cursor).map_err(|_| RpcError::INPUT_FETCH_ERROR)
}
