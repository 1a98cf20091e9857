//! PostgreSQL for tests: an instance of their own, on a free port, durable as a real one, gone when the test process is.
//!
//! It is made of Debian's `postgresql` package (or what is in the PATH) with `initdb`. PostgreSQL refuses to run as root, so
//! root hands it to the user `postgres` or `nobody`. A small shell beside it waits for the end of this process, however it
//! comes, then ends the instance and removes its folder. For tests only: its password is no secret.

use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Longest time for the instance to take connections, or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks whether it does.
const NAP: Duration = Duration::from_millis(20);
/// Ports that are tried before giving up: another process may be quicker.
const PORTS_MAX: usize = 5;
/// Who the tests are to the database.
const USER: &str = "kentong";
const PASSWORD: &str = "drum";
/// Files of the data folder for encrypted connections.
const CERTIFICATE: &str = "server.crt";
const KEY: &str = "server.key";
/// Users that the instance runs as when the tests are root.
const SYSTEM_USERS: [&str; 2] = ["postgres", "nobody"];
/// How many shards such a database has.
pub const SHARDS: u32 = 4;
/// Citus gives each shard a range of hashes, told as text.
const STAND_IN: &str = "
CREATE VIEW SCHEMA.pg_extension AS SELECT 'citus'::text AS extname;
CREATE TABLE SCHEMA.pg_dist_partition (logicalrelid regclass);
CREATE TABLE SCHEMA.pg_dist_shard (logicalrelid regclass, shardminvalue text, shardmaxvalue text);
CREATE FUNCTION SCHEMA.create_distributed_table(regclass, text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO SCHEMA.pg_dist_partition SELECT $1 WHERE $2 = 'owner';
    INSERT INTO SCHEMA.pg_dist_shard SELECT $1, ((1::bigint << 32) / SHARDS * shard - 2147483648)::text,
        ((1::bigint << 32) / SHARDS * (shard + 1) - 2147483649)::text FROM generate_series(0, SHARDS - 1) AS shard
$$;
";
/// Waits until its input ends, which is when the test process does; then ends the instance and removes everything.
const JANITOR: &str = r#"
cat >/dev/null
for signal in QUIT KILL; do
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || break
    kill -CONT "$pid" 2>/dev/null; kill -$signal "$pid" 2>/dev/null
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break 2; sleep 0.05; done
done
rm -rf "$1"
"#;

/// A running instance; dropping it ends it.
#[derive(Debug)]
pub struct Instance {
    /// Holds `data`, the socket and the log. The janitor removes it.
    folder: PathBuf,
    port: u16,
    settings: Vec<(String, String)>,
    server: Mutex<Option<Child>>,
    _janitor: Child,
    names: AtomicU32,
}

impl Instance {
    /// Whether this machine has what an instance is made of.
    #[must_use]
    pub fn is_installed() -> bool {
        ["initdb", "postgres", "psql"].iter().all(|name| {
            Command::new(program(name)).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        })
    }

    /// A new instance.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A new instance with these settings of `postgresql.conf`, in the folder for temporary files.
    #[must_use]
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_in(&std::env::temp_dir(), settings)
    }

    /// A new instance whose data lie below `parent`.
    #[must_use]
    pub fn start_in(parent: &Path, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("kentong-pg-").tempdir_in(parent).expect("a folder").keep();
        make_ours(&folder);
        let janitor = janitor(&folder);
        make_cluster(&folder);
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let server = Mutex::new(None);
        let mut instance = Self { folder, port: 0, settings, server, _janitor: janitor, names: AtomicU32::new(0) };
        instance.start_somewhere();
        instance.psql("postgres", "CREATE DATABASE kentong");
        instance
    }

    /// Starts it on a port that is free.
    fn start_somewhere(&mut self) {
        for _ in 0..PORTS_MAX {
            self.port = free_port();
            if self.try_start() {
                return;
            }
        }
        panic!("postgres does not start: {}", self.log());
    }

    /// The instance that the tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Instance> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The URL of a store that nobody used before: a schema of its own.
    pub fn fresh_url(&self) -> String {
        let schema = format!("s{}", self.names.fetch_add(1, Ordering::Relaxed));
        self.psql("kentong", &format!("CREATE SCHEMA {schema}"));
        self.url_of_schema(&schema)
    }

    /// The same in what looks like a database of Citus with [`SHARDS`] shards. It is not Citus: what the store looks at, and the
    /// function it calls, are in a schema that is searched first.
    pub fn fresh_sharded_url(&self) -> String {
        let url = self.fresh_url();
        let schema = url.rsplit("%3D").next().expect("it has a schema");
        let statements = STAND_IN.replace("SCHEMA", schema).replace("SHARDS", &SHARDS.to_string());
        self.psql("kentong", &statements);
        format!("{url},pg_catalog")
    }

    /// The URL of the one database, over TCP.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/kentong", self.port)
    }

    /// The same over the socket.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}:{PASSWORD}@{folder}:{}/kentong", self.port)
    }

    /// The URL of a schema that exists.
    #[must_use]
    pub fn url_of_schema(&self, schema: &str) -> String {
        format!("{}?options=-csearch_path%3D{schema}", self.url())
    }

    /// Where it listens, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What statements of the administrator answer, one row a line.
    pub fn sql(&self, statements: &str) -> String {
        self.psql("kentong", statements)
    }

    /// Kills it without warning: the server and, by that, all of its processes.
    pub fn kill(&self) {
        let mut server = self.server.lock().expect("no test panicked in here");
        if let Some(mut server) = server.take() {
            server.kill().expect("it runs");
            server.wait().expect("it ends");
        }
    }

    /// Starts it again, at the same address.
    pub fn start_again(&self) {
        let until = Instant::now() + PATIENCE;
        // The processes of one that was killed have to be gone first.
        while !self.try_start() {
            assert!(Instant::now() < until, "postgres does not start again: {}", self.log());
            std::thread::sleep(NAP);
        }
    }

    /// Ends it in order and starts it again with other settings.
    pub fn restart_with(&mut self, settings: &[(&str, &str)]) {
        self.stop();
        self.settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.start_again();
    }

    /// Restarts it with this certificate and its key, both PEM, for encrypted connections.
    pub fn encrypt(&mut self, (certificate, key): &(String, String)) {
        for (name, text) in [(CERTIFICATE, certificate), (KEY, key)] {
            let path = self.folder.join("data").join(name);
            fs::write(&path, text).expect("writes");
            make_ours(&path);
        }
        self.restart_with(&[("ssl", "on"), ("ssl_cert_file", CERTIFICATE), ("ssl_key_file", KEY)]);
    }

    /// A standby that follows this one, over its own copy of the data.
    #[must_use]
    pub fn standby(&self) -> Self {
        let folder = tempfile::Builder::new().prefix("kentong-pg-").tempdir().expect("a folder").keep();
        make_ours(&folder);
        let janitor = janitor(&folder);
        let told = as_server("pg_basebackup")
            .args(["-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string()])
            .arg("-D")
            .arg(folder.join("data"))
            .env("PGPASSWORD", PASSWORD)
            .current_dir("/")
            .output()
            .expect("pg_basebackup runs");
        assert!(told.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&told.stderr));
        let (settings, server) = (self.settings.clone(), Mutex::new(None));
        let mut instance = Self { folder, port: 0, settings, server, _janitor: janitor, names: AtomicU32::new(0) };
        instance.start_somewhere();
        instance
    }

    /// Stops all of its processes where they stand, until [`Instance::resume`].
    pub fn pause(&self) {
        self.signal_all(Signal::STOP);
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.signal_all(Signal::CONT);
    }

    /// Seconds of processor time that all of its processes have taken so far.
    #[must_use]
    pub fn cpu_seconds(&self) -> f64 {
        let group = self.server.lock().expect("no test panicked in here").as_ref().map_or(0, Child::id);
        let ticks: u64 = all_processes()
            .filter(|process| process.parent == group || process.id == group)
            .map(|process| process.ticks)
            .sum();
        ticks as f64 / 100.0
    }

    fn try_start(&self) -> bool {
        let mut command = as_server("postgres");
        command.arg("-D").arg(self.folder.join("data"));
        let socket = self.folder.display().to_string();
        let port = self.port.to_string();
        let usual = [
            ("listen_addresses", "127.0.0.1"),
            ("port", port.as_str()),
            ("unix_socket_directories", socket.as_str()),
            ("max_connections", "300"),
            ("shared_buffers", "64MB"),
        ];
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in usual.into_iter().chain(own) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log")).expect("a log");
        let server = command
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("postgres runs");
        self.wait_until_ready(server)
    }

    /// Whether it takes connections; keeps it then.
    fn wait_until_ready(&self, mut server: Child) -> bool {
        let until = Instant::now() + PATIENCE;
        while server.try_wait().expect("it is a child").is_none() && Instant::now() < until {
            if self.ask("postgres", "SELECT 1").is_ok_and(|told| told.status.success()) {
                *self.server.lock().expect("no test panicked in here") = Some(server);
                return true;
            }
            std::thread::sleep(NAP);
        }
        let _ = server.kill();
        let _ = server.wait();
        false
    }

    fn stop(&self) {
        let server = self.server.lock().expect("no test panicked in here").take();
        if let Some(mut server) = server {
            let _ = kill_process_group(pid(&server), Signal::CONT);
            let _ = kill_process(pid(&server), Signal::INT);
            let _ = server.wait();
        }
    }

    /// Every process of the instance is a child of its first one, each in a group of its own.
    fn signal_all(&self, signal: Signal) {
        let first = self.server.lock().expect("no test panicked in here").as_ref().map_or(0, Child::id);
        for process in all_processes().filter(|process| process.id == first || process.parent == first) {
            if let Some(pid) = i32::try_from(process.id).ok().and_then(Pid::from_raw) {
                // A process that ended meanwhile needs no signal.
                let _ = kill_process(pid, signal);
            }
        }
    }

    fn psql(&self, database: &str, statements: &str) -> String {
        let told = self.ask(database, statements).expect("psql runs");
        assert!(told.status.success(), "{statements}: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    }

    fn ask(&self, database: &str, statements: &str) -> io::Result<Output> {
        Command::new(program("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", USER, "-d", database])
            .args(["-p", &self.port.to_string(), "-c", statements])
            .env("PGPASSWORD", PASSWORD)
            .env("PGCONNECT_TIMEOUT", "5")
            .stdin(Stdio::null())
            .output()
    }

    fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        log.lines().rev().take(5).collect::<Vec<_>>().join(" | ")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the system says about a process.
struct Process {
    id: u32,
    parent: u32,
    /// User and system time, of itself and of children it has waited for, in hundredths of a second.
    ticks: u64,
}

fn all_processes() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").expect("there is a /proc");
    entries.filter_map(|entry| {
        let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let fields: Vec<u64> =
            stat.rsplit_once(')')?.1.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0)).collect();
        Some(Process { id, parent: u32::try_from(*fields.first()?).ok()?, ticks: fields.get(10..14)?.iter().sum() })
    })
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn janitor(folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", JANITOR, "janitor"])
        .arg(folder)
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs")
}

fn make_cluster(folder: &Path) {
    let secret = folder.join("password");
    let mut file = fs::File::create(&secret).expect("a file");
    writeln!(file, "{PASSWORD}").expect("writes");
    make_ours(&secret);
    let told = as_server("initdb")
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"])
        .arg(format!("--pwfile={}", secret.display()))
        .current_dir("/")
        .output()
        .expect("initdb runs");
    assert!(told.status.success(), "initdb: {}", String::from_utf8_lossy(&told.stderr));
}

/// A command of the database, run as somebody it accepts.
fn as_server(name: &str) -> Command {
    let mut command = Command::new(program(name));
    if let Some((user, group)) = system_user() {
        command.uid(user).gid(group);
    }
    command
}

/// Gives `path` to whom the instance runs as.
fn make_ours(path: &Path) {
    if let Some((user, group)) = system_user() {
        std::os::unix::fs::chown(path, Some(user), Some(group)).expect("root may give away");
    }
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// User and group to run as, when the tests are root.
fn system_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("every system has users");
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(SYSTEM_USERS.iter().find_map(|name| ids(name)).expect("there is a user beside root"))
}

/// The newest of Debian's versions, or what is in the PATH.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists());
    let number = |path: &PathBuf| path.iter().nth(4).and_then(|version| version.to_str()?.parse::<u32>().ok());
    found.max_by_key(number).unwrap_or_else(|| PathBuf::from(name))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}
