//! The methods without a handler: answered by a well-formed empty result where clients ask at start-up or browse, and
//! refused with a documented error everywhere else. Never a 500, never silence.

mod empty;
mod refused;
mod shapes;

use tl::schema::Definition;

use crate::{Context, RpcError};

/// Makes an answer that depends on the request.
pub(crate) type Make = fn(&Context<'_>, &[u8]) -> Option<Vec<u8>>;

/// How a method without a handler is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// By nothing in its proper form.
    Empty(Make),
    /// By an error.
    Refused(RpcError),
}

/// The answer to a method without a handler.
pub(crate) fn answer(function: &'static Definition) -> Answer {
    match empty::find(function) {
        Some(make) => Answer::Empty(make),
        None => Answer::Refused(refused::find(function.name)),
    }
}

/// Whether it is answered before sign-in, too.
pub(crate) fn is_for_anyone(name: &str) -> bool {
    name.starts_with("help.") || name.starts_with("langpack.")
}
