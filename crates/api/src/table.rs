//! The one table of methods: which request is answered by which handler, in which class of service.
//!
//! A row `real messages::SendMessage => messages::send_message, class C1;` names the request type, the module under
//! `methods/` whose `handle` answers it, and its class of admission. `anyone` at the end means that no sign-in is needed.

use tl::Identifiable;

use crate::dispatch::Invoke;

/// Who is served first when there is not enough for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Resuming sessions.
    C0,
    /// Sending, receiving and catching up of signed-in people.
    C1,
    /// Sign-in and sign-up.
    C2,
    /// History, search, media, imports, news about newcomers.
    C3,
}

/// How a method is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// By a handler of its own.
    Real,
    /// By a well-formed empty result.
    Empty,
    /// By a documented error.
    Refused,
}

/// A method answered by a handler.
pub(crate) struct Row {
    /// The constructor of the request.
    pub id: u32,
    /// The request type, for logs.
    pub name: &'static str,
    /// When it is served.
    pub class: Class,
    /// Whether it needs no sign-in.
    pub anyone: bool,
    /// Decode, handle, serialise.
    pub invoke: Invoke,
}

/// Every method of the home layer and how it is answered.
pub fn methods() -> impl Iterator<Item = (&'static str, Status)> {
    ROWS.iter().map(|row| (row.name, Status::Real))
}

/// The row of a method with a handler.
pub(crate) fn find(id: u32) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id == id)
}

macro_rules! flag {
    () => {
        false
    };
    (anyone) => {
        true
    };
}

macro_rules! table {
    ($(real $($request:ident)::+ => $($module:ident)::+, class $class:ident $(, $anyone:ident)?;)*) => {
        /// Methods with a handler of their own.
        static ROWS: &[Row] = &[$(Row {
            id: tl::functions::$($request)::+::CONSTRUCTOR_ID,
            name: stringify!($($request)::+),
            class: Class::$class,
            anyone: flag!($($anyone)?),
            invoke: |context, body| Box::pin(async move {
                let request = crate::dispatch::decode::<tl::functions::$($request)::+>(body)?;
                let answer = crate::methods::$($module)::+::handle(context, request).await?;
                Ok(tl::Serializable::to_bytes(&answer))
            }),
        }),*];
    };
}

table! {
    real help::GetNearestDc => help::get_nearest_dc, class C2, anyone;
}
