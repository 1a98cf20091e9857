//! What came of a run, for people, for `jq`, and for the report.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use crypto::{DhGroup, ExponentLength, PrivateKey, RSA_BYTES, SystemEntropy};
use serde::{Deserialize, Serialize};

use super::limits;
use super::meter::{Spread, Sum};
use super::plan::Scene;
use super::process::{Cpu, thread_time};

/// What came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// What was played.
    pub scene: Scene,
    /// From the first packet to the last, in seconds.
    pub seconds: f64,
    /// From the first packet until the server was quiet again, in seconds.
    pub until_quiet_seconds: f64,
    /// Whether it became quiet in time.
    pub is_quiet: bool,
    /// What the server used from the first packet until it was quiet.
    pub server_cpu: Cpu,
    /// What the fleet used while it played.
    pub fleet_cpu: Cpu,
    /// Latencies by kind, in milliseconds.
    pub latencies: BTreeMap<String, Spread>,
    /// Latencies in the parts of the scene, where it has any, by what they are called.
    pub parts: Vec<(String, Spread)>,
    /// What else was counted.
    pub counted: BTreeMap<String, u64>,
    /// What was found wrong, or is worth a word.
    pub findings: Vec<String>,
    /// The bare cost of a key exchange, where there were any.
    pub bare: Option<Bare>,
    /// The server's memory of its own when the scene began and at its most, in bytes.
    pub memory_bytes: (u64, u64),
    /// From the kill until the server was ready again, where it was killed, in seconds.
    pub restart_seconds: Option<f64>,
    /// Connections held.
    pub connections: u64,
    /// Second by second.
    pub timeline: Vec<Moment>,
}

/// One second of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since the first packet.
    pub at: u64,
    /// Latencies by kind.
    pub done: BTreeMap<String, Spread>,
    /// What else was counted.
    pub counted: BTreeMap<String, u64>,
    /// What the server used in this second, in milliseconds.
    pub server_cpu_ms: u64,
    /// The server's memory of its own, in bytes.
    pub memory_bytes: u64,
}

/// What the operations of one key exchange cost by themselves on this machine, in microseconds of processor time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bare {
    /// A private RSA operation.
    pub rsa_us: f64,
    /// The server's share, `g^a`.
    pub share_us: f64,
    /// The power that is the key.
    pub agree_us: f64,
}

impl Bare {
    /// Times them.
    ///
    /// # Errors
    /// When memory is short.
    pub fn measure() -> Result<Self> {
        let key = PrivateKey::generate()?;
        let encrypted = key.public().encrypt_raw(&[1; RSA_BYTES])?;
        let group = DhGroup::new(ExponentLength::Short)?;
        let (ours, theirs) = (group.make_share(&mut SystemEntropy)?, group.make_share(&mut SystemEntropy)?);
        Ok(Self {
            rsa_us: each_us(|| key.decrypt_raw(&encrypted).is_ok()),
            share_us: each_us(|| group.make_share(&mut SystemEntropy).is_ok()),
            agree_us: each_us(|| group.agree(&ours, theirs.public()).is_ok()),
        })
    }

    /// The mean of two measurements, before and after.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mean = |one: f64, other: f64| f64::midpoint(one, other);
        Self {
            rsa_us: mean(self.rsa_us, other.rsa_us),
            share_us: mean(self.share_us, other.share_us),
            agree_us: mean(self.agree_us, other.agree_us),
        }
    }

    /// All of them.
    #[must_use]
    pub fn total_us(self) -> f64 {
        self.rsa_us + self.share_us + self.agree_us
    }
}

fn each_us(mut operation: impl FnMut() -> bool) -> f64 {
    let (began, before) = (std::time::Instant::now(), thread_time());
    let mut times = 0_u32;
    while began.elapsed() < limits::BARE_TIME {
        std::hint::black_box(operation());
        times += 1;
    }
    let spent = thread_time().zip(before).map_or_else(|| began.elapsed(), |(after, before)| after - before);
    spent.as_secs_f64() * 1e6 / f64::from(times.max(1))
}

impl Outcome {
    /// How much was done of what counts.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.latencies.get(self.scene.unit()).map_or(0, |spread| spread.count)
    }

    /// How much of it for a second of the server's processor time.
    #[must_use]
    pub fn per_cpu_second(&self) -> f64 {
        self.done() as f64 / self.server_cpu.total().as_secs_f64().max(0.001)
    }

    /// What one of it costs the server, in microseconds.
    #[must_use]
    pub fn server_us_each(&self) -> f64 {
        us_each(self.server_cpu, self.done())
    }

    /// The server's cost of a sign-up over the bare cost of its key exchanges.
    #[must_use]
    pub fn cost_ratio(&self) -> Option<f64> {
        let Scene::Signup(plan) = &self.scene else { return None };
        Some(self.server_us_each() / (self.bare?.total_us() * (1.0 + plan.temporary)))
    }

    /// What a connection takes of the server's memory, in bytes.
    #[must_use]
    pub fn bytes_per_connection(&self) -> f64 {
        let (before, most) = self.memory_bytes;
        most.saturating_sub(before) as f64 / self.connections.max(1) as f64
    }

    /// Whether nothing was lost, doubled or disordered.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.counted.contains_key("findings")
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        let (name, unit) = (self.scene.name(), self.scene.unit());
        let mut lines = vec![format!("{name}: {} done ({unit}) in {:.1} s", self.done(), self.seconds)];
        let cpu = |cpu: Cpu| format!("{:.2} s (user {:.2})", cpu.total().as_secs_f64(), cpu.user_ms as f64 / 1000.0);
        let quiet = if self.is_quiet { "quiet" } else { "NOT quiet" };
        let (mut server, mut fleet) = (String::new(), String::new());
        if !self.scene.is_of_several_kinds() {
            server = format!(": {:.1} us each, {:.0} for a CPU second", self.server_us_each(), self.per_cpu_second());
            fleet = format!(": {:.1} us each", us_each(self.fleet_cpu, self.done()));
        }
        let until_quiet = self.until_quiet_seconds;
        lines.push(format!("  server  {}, {quiet} after {until_quiet:.1} s{server}", cpu(self.server_cpu)));
        lines.push(format!("  fleet   {}{fleet}", cpu(self.fleet_cpu)));
        if let (Some(bare), Some(ratio)) = (self.bare, self.cost_ratio()) {
            lines.push(format!(
                "  bare    {:.0} us (RSA {:.0}, share {:.0}, agreement {:.0}); cost ratio {ratio:.2}",
                bare.total_us(),
                bare.rsa_us,
                bare.share_us,
                bare.agree_us
            ));
        }
        let (before, most) = self.memory_bytes;
        lines.push(format!("  memory  {:.1} MiB before, {:.1} MiB at most", mib(before), mib(most)));
        if matches!(self.scene, Scene::Idle(_)) {
            lines.push(format!(
                "  idle    {:.0} bytes a connection of {}",
                self.bytes_per_connection(),
                self.connections
            ));
        }
        let parts = self.parts.iter().map(|(name, it)| (name, it));
        for (kind, it) in self.latencies.iter().chain(parts) {
            lines.push(format!(
                "  {kind:<12} n={} p50={:.2} ms p90={:.2} p99={:.2} p99.9={:.2} max={:.2}",
                it.count, it.p50_ms, it.p90_ms, it.p99_ms, it.p999_ms, it.max_ms
            ));
        }
        lines.extend(self.counted.iter().map(|(what, times)| format!("  {what}: {times}")));
        lines.extend(self.findings.iter().map(|finding| format!("  ! {finding}")));
        lines.join("\n") + "\n"
    }
}

fn us_each(cpu: Cpu, count: u64) -> f64 {
    cpu.total().as_secs_f64() * 1e6 / count.max(1) as f64
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The seconds of a run with what the server used in each.
#[must_use]
pub fn timeline(sum: &Sum, samples: &[(Duration, Cpu, u64)]) -> Vec<Moment> {
    let mut moments: BTreeMap<u64, Moment> = BTreeMap::new();
    for (at, done, counted) in sum.seconds() {
        moments.insert(at, Moment { at, done, counted, ..Moment::default() });
    }
    for pair in samples.windows(2) {
        let [(_, before, _), (at, after, memory_bytes)] = pair else { continue };
        let second = at.as_secs().saturating_sub(1);
        let moment = moments.entry(second).or_insert(Moment { at: second, ..Moment::default() });
        let used = after.since(*before).total();
        moment.server_cpu_ms += u64::try_from(used.as_millis()).unwrap_or(u64::MAX);
        moment.memory_bytes = *memory_bytes;
    }
    moments.into_values().collect()
}
