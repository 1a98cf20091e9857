//! The product's name, in one place: nothing else may spell it where people see it.

/// The name people see: the service account's name, the name under the login code.
pub const NAME: &str = "Kentong";
/// The name of the binary and of configuration files.
pub const BINARY: &str = "kentong";
/// The domain of links when no base URL is configured.
pub const DOMAIN: &str = "localhost";
/// The phone number of the service account: nobody can sign up with it.
pub const SERVICE_PHONE: &str = "42777";
/// What the numbers begin with that this server gives itself, to people without a phone; E.164 never gave it to a country.
pub const RESERVED_PREFIX: &str = "888";

/// DC numbers of the test environment are those of the real one and this.
pub const TEST_DC_OFFSET: i32 = 10_000;
