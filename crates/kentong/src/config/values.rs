//! Values with rules of their own. They refuse on reading, so that the message carries file and line.

use serde::{Deserialize, Serialize};

/// Where people reach this server over HTTP; empty means: made from the first advertised address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The URL with a slash at its end, unless none is configured.
    pub fn get(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = String;

    fn try_from(mut text: String) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(text));
        }
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let has_host = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
        if !has_host || text.contains(char::is_whitespace) || text.contains(['?', '#']) {
            return Err(format!("`{text}` is no base URL: expected http://HOST or https://HOST, with a path at most"));
        }
        if !text.ends_with('/') {
            text.push('/');
        }
        Ok(Self(text))
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.0
    }
}

impl std::str::FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(text.to_owned())
    }
}

/// An address or a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Proxy(pub gateway::Subnet);

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

impl From<Proxy> for String {
    fn from(proxy: Proxy) -> Self {
        proxy.0.to_string()
    }
}

/// The number of a data centre: clients know 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct DcId(i32);

impl DcId {
    /// The DC that clients dial when nobody told them otherwise.
    pub const DEFAULT: Self = Self(2);

    /// The number.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl TryFrom<i32> for DcId {
    type Error = String;

    fn try_from(number: i32) -> Result<Self, String> {
        if !(1..=5).contains(&number) {
            return Err(format!("{number} is no data centre: expected 1 to 5"));
        }
        Ok(Self(number))
    }
}

impl From<DcId> for i32 {
    fn from(dc: DcId) -> Self {
        dc.0
    }
}

/// The work before a number is given, in zero bits of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct WorkBits(u32);

impl WorkBits {
    /// A moment on a phone.
    pub const DEFAULT: Self = Self(16);

    /// The number of bits.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for WorkBits {
    type Error = String;

    fn try_from(bits: u32) -> Result<Self, String> {
        let most = platform::limits::PROOF_OF_WORK_MAX_BITS;
        if bits > most {
            return Err(format!("{bits} bits are too much work: expected 0 to {most}"));
        }
        Ok(Self(bits))
    }
}

impl From<WorkBits> for u32 {
    fn from(bits: WorkBits) -> Self {
        bits.0
    }
}

/// How signals travel between the parts of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BusKind {
    /// Within this process.
    InProcess,
    /// The same, but dropping, doubling and reordering by this seed: for tests.
    Faulty(u64),
}

impl TryFrom<String> for BusKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let seed = || text.strip_prefix("faulty:")?.parse().ok();
        match text.as_str() {
            "in-process" => Ok(Self::InProcess),
            _ => seed()
                .map(Self::Faulty)
                .ok_or_else(|| format!("`{text}` is no bus: expected in-process or faulty:SEED")),
        }
    }
}

impl From<BusKind> for String {
    fn from(bus: BusKind) -> Self {
        match bus {
            BusKind::InProcess => "in-process".to_owned(),
            BusKind::Faulty(seed) => format!("faulty:{seed}"),
        }
    }
}

/// How what one person does reaches the other person's mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// In the same batch.
    Folded,
    /// By letter.
    Outbox,
}

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    /// Anyone.
    Open,
    /// Whoever has an invite.
    Invite,
    /// Anyone, once the operator approved.
    Approval,
    /// Nobody new.
    Closed,
}

/// How the conversation with a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS after the first words, or no mail.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In the clear.
    None,
}

/// Something that is read and never shown.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// What it is.
    pub fn get(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("…")
    }
}

/// Where everything is kept. The URL of a database holds a password and is never shown.
#[derive(Clone, Default, PartialEq)]
pub enum StoreAt {
    /// In the data folder.
    #[default]
    Embedded,
    /// In the database with this URL.
    Postgres(String),
}

impl StoreAt {
    const EMBEDDED: &str = "embedded";

    /// The URL of the database, if there is one.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Embedded => None,
            Self::Postgres(url) => Some(url),
        }
    }
}

impl std::fmt::Debug for StoreAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if *self == Self::Embedded { "embedded" } else { "postgres://…" })
    }
}

impl Serialize for StoreAt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.url().unwrap_or(Self::EMBEDDED))
    }
}

impl<'de> Deserialize<'de> for StoreAt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StoreVisitor)
    }
}

struct StoreVisitor;

impl<'de> serde::de::Visitor<'de> for StoreVisitor {
    type Value = StoreAt;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("\"embedded\" or the URL of a PostgreSQL database")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<StoreAt, E> {
        if text == StoreAt::EMBEDDED {
            return Ok(StoreAt::Embedded);
        }
        match store::PostgresOptions::from_url(text) {
            Ok(_) => Ok(StoreAt::Postgres(text.to_owned())),
            Err(store::UrlError::Scheme) => {
                Err(E::custom(format!("store: \"embedded\", or {}", store::UrlError::Scheme)))
            }
            Err(error) => Err(E::custom(format!("store: {error}"))),
        }
    }

    /// What it was called before.
    fn visit_map<A: serde::de::MapAccess<'de>>(self, _: A) -> Result<StoreAt, A::Error> {
        Err(serde::de::Error::custom("the settings of the embedded store are in [embedded]; store itself is a text"))
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A duration in whole seconds within 0 to one hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Seconds(u16);

impl Seconds {
    /// A duration of so many seconds.
    pub const fn new(seconds: u16) -> Self {
        Self(seconds)
    }

    /// As the standard library's type.
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::from_secs(u64::from(self.0))
    }
}

impl TryFrom<i64> for Seconds {
    type Error = String;

    fn try_from(seconds: i64) -> Result<Self, String> {
        u16::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= 3600)
            .map(Self)
            .ok_or_else(|| format!("{seconds} is out of range: expected 0 to 3600 seconds"))
    }
}

impl From<Seconds> for i64 {
    fn from(seconds: Seconds) -> Self {
        Self::from(seconds.0)
    }
}

/// A duration in whole hours within one hour to a year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Hours(u16);

impl Hours {
    /// The longest, in hours.
    const MAX: i64 = 366 * 24;

    /// A duration of so many hours.
    pub const fn new(hours: u16) -> Self {
        Self(hours)
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        i64::from(self.0) * 3600
    }
}

impl TryFrom<i64> for Hours {
    type Error = String;

    fn try_from(hours: i64) -> Result<Self, String> {
        let is_within = (1..=Self::MAX).contains(&hours);
        u16::try_from(hours)
            .ok()
            .filter(|_| is_within)
            .map(Self)
            .ok_or_else(|| format!("{hours} is out of range: expected 1 to {} hours", Self::MAX))
    }
}

impl From<Hours> for i64 {
    fn from(hours: Hours) -> Self {
        Self::from(hours.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_need_scheme_and_host_and_gain_a_slash() {
        assert_eq!("https://chat.example".parse::<BaseUrl>().unwrap().get(), Some("https://chat.example/"));
        assert_eq!("http://10.0.0.1:80/k/".parse::<BaseUrl>().unwrap().get(), Some("http://10.0.0.1:80/k/"));
        assert_eq!("".parse::<BaseUrl>().unwrap().get(), None);
        for bad in ["chat.example", "ftp://chat.example", "https://", "https:///x", "https://a b", "https://a/?x"] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn a_bus_is_one_of_two() {
        assert_eq!(BusKind::try_from("faulty:7".to_owned()), Ok(BusKind::Faulty(7)));
        assert_eq!(String::from(BusKind::Faulty(7)), "faulty:7");
        assert_eq!(BusKind::try_from("in-process".to_owned()), Ok(BusKind::InProcess));
        assert!(BusKind::try_from("faulty:".to_owned()).is_err());
    }

    #[test]
    fn numbers_have_their_ranges() {
        assert!(DcId::try_from(1).is_ok() && DcId::try_from(5).is_ok());
        assert!(DcId::try_from(0).is_err() && DcId::try_from(6).is_err());
        assert!(Seconds::try_from(3600).is_ok());
        assert!(Hours::try_from(1).is_ok() && Hours::try_from(8784).is_ok());
        assert!(Hours::try_from(0).is_err() && Hours::try_from(8785).is_err());
        assert!(Seconds::try_from(-1).is_err() && Seconds::try_from(3601).is_err());
    }
}
