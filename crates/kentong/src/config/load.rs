//! Reading: file, then environment, then flags. Every refusal is one line that says where.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::Value;

use super::generate::{Entry, entries};
use super::{BaseUrl, Config};
use platform::product::BINARY;

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of the file is not understood.
    #[error("{}:{line}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A variable of the environment is not understood.
    #[error("environment variable {variable}: {message}")]
    Environment {
        /// Its name.
        variable: String,
        /// What is wrong with its value.
        message: String,
    },
    /// A value that reads well but cannot work.
    #[error("{0}")]
    Senseless(String),
}

/// What the command line overrides.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// The data folder.
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// The configuration file.
    #[arg(long, value_name = "FILE", global = true, env = "KENTONG_CONFIG")]
    pub config: Option<PathBuf>,
    /// An address to listen on, several times for several.
    #[arg(skip)]
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server over HTTP.
    #[arg(skip)]
    pub base_url: Option<BaseUrl>,
    /// Use a database that may lose what it acknowledged.
    #[arg(skip)]
    pub accept_unsafe: bool,
}

/// A configuration and what was odd about it without being wrong.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Variables of the environment that look like ours but are none.
    pub unknown_variables: Vec<String>,
}

/// Reads everything, the later source winning.
pub fn load(flags: &Flags, environment: impl Iterator<Item = (String, String)>) -> Result<Loaded, ConfigError> {
    let config = match &flags.config {
        Some(path) => from_file(path)?,
        None => Config::default(),
    };
    let (mut config, unknown_variables) = overlay_environment(config, environment)?;
    overlay_flags(&mut config, flags);
    check(&config)?;
    Ok(Loaded { config, unknown_variables })
}

fn from_file(path: &Path) -> Result<Config, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| ConfigError::File {
        path: path.to_owned(),
        line: line_of(&text, error.span().map_or(0, |span| span.start)),
        message: one_line(error.message()),
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn overlay_environment(
    config: Config,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Vec<String>), ConfigError> {
    let prefix = format!("{}_", BINARY.to_uppercase());
    let known = entries();
    let mut config = config;
    let mut unknown = Vec::new();
    // An empty variable is as good as none.
    let ours = environment.filter(|(variable, text)| variable.starts_with(&prefix) && !text.is_empty());
    for (variable, text) in ours {
        match known.iter().find(|entry| entry.variable() == variable) {
            Some(entry) => config = overlay(config, entry, &variable, &text)?,
            None if variable == "KENTONG_CONFIG" => {}
            None => unknown.push(variable),
        }
    }
    Ok((config, unknown))
}

fn overlay(config: Config, entry: &Entry, variable: &str, text: &str) -> Result<Config, ConfigError> {
    let refuse = |message: String| ConfigError::Environment { variable: variable.to_owned(), message };
    let mut tree = toml::Table::try_from(config).map_err(|error| refuse(error.to_string()))?;
    let section = match tree.get_mut(entry.section) {
        Some(Value::Table(section)) => section,
        _ => &mut tree,
    };
    section.insert(entry.key.to_owned(), value_like(&entry.default, text).map_err(refuse)?);
    tree.try_into().map_err(|error: toml::de::Error| refuse(one_line(error.message())))
}

/// The text as a value of the kind that the key's default has.
fn value_like(default: &Value, text: &str) -> Result<Value, String> {
    match default {
        Value::Integer(_) => text.parse().map(Value::Integer).map_err(|_| format!("`{text}` is no whole number")),
        Value::Boolean(_) => {
            text.parse().map(Value::Boolean).map_err(|_| format!("`{text}` is neither true nor false"))
        }
        Value::Array(_) => Ok(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        )),
        _ => Ok(Value::String(text.to_owned())),
    }
}

fn overlay_flags(config: &mut Config, flags: &Flags) {
    if let Some(data) = &flags.data {
        config.server.data.clone_from(data);
    }
    if !flags.listen.is_empty() {
        config.server.listen.clone_from(&flags.listen);
    }
    if let Some(base_url) = &flags.base_url {
        config.server.base_url = base_url.clone();
    }
    config.postgres.accept_unsafe |= flags.accept_unsafe;
}

/// What single values cannot know.
fn check(config: &Config) -> Result<(), ConfigError> {
    if config.server.listen.is_empty() {
        return Err(ConfigError::Senseless("server.listen is empty: a server needs an address".into()));
    }
    if let Some(address) =
        config.server.advertise.iter().find(|address| address.ip().is_unspecified() || address.port() == 0)
    {
        return Err(ConfigError::Senseless(format!("server.advertise: nobody can dial {address}")));
    }
    if let Err(error) = tracing_subscriber::EnvFilter::builder().with_regex(false).parse(&config.log.filter) {
        return Err(ConfigError::Senseless(format!("log.filter: {}", one_line(&error.to_string()))));
    }
    check_tls(config).map_err(|message| ConfigError::Senseless(message.to_owned()))
}

fn check_tls(config: &Config) -> Result<(), &'static str> {
    let has = |path: &Path| !path.as_os_str().is_empty();
    let tls = &config.tls;
    match (has(&tls.certificate), has(&tls.key)) {
        (true, false) => return Err("tls.key is empty: a certificate needs its private key"),
        (false, true) => return Err("tls.certificate is empty: a private key alone is none"),
        (true, true) if !tls.acme_domains.is_empty() => {
            return Err("tls: either certificate and key or acme_domains, not both");
        }
        _ => {}
    }
    if !tls.acme_domains.is_empty() && !tls.acme_accept_terms {
        return Err("tls.acme_accept_terms is false: read the terms of the ACME server, then set it to true");
    }
    if tls.acme_contact.iter().any(|address| !address.contains('@') || address.contains(char::is_whitespace)) {
        return Err("tls.acme_contact: expected mail addresses");
    }
    if config.has_tls() && config.server.base_url.get().is_some_and(|url| url.starts_with("http://")) {
        return Err("server.base_url begins with http://, though TLS is set up: make it https://");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into_iter()
    }

    fn file(text: &str) -> (tempfile::TempDir, Flags) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.toml");
        std::fs::write(&path, text).unwrap();
        (folder, Flags { config: Some(path), ..Flags::default() })
    }

    fn refusal(text: &str) -> String {
        let (_folder, flags) = file(text);
        load(&flags, env(&[])).unwrap_err().to_string()
    }

    #[test]
    fn later_sources_win() {
        let (_folder, mut flags) =
            file("[server]\nhome_dc = 4\nlisten = [\"127.0.0.1:1\"]\n[log]\nfilter = \"debug\"\n");
        flags.listen = vec!["127.0.0.1:3".parse().unwrap()];
        let variables = [("KENTONG_SERVER_LISTEN", "127.0.0.1:2, [::1]:2"), ("KENTONG_SERVER_HOME_DC", "5")];
        let loaded = load(&flags, env(&variables)).unwrap();
        assert_eq!(loaded.config.server.home_dc.get(), 5);
        assert_eq!(loaded.config.server.listen, flags.listen);
        assert_eq!(loaded.config.log.filter, "debug");
        let loaded = load(&Flags { listen: Vec::new(), ..flags }, env(&variables)).unwrap();
        assert_eq!(loaded.config.server.listen.len(), 2);
    }

    #[test]
    fn a_refusal_names_file_and_line() {
        let unknown = refusal("[server]\n\nlissten = []\n");
        assert!(unknown.contains("k.toml:3: unknown field `lissten`"), "{unknown}");
        let value = refusal("[server]\nhome_dc = 9\n");
        assert!(value.contains("k.toml:2: 9 is no data centre"), "{value}");
        let address = refusal("[server]\nlisten = [\n  \"nowhere\",\n]\n");
        assert!(address.contains("k.toml:3: invalid socket address"), "{address}");
        let syntax = refusal("[server\n");
        assert!(syntax.contains("k.toml:1: "), "{syntax}");
        let section = refusal("\n[sever]\n");
        assert!(section.contains("k.toml:2: unknown field `sever`"), "{section}");
        for text in [unknown, value, address, syntax, section] {
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }

    #[test]
    fn a_refusal_names_the_variable() {
        let error = load(&Flags::default(), env(&[("KENTONG_SERVER_HOME_DC", "two")])).unwrap_err().to_string();
        assert_eq!(error, "environment variable KENTONG_SERVER_HOME_DC: `two` is no whole number");
        let error = load(&Flags::default(), env(&[("KENTONG_ACCESS_SIGN_UP", "ajar")])).unwrap_err().to_string();
        assert!(error.starts_with("environment variable KENTONG_ACCESS_SIGN_UP: unknown variant `ajar`"), "{error}");
    }

    #[test]
    fn values_that_cannot_work_are_refused() {
        assert!(refusal("[server]\nlisten = []").contains("needs an address"));
        assert!(refusal("[server]\nadvertise = [\"0.0.0.0:1\"]").contains("nobody can dial"));
        assert!(refusal("[log]\nfilter = \"a=b=c\"").starts_with("log.filter: "));
    }

    #[test]
    fn the_store_is_a_url_before_all_sections() {
        let url = "postgres://ani:geheim@db.example/kentong";
        let (_folder, flags) = file(&format!("store = \"{url}\"\n[server]\nhome_dc = 4\n"));
        let config = load(&flags, env(&[])).unwrap().config;
        assert_eq!(config.store.url(), Some(url));
        assert!(!format!("{config:?}").contains("geheim"));
        let config = load(&flags, env(&[("KENTONG_STORE", "embedded")])).unwrap().config;
        assert_eq!(config.store, super::super::StoreAt::Embedded);
        let config = load(&Flags::default(), env(&[("KENTONG_STORE", url)])).unwrap().config;
        assert_eq!(config.store.url(), Some(url));
    }

    #[test]
    fn a_wrong_store_is_refused_without_its_password() {
        let wrong = refusal("store = \"postgres://ani:geheim@db.example\"\n");
        assert!(wrong.contains("k.toml:1: store: the URL names no database"), "{wrong}");
        let table = refusal("[store]\ncache_mib = 1\n");
        assert!(table.contains("[embedded]"), "{table}");
        let error = load(&Flags::default(), env(&[("KENTONG_STORE", "mysql://ani:geheim@db/k")])).unwrap_err();
        for text in [wrong, table, error.to_string()] {
            assert!(!text.contains("geheim") && text.lines().count() == 1, "{text}");
        }
    }

    #[test]
    fn half_a_tls_is_refused() {
        let acme = "acme_domains = [\"chat.example\"]";
        for (text, part) in [
            ("certificate = \"c.pem\"", "tls.key is empty"),
            ("key = \"k.pem\"", "tls.certificate is empty"),
            (acme, "acme_accept_terms"),
            (&format!("{acme}\nacme_accept_terms = true\ncertificate = \"c\"\nkey = \"k\""), "not both"),
            (&format!("{acme}\nacme_accept_terms = true\nacme_contact = [\"me\"]"), "mail addresses"),
            (&format!("{acme}\nacme_accept_terms = true\n[server]\nbase_url = \"http://chat.example\""), "https://"),
        ] {
            let refused = refusal(&format!("[tls]\n{text}"));
            assert!(refused.contains(part), "{text}: {refused}");
        }
        let variables =
            [("KENTONG_TLS_ACME_DOMAINS", "a.example, b.example"), ("KENTONG_TLS_ACME_ACCEPT_TERMS", "true")];
        assert_eq!(load(&Flags::default(), env(&variables)).unwrap().config.tls.acme_domains.len(), 2);
    }

    #[test]
    fn other_variables_are_reported_not_refused() {
        let variables = [("KENTONG_SERVICE_HOST", "10.0.0.1"), ("HOME", "/"), ("KENTONG_SERVER_BUS", "")];
        let loaded = load(&Flags::default(), env(&variables)).unwrap();
        assert_eq!(loaded.unknown_variables, ["KENTONG_SERVICE_HOST"]);
    }

    #[test]
    fn the_example_is_the_default_with_and_without_comment_signs() {
        let example = super::super::example();
        let parsed: Config = toml::from_str(&example).unwrap();
        assert_eq!(parsed, Config::default());
        let keys: String =
            example.lines().filter(|line| !line.starts_with("# ")).collect::<Vec<_>>().join("\n").replace('#', "");
        let parsed: Config = toml::from_str(&keys).unwrap();
        assert_eq!(parsed, Config::default());
        for entry in entries() {
            assert!(keys.contains(&format!("\n{} = ", entry.key)), "{} is missing", entry.key);
        }
    }
}
