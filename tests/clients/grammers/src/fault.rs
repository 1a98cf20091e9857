//! What went wrong, as the suite is told.

use grammers_client::InvocationError;
use serde_json::{Value, json};

/// A refusal of the server, or trouble of this side.
pub enum Fault {
    /// The server's answer.
    Refused(InvocationError),
    /// The server's answer, as far as a helper of the library tells it.
    Named(i32, &'static str),
    /// Anything else.
    Trouble(String),
}

impl Fault {
    /// `code`, `name` and where it came from; the numbers in a name that the library takes out are put back.
    pub fn told(&self) -> Value {
        match self {
            Self::Refused(InvocationError::Rpc(error)) => {
                let number = error.value.map(|number| format!("_{number}")).unwrap_or_default();
                json!({ "code": error.code, "name": format!("{}{number}", error.name), "stack": "" })
            }
            Self::Refused(other) => json!({ "code": 0, "name": other.to_string(), "stack": format!("{other:?}") }),
            Self::Named(code, name) => json!({ "code": code, "name": name, "stack": "" }),
            Self::Trouble(text) => json!({ "code": 0, "name": text, "stack": "" }),
        }
    }

    /// Trouble of any sort.
    pub fn new(error: impl ToString) -> Self {
        Self::Trouble(error.to_string())
    }
}

impl From<InvocationError> for Fault {
    fn from(error: InvocationError) -> Self {
        Self::Refused(error)
    }
}
