//! What was measured: latencies by kind, in histograms, as a whole and second by second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::limits;

/// How messages are counted that the server did not take: apart from newcomers, who are told to wait by the thousand.
pub const SENDS_TOLD_TO_WAIT: &str = "sends told to wait";
/// Digits of a latency that are kept.
const DIGITS: u8 = 3;

/// Latencies of one kind in one second, as they travel between processes: pairs of microseconds and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(Vec<(u64, u64)>);

/// What happened in one second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Seconds since the scene began.
    pub at: u64,
    /// Latencies of what was done, by kind.
    pub done: BTreeMap<String, Counts>,
    /// Other things that were counted (refusals, broken connections), by name.
    pub counted: BTreeMap<String, u64>,
}

/// The meter of one worker.
pub struct Meter {
    began: Instant,
    current: BTreeMap<&'static str, Histogram<u64>>,
    counted: BTreeMap<&'static str, u64>,
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, limits::LATENCY_MAX_US, DIGITS).expect("the bounds are in order")
}

impl Meter {
    /// Begins now.
    #[must_use]
    pub fn new(began: Instant) -> Self {
        Self { began, current: BTreeMap::new(), counted: BTreeMap::new() }
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Instant {
        self.began
    }

    /// Something was done that took so long since it was to begin.
    pub fn done(&mut self, kind: &'static str, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.current.entry(kind).or_insert_with(histogram).saturating_record(micros.max(1));
    }

    /// Something else happened.
    pub fn count(&mut self, what: &'static str) {
        *self.counted.entry(what).or_default() += 1;
    }

    /// What happened since the last time, and forgets it.
    pub fn take(&mut self) -> Second {
        let done = self.current.iter_mut().filter(|(_, histogram)| !histogram.is_empty());
        let done = done.map(|(kind, histogram)| {
            let counts = counts_of(histogram);
            histogram.reset();
            ((*kind).to_owned(), counts)
        });
        let done = done.collect();
        let counted = std::mem::take(&mut self.counted);
        let counted = counted.into_iter().map(|(what, times)| (what.to_owned(), times)).collect();
        Second { at: self.began.elapsed().as_secs(), done, counted }
    }
}

fn counts_of(histogram: &Histogram<u64>) -> Counts {
    Counts(histogram.iter_recorded().map(|at| (at.value_iterated_to(), at.count_since_last_iteration())).collect())
}

/// A kind in one second, or as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Half took at most so long, in milliseconds.
    pub p50_ms: f64,
    /// 90 % did.
    pub p90_ms: f64,
    /// 99 % did.
    pub p99_ms: f64,
    /// 99.9 % did.
    pub p999_ms: f64,
    /// All did.
    pub max_ms: f64,
}

/// Everything measured in a run, from all workers.
#[derive(Default)]
pub struct Sum {
    whole: BTreeMap<String, Histogram<u64>>,
    seconds: BTreeMap<u64, BTreeMap<String, Histogram<u64>>>,
    /// What else was counted.
    pub counted: BTreeMap<String, u64>,
    counted_seconds: BTreeMap<u64, BTreeMap<String, u64>>,
}

impl Sum {
    /// Adds a worker's second.
    pub fn add(&mut self, second: &Second) {
        let at = self.seconds.entry(second.at).or_default();
        for (kind, Counts(counts)) in &second.done {
            let whole = self.whole.entry(kind.clone()).or_insert_with(histogram);
            let part = at.entry(kind.clone()).or_insert_with(histogram);
            for (micros, times) in counts {
                whole.saturating_record_n(*micros, *times);
                part.saturating_record_n(*micros, *times);
            }
        }
        for (what, times) in &second.counted {
            *self.counted.entry(what.clone()).or_default() += times;
            *self.counted_seconds.entry(second.at).or_default().entry(what.clone()).or_default() += times;
        }
    }

    /// How often something of this kind was done.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.whole.get(kind).map_or(0, Histogram::len)
    }

    /// Each kind as a whole.
    #[must_use]
    pub fn spreads(&self) -> BTreeMap<String, Spread> {
        self.whole.iter().map(|(kind, histogram)| (kind.clone(), spread(histogram))).collect()
    }

    /// Each kind from one second on up to another.
    #[must_use]
    pub fn spread_between(&self, kind: &str, from: u64, until: u64) -> Spread {
        let mut sum = histogram();
        for part in self.seconds.range(from..until).filter_map(|(_, kinds)| kinds.get(kind)) {
            sum.add(part).expect("all histograms have the same bounds");
        }
        spread(&sum)
    }

    /// Each second that something happened in.
    pub fn seconds(&self) -> impl Iterator<Item = (u64, BTreeMap<String, Spread>, BTreeMap<String, u64>)> + '_ {
        self.seconds.iter().map(|(at, kinds)| {
            let spreads = kinds.iter().map(|(kind, histogram)| (kind.clone(), spread(histogram))).collect();
            (*at, spreads, self.counted_seconds.get(at).cloned().unwrap_or_default())
        })
    }
}

fn spread(histogram: &Histogram<u64>) -> Spread {
    let at = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    Spread {
        count: histogram.len(),
        p50_ms: at(0.5),
        p90_ms: at(0.9),
        p99_ms: at(0.99),
        p999_ms: at(0.999),
        max_ms: histogram.max() as f64 / 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_workers_measured_adds_up() {
        let mut sum = Sum::default();
        for took in [1, 10] {
            let mut meter = Meter::new(Instant::now());
            (0..50).for_each(|_| meter.done("send", Duration::from_millis(took)));
            meter.count("refused");
            let travelled = serde_json::to_string(&meter.take()).expect("plain data");
            sum.add(&serde_json::from_str(&travelled).expect("just written"));
            assert_eq!(meter.take().done, BTreeMap::new());
        }
        let spread = &sum.spreads()["send"];
        assert_eq!((spread.count, sum.counted["refused"]), (100, 2));
        assert!((spread.p50_ms - 1.0).abs() < 0.01 && (spread.p99_ms - 10.0).abs() < 0.01, "{spread:?}");
        assert_eq!(sum.spread_between("send", 1, 9).count, 0);
    }
}
