//! What errors of the database mean for a group.

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use super::sql;

/// Why a group was not written, or perhaps was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// An assertion about a record failed: nothing was written.
    Conflict,
    /// Nothing was written, and the same again may succeed at once (serialization failure, deadlock).
    Again(String),
    /// Another server has the lane, or the groups are not where they should be: nothing was written.
    Fenced(String),
    /// The database refused: nothing was written.
    Refused(String),
    /// The connection broke: written or not.
    Lost(String),
}

/// What a failed statement of a group means.
pub(super) fn of(error: &Error) -> Trouble {
    let Some(told) = error.as_db_error() else { return Trouble::Lost(chain(error)) };
    if is_final(told) {
        return Trouble::Lost(line(told));
    }
    match told.code() {
        code if code.code() == sql::CONFLICT || *code == SqlState::UNIQUE_VIOLATION => Trouble::Conflict,
        code if code.code() == sql::FENCED => Trouble::Fenced(line(told)),
        code if is_passing(code) => Trouble::Again(line(told)),
        _ => Trouble::Refused(line(told)),
    }
}

/// Whether the session died with this error, or cannot have begun: asking again over another one may help.
pub(super) fn is_broken(error: &Error) -> bool {
    error.is_closed() || error.as_db_error().is_none_or(is_final)
}

/// One line for people, with what the system said; the driver never puts a password into it.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the database said, in one line.
pub(super) fn line(told: &DbError) -> String {
    format!("{} ({})", told.message(), told.code().code())
}

fn is_final(told: &DbError) -> bool {
    matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

fn is_passing(code: &SqlState) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE].contains(code)
}
