//! A rule that did not hold.

/// Which rule, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule, as a sentence.
    pub rule: &'static str,
    /// Who, where, what was expected and what was found.
    pub detail: String,
}

/// A broken rule as an error.
///
/// # Errors
/// Always.
pub fn broken<T>(rule: &'static str, detail: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { rule, detail: detail.into() })
}
