//! Whether the database keeps what it acknowledges.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::{sql, trouble};

/// Names the first setting with which acknowledged writes may be lost, unless `accept_unsafe`. What is not known to the
/// database (its relatives have no such choice) is fine.
pub(super) async fn check(client: &Client, accept_unsafe: bool) -> Result<(), String> {
    for setting in sql::DURABILITY {
        let shown = client.query_one(&format!("SHOW {setting}"), &[]).await;
        let value: String = match shown {
            Ok(row) => row.get(0),
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_OBJECT) => continue,
            Err(error) => return Err(trouble::chain(&error)),
        };
        if value != "off" {
            continue;
        }
        if !accept_unsafe {
            return Err(format!("{setting} is off: acknowledged messages could be lost; turn it on, or use --unsafe"));
        }
        tracing::warn!(setting, "is off in the database: acknowledged messages may be lost");
    }
    Ok(())
}
