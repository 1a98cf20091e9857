//! One connection to the database that is set up as every connection should be.

use std::sync::Arc;

use deadpool_postgres::{Hook, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use futures::future::join_all;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Error};

use super::options::PostgresOptions;
use super::tls::Encryption;
use super::{sql, trouble};
use crate::limits;

/// How to reach the database.
#[derive(Clone)]
pub(super) struct Road {
    pub(super) options: Arc<PostgresOptions>,
    encryption: Encryption,
}

/// An open connection and the task that drives it.
pub(super) struct Session {
    pub(super) client: Client,
    driver: JoinHandle<()>,
}

impl Road {
    pub(super) fn new(options: &PostgresOptions) -> Result<Self, String> {
        let encryption = Encryption::new(options.authorities.as_deref())?;
        Ok(Self { options: Arc::new(options.clone()), encryption })
    }

    /// Connects; the task that drives the connection runs on the runtime this is called on.
    pub(super) async fn connect(&self) -> Result<Session, Error> {
        let (client, connection) = self.options.config.connect(self.encryption.clone()).await?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = trouble::chain(&error), "a connection to the database ended");
            }
        });
        set_up(&client).await;
        Ok(Session { client, driver })
    }

    /// A pool for readers; connects when it is first asked.
    pub(super) fn pool(&self) -> Result<Pool, String> {
        let manager = Manager::from_config(
            self.options.config.clone(),
            self.encryption.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let set_up = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move {
                set_up(client).await;
                Ok(())
            })
        });
        Pool::builder(manager)
            .max_size(self.options.connections.max(1))
            .wait_timeout(Some(limits::DATABASE_READ_TIMEOUT))
            .create_timeout(Some(limits::DATABASE_CONNECT_TIMEOUT))
            .runtime(Runtime::Tokio1)
            .post_create(set_up)
            .build()
            .map_err(|error| error.to_string())
    }
}

impl Session {
    /// Waits until the connection is over.
    pub(super) async fn ended(&mut self) {
        // However it ended: it is over.
        let _ = (&mut self.driver).await;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Whether another connection may do better.
pub(super) fn is_worth_another(error: &PoolError) -> bool {
    match error {
        PoolError::Backend(error) => trouble::is_broken(error),
        PoolError::Timeout(_) | PoolError::Closed | PoolError::NoRuntimeSpecified => false,
        PoolError::PostCreateHook(_) => true,
    }
}

async fn set_up(client: &Client) {
    for (wish, told) in sql::SESSION.iter().zip(join_all(sql::SESSION.map(|wish| client.batch_execute(wish))).await) {
        if let Err(error) = told {
            tracing::debug!(wish, error = trouble::chain(&error), "the database does not know this setting");
        }
    }
}
