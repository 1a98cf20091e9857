//! Where the database is and how to reach it. A URL holds a password: nothing here prints it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::limits;

/// What URLs of databases begin with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// How sessions introduce themselves to the database.
const APPLICATION_NAME: &str = "kentong";

/// Settings of the PostgreSQL engine.
#[derive(Clone)]
pub struct PostgresOptions {
    pub(super) config: Config,
    pub(super) is_encrypted: bool,
    pub(super) authorities: Option<PathBuf>,
    /// Connections for reading.
    pub connections: usize,
    /// Connections that write beside each other, 1 to [`limits::DATABASE_LANES_MAX`].
    pub lanes: usize,
    /// Use the database even if it may lose what it acknowledged (`fsync`, `synchronous_commit` or `full_page_writes` off).
    pub accept_unsafe: bool,
    /// A file beside the database that holds the number of the last acknowledged group, by which a database that lost some is
    /// noticed over a restart.
    pub mark: Option<PathBuf>,
    /// Use the database even if it lacks what was acknowledged, or `mark` is damaged; what it holds is the truth then.
    pub accept_loss: bool,
    /// How long a write whose fate is unknown waits for the database to come back before its caller is told so.
    pub patience: Duration,
    /// How long opening waits for another server to let go.
    pub lock_patience: Duration,
}

/// Why a URL is none of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It begins with something else.
    #[error("expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Scheme,
    /// It cannot be taken apart, or has a parameter that means nothing.
    #[error("not a URL of a PostgreSQL database, or one with a parameter that is not known")]
    Shape,
    /// It does not say which database.
    #[error("the URL names no database: postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Database,
    /// Its `sslmode` is not known.
    #[error("sslmode is one of disable, require and verify-full (which both verify the server's certificate)")]
    SslMode,
}

impl PostgresOptions {
    /// The options of this URL, with everything else as it is by default.
    ///
    /// Beside what the driver knows, `sslmode` (disable, require, verify-full) and `sslrootcert` (a PEM file) are understood.
    pub fn from_url(url: &str) -> Result<Self, UrlError> {
        if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(UrlError::Scheme);
        }
        let (url, mode, authorities) = take_tls(url)?;
        let mut config = Config::from_str(&url).map_err(|_| UrlError::Shape)?;
        if config.get_dbname().is_none_or(str::is_empty) || config.get_hosts().is_empty() {
            return Err(UrlError::Database);
        }
        let is_encrypted = match mode.as_deref() {
            None | Some("disable") => false,
            Some("require" | "verify-full") => true,
            Some(_) => return Err(UrlError::SslMode),
        };
        config.ssl_mode(if is_encrypted { SslMode::Require } else { SslMode::Disable });
        config.application_name(APPLICATION_NAME);
        config.connect_timeout(limits::DATABASE_CONNECT_TIMEOUT);
        config.tcp_user_timeout(limits::DATABASE_SILENCE_TIMEOUT);
        config.keepalives_idle(limits::DATABASE_SILENCE_TIMEOUT / 2);
        Ok(Self {
            config,
            is_encrypted,
            authorities,
            connections: limits::DATABASE_CONNECTIONS,
            lanes: limits::DATABASE_LANES,
            accept_unsafe: false,
            mark: None,
            accept_loss: false,
            patience: limits::DATABASE_PATIENCE,
            lock_patience: limits::DATABASE_LOCK_PATIENCE,
        })
    }

    /// Connections that write, within their bounds.
    pub(super) fn lanes(&self) -> usize {
        self.lanes.clamp(1, limits::DATABASE_LANES_MAX)
    }

    /// Host, port and database, for messages.
    #[must_use]
    pub fn place(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            Some(Host::Unix(path)) => path.display().to_string(),
            None => String::new(),
        };
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        format!("{host}:{port}/{}", self.config.get_dbname().unwrap_or_default())
    }

    /// Whether what is said to the database can be read on the way: neither encrypted nor within this machine.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        let is_here = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
        };
        !self.is_encrypted && !self.config.get_hosts().iter().all(is_here)
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresOptions").field("place", &self.place()).finish_non_exhaustive()
    }
}

/// Takes the parameters about TLS, which the driver does not know as we mean them, out of the URL.
fn take_tls(url: &str) -> Result<(String, Option<String>, Option<PathBuf>), UrlError> {
    let Some((front, query)) = url.split_once('?') else { return Ok((url.to_owned(), None, None)) };
    let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => authorities = Some(PathBuf::from(decoded(value)?)),
            _ => rest.push(parameter),
        }
    }
    let rest = rest.join("&");
    Ok((if rest.is_empty() { front.to_owned() } else { format!("{front}?{rest}") }, mode, authorities))
}

/// Percent signs and two digits as the bytes they stand for.
fn decoded(text: &str) -> Result<String, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else { return Err(UrlError::Shape) };
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map_err(|_| UrlError::Shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let options = PostgresOptions::from_url("postgres://ani:geheim@db.example:5433/kentong").expect("a URL");
        assert_eq!(options.place(), "db.example:5433/kentong");
        assert!(options.is_exposed());
        let tls = "postgresql://ani@db/kentong?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=2";
        let options = PostgresOptions::from_url(tls).expect("a URL");
        assert!(options.is_encrypted && !options.is_exposed());
        assert_eq!(options.authorities, Some(PathBuf::from("/etc/ca.pem")));
        let socket = PostgresOptions::from_url("postgres://ani@%2Frun%2Fpostgresql/kentong").expect("a URL");
        assert!(!socket.is_exposed());
        assert_eq!(socket.place(), "/run/postgresql:5432/kentong");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        let refused = |url: &str| PostgresOptions::from_url(url).expect_err("it is wrong");
        assert_eq!(refused("mysql://a@b/c"), UrlError::Scheme);
        assert_eq!(refused("postgres://a@b:port/c"), UrlError::Shape);
        assert_eq!(refused("postgres://a@b/c?sslmood=on"), UrlError::Shape);
        assert_eq!(refused("postgres://a@b"), UrlError::Database);
        assert_eq!(refused("postgres://a@b/c?sslmode=prefer"), UrlError::SslMode);
    }

    #[test]
    fn a_password_is_never_shown() {
        let options = PostgresOptions::from_url("postgres://ani:geheim@db/kentong").expect("a URL");
        assert!(!format!("{options:?} {}", options.place()).contains("geheim"));
        for wrong in ["postgres://ani:geheim@db:x/kentong", "postgres://ani:geheim@db/kentong?geheim=1", "x://geheim"] {
            let refused = PostgresOptions::from_url(wrong).expect_err("it is wrong");
            assert!(!format!("{refused} {refused:?}").contains("geheim"));
        }
    }
}
