//! The configuration: one documented struct, read from a TOML file, the environment and flags, the later ones winning.
//! Unknown keys and bad values are refused before anything starts; every key has a default that works.

mod document;
mod generate;
mod load;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use document::section;
pub use generate::{example, markdown};
pub use load::{Flags, load};
pub use values::{
    BaseUrl, BusKind, DcId, DeliveryKind, Hours, LogFormat, MailTls, Proxy, Seconds, Secret, SignUp, StoreAt, WorkBits,
};

/// Everything an operator can set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where everything is kept.
    pub store: StoreAt,
    /// Where the server lives and how it is reached.
    pub server: Server,
    /// HTTPS, and everything else inside TLS.
    pub tls: Tls,
    /// How much the network may take.
    pub network: Network,
    /// Who may come in.
    pub access: Access,
    /// How the embedded store works.
    pub embedded: Embedded,
    /// How a PostgreSQL database is used.
    pub postgres: Postgres,
    /// What people may upload, and how long it stays.
    pub media: Media,
    /// How mail leaves.
    pub mail: Mail,
    /// What the protocol allows.
    pub protocol: Protocol,
    /// What is logged.
    pub log: Log,
}

section! {
    /// Where the server lives and how it is reached.
    Server {
        /// The data folder. Empty: $XDG_DATA_HOME/kentong, else ~/.local/share/kentong, else /var/lib/kentong.
        data: PathBuf = PathBuf::new();
        /// Addresses to listen on; MTProto, WebSocket and HTTP share each of them, told apart by their first bytes.
        /// Port 4430 is the 443 that clients expect, with a zero behind it, so that no privilege is needed; port 0 takes
        /// a free one, and the file `listen` in the data folder then says which.
        listen: Vec<SocketAddr> = vec![SocketAddr::from(([0, 0, 0, 0], DEFAULT_PORT))];
        /// Addresses that clients are told to dial, when they differ from those listened on (behind NAT or a proxy).
        /// Empty: the listening addresses, an unspecified one replaced by this machine's outward address.
        advertise: Vec<SocketAddr> = Vec::new();
        /// Where people reach this server over HTTP; public links begin with it. Empty: made from the first address.
        base_url: BaseUrl = BaseUrl::default();
        /// The folder with words for clients' interfaces, one file a language (docs/languages.md). Empty: `languages` in
        /// the data folder, if it is there.
        languages: PathBuf = PathBuf::new();
        /// The data centre that every account of this server calls home. Clients dial 2 unless told otherwise.
        home_dc: DcId = DcId::DEFAULT;
        /// Threads that serve connections. 0: one for each core.
        workers: u16 = 0;
        /// How signals travel: "in-process", or "faulty:SEED" which loses, doubles and reorders them, for tests.
        bus: BusKind = BusKind::InProcess;
        /// How what one person does reaches the other's mailbox: "folded" into one write, or "outbox", where every write
        /// keeps to one mailbox and letters go between them. People see the same; it is meant for stores that spread
        /// people over machines, and may be changed at any start.
        delivery: DeliveryKind = DeliveryKind::Folded;
        /// How long a stopping server waits for what is in flight, in seconds.
        drain_seconds: Seconds = Seconds::new(10);
    }
}

section! {
    /// HTTPS, and everything else inside TLS, on the addresses of `server.listen`; docs/tls.md tells it step by step.
    /// Either certificate files or ACME domains turn it on. Then `base_url` is made with https.
    Tls {
        /// The certificate and those between it and its root, PEM. Read again when it changes. Empty: none.
        certificate: PathBuf = PathBuf::new();
        /// The certificate's private key, PEM.
        key: PathBuf = PathBuf::new();
        /// Domain names to get a certificate for by ACME; the first is how people call the server. Port 443 of each must
        /// lead here.
        acme_domains: Vec<String> = Vec::new();
        /// Mail addresses that the ACME server may write to.
        acme_contact: Vec<String> = Vec::new();
        /// The ACME server's directory.
        acme_directory: String = tls::LETS_ENCRYPT.to_owned();
        /// Set it once you have read the ACME server's terms of service and agree: nothing is asked for before.
        acme_accept_terms: bool = false;
        /// PEM with authorities to trust beside the public ones when asking the ACME server, for one of your own.
        acme_authorities: PathBuf = PathBuf::new();
        /// Send browsers that ask for a page over http to https.
        redirect: bool = true;
        /// For how many days browsers then ask for nothing but https (HSTS); 0: they are not told to.
        remember_days: u16 = 180;
    }
}

section! {
    /// How much the network may take.
    Network {
        /// A longer mean wait than this, in milliseconds, of writes before the disk or of requests before a thread is overload:
        /// then history, search and files are refused for a while, and newcomers come in at the pace that can be borne
        /// (docs/admission.md). 0: nothing is refused for it.
        overload_wait_ms: u32 = 20;
        /// Most open connections.
        connections: u32 = 200_000;
        /// Most connections of one address that have not shown a key yet; a household or a village may share one.
        strangers_per_address: u32 = 1_024;
        /// Addresses of your own proxies, or ranges such as "10.0.0.0/8": what they say in X-Forwarded-For,
        /// X-Forwarded-Proto or a PROXY header (versions 1 and 2) is believed, and they are not counted as strangers
        /// themselves. See docs/tls.md.
        trusted_proxies: Vec<Proxy> = Vec::new();
        /// Threads for key exchanges alone, so that a flood of newcomers never slows messages.
        key_exchange_threads: u16 = 1;
    }
}

section! {
    /// Who may come in.
    Access {
        /// Who may sign up on a new server: "open", "invite", "approval" (the operator lets each one in) or "closed".
        /// Once `kentong admin mode` has set a mode, that one counts.
        sign_up: SignUp = SignUp::Open;
        /// Give people without a phone a number of this server's own (+888 …), which the web client and the protocol's
        /// extensions ask for (docs/coming-in.md).
        door_numbers: bool = true;
        /// The work a device does before it is given such a number: so many zero bits of a hash, each doubling it. 16 is a
        /// moment on a phone; it grows by itself for an address that was given many. 0: none.
        proof_of_work_bits: WorkBits = WorkBits::DEFAULT;
        /// How many newcomers may come in within a minute; the others wait, and are told how long. 0: as many as come.
        newcomers_per_minute: u32 = 0;
        /// How many newcomers one person may bring in with an invite of their own. 0: people invite nobody.
        invites_per_person: u32 = 20;
    }
}

section! {
    /// What stands before all sections.
    Top {
        /// Where everything is kept: "embedded" (in the data folder), or a PostgreSQL database such as
        /// "postgres://USER:PASSWORD@HOST:5432/kentong"; docs/storage.md says how to set one up. The data folder keeps the
        /// server's keys and the media either way.
        store: StoreAt = StoreAt::Embedded;
    }
}

section! {
    /// How the embedded store works, when `store` says so.
    Embedded {
        /// Memory for blocks that are read again, in MiB.
        cache_mib: u32 = 32;
        /// Memory for new records before they become a sorted table on disk, in MiB.
        memtable_mib: u32 = 16;
        /// Open a store that came back shorter than what was acknowledged (a broken disk, a restored snapshot), and go on
        /// without what is missing. For one start, after reading docs/storage.md.
        accept_loss: bool = false;
    }
}

section! {
    /// How a PostgreSQL database is used, when `store` names one.
    Postgres {
        /// Connections for reading; three more write, and one watches.
        connections: u16 = 8;
        /// Start although the database has fsync, synchronous_commit or full_page_writes turned off, and may lose what it
        /// acknowledged; as `serve --unsafe` does. For tests only.
        accept_unsafe: bool = false;
        /// Use a database that lacks what was acknowledged (it was restored from an old backup), and go on with what it holds.
        /// For one start, after reading docs/storage.md.
        accept_loss: bool = false;
    }
}

section! {
    /// What people may upload, and how long it stays. Files lie in the folder `media` of the data folder.
    Media {
        /// How much one person may keep here, in MiB; 0 is no limit. The protocol documents no error for it: clients show
        /// STORAGE_QUOTA_EXCEEDED as they show what they do not know. What is given back when a file is removed counts again.
        quota_mib: u32 = 0;
        /// How much one person may have in uploads that are not finished, in MiB. Clients offer files of up to 4000 MiB.
        unfinished_mib: u32 = 8_192;
        /// How long an upload may rest before it is removed, in hours.
        unfinished_hours: Hours = Hours::new(24);
        /// How long a file stays that no message and no profile holds any more, in hours. Somebody may still be looking at it.
        grace_hours: Hours = Hours::new(24);
        /// How long the reference by which a client asks for a file counts, in seconds; clients then ask for a new one.
        file_reference_seconds: u32 = 86_400;
    }
}

section! {
    /// How mail leaves: codes that confirm an address, recover a password, or open the door to whoever has one on file.
    Mail {
        /// The mail server that takes them, by name or address. Empty: no mail, and no address is taken from people.
        host: String = String::new();
        /// Its port. 0: the usual one, 587 for "starttls", 465 for "tls", 25 for "none".
        port: u16 = 0;
        /// Who this server is there. Empty: nobody asks.
        user: String = String::new();
        /// The password of that user.
        password: Secret = Secret::default();
        /// A file with the password, in place of `password`; a line break at its end does not count.
        password_file: PathBuf = PathBuf::new();
        /// Who the mails are from, such as "Kentong <kentong@example.org>".
        from: String = String::new();
        /// "starttls" (asked for, and insisted on), "tls" from the first byte, or "none" for a mail server on this machine.
        tls: MailTls = MailTls::Starttls;
        /// A PEM file with an authority to trust beside the usual ones, for a mail server with a certificate of its own.
        ca_file: PathBuf = PathBuf::new();
    }
}

section! {
    /// What the protocol allows.
    Protocol {
        /// Accept the older RSA padding of the key exchange, which Telethon, Pyrogram and Kurigram still send.
        legacy_rsa_padding: bool = true;
        /// Draw the server's Diffie-Hellman exponent from 2048 bits instead of 320: as the protocol's page says, at
        /// about seven times the cost of a key exchange and for no known gain.
        full_dh_exponent: bool = false;
    }
}

section! {
    /// What is logged. Logs go to standard error and never hold message text, codes or keys; the one exception is
    /// the line with a login code, while no other road for codes is set up.
    Log {
        /// Which lines: a level ("error", "warn", "info", "debug", "trace") or levels by part ("info,gateway=debug").
        filter: String = "info".to_owned();
        /// "text" for people, "json" for machines.
        format: LogFormat = LogFormat::Text;
    }
}

/// The port of the default address, and of connection links without one.
pub const DEFAULT_PORT: u16 = 4430;

impl Config {
    /// The folder of languages after defaults.
    pub fn languages_dir(&self) -> PathBuf {
        let set = &self.server.languages;
        if set.as_os_str().is_empty() { self.data_dir().join("languages") } else { set.clone() }
    }

    /// Whether TLS is served.
    pub fn has_tls(&self) -> bool {
        !self.tls.certificate.as_os_str().is_empty() || !self.tls.acme_domains.is_empty()
    }

    /// The data folder after defaults.
    pub fn data_dir(&self) -> PathBuf {
        if self.server.data.as_os_str().is_empty() { default_data_dir() } else { self.server.data.clone() }
    }
}

fn default_data_dir() -> PathBuf {
    let from = |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_DATA_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join(platform::product::BINARY)
}
