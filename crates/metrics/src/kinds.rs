//! The kinds of metric. Each is a `static` that costs nothing until it is first touched or rendered; label values are
//! few and known beforehand, never ids, addresses or text.

use std::sync::OnceLock;

use prometheus::core::Collector;
use prometheus::{HistogramOpts, IntCounterVec, Opts};

/// What the inventory says of a metric; documentation is made from it.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Full name as scraped, unit included.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The label, if it has one.
    pub label: Option<&'static str>,
}

/// Anything the inventory holds.
pub trait Metric: Sync {
    /// Its row in the documentation.
    fn description(&self) -> Description;
    /// The collector for the registry; made at the first call.
    fn collector(&self) -> Box<dyn Collector>;
}

/// Rises only.
pub struct Counter {
    name: &'static str,
    help: &'static str,
    cell: OnceLock<prometheus::IntCounter>,
}

impl Counter {
    pub(crate) const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, cell: OnceLock::new() }
    }

    fn cell(&self) -> &prometheus::IntCounter {
        self.cell.get_or_init(|| prometheus::IntCounter::new(self.name, self.help).expect(VALID))
    }

    /// One more.
    pub fn inc(&self) {
        self.cell().inc();
    }

    /// So many more.
    pub fn add(&self, amount: u64) {
        self.cell().inc_by(amount);
    }

    /// The present value, for tests and self-observation.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.cell().get()
    }
}

/// A counter with one label of few, fixed values.
pub struct CounterBy {
    name: &'static str,
    help: &'static str,
    label: &'static str,
    cell: OnceLock<IntCounterVec>,
}

impl CounterBy {
    pub(crate) const fn new(name: &'static str, help: &'static str, label: &'static str) -> Self {
        Self { name, help, label, cell: OnceLock::new() }
    }

    /// The sum over all label values.
    #[must_use]
    pub fn total(&self) -> u64 {
        let families = self.cell().collect();
        let metrics = families.iter().flat_map(prometheus::proto::MetricFamily::get_metric);
        // Counters of whole numbers, kept as floats by the text format.
        metrics.map(|metric| metric.get_counter().get_value() as u64).sum()
    }

    fn cell(&self) -> &IntCounterVec {
        self.cell.get_or_init(|| IntCounterVec::new(Opts::new(self.name, self.help), &[self.label]).expect(VALID))
    }

    /// One more under this label value.
    pub fn inc(&self, value: &'static str) {
        self.add(value, 1);
    }

    /// So many more under this label value.
    pub fn add(&self, value: &'static str, amount: u64) {
        self.cell().with_label_values(&[value]).inc_by(amount);
    }

    /// The present value under this label value.
    #[must_use]
    pub fn get(&self, value: &'static str) -> u64 {
        self.cell().with_label_values(&[value]).get()
    }
}

/// Rises and falls.
pub struct Gauge {
    name: &'static str,
    help: &'static str,
    cell: OnceLock<prometheus::IntGauge>,
}

impl Gauge {
    pub(crate) const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, cell: OnceLock::new() }
    }

    fn cell(&self) -> &prometheus::IntGauge {
        self.cell.get_or_init(|| prometheus::IntGauge::new(self.name, self.help).expect(VALID))
    }

    /// Sets the value.
    pub fn set(&self, value: i64) {
        self.cell().set(value);
    }

    /// One more.
    pub fn inc(&self) {
        self.cell().inc();
    }

    /// One less.
    pub fn dec(&self) {
        self.cell().dec();
    }

    /// So many more, or less when negative.
    pub fn add(&self, amount: i64) {
        self.cell().add(amount);
    }

    /// The present value.
    #[must_use]
    pub fn get(&self) -> i64 {
        self.cell().get()
    }
}

/// Counts observations in buckets with fixed upper bounds.
pub struct Histogram {
    name: &'static str,
    help: &'static str,
    bounds: &'static [f64],
    cell: OnceLock<prometheus::Histogram>,
}

impl Histogram {
    pub(crate) const fn new(name: &'static str, help: &'static str, bounds: &'static [f64]) -> Self {
        Self { name, help, bounds, cell: OnceLock::new() }
    }

    fn cell(&self) -> &prometheus::Histogram {
        self.cell.get_or_init(|| {
            let options = HistogramOpts::new(self.name, self.help).buckets(self.bounds.to_vec());
            prometheus::Histogram::with_opts(options).expect(VALID)
        })
    }

    /// Counts one observation, in the unit of the name.
    pub fn observe(&self, value: f64) {
        self.cell().observe(value);
    }

    /// How many observations there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.cell().get_sample_count()
    }

    /// The sum of all observations, in the unit of the name.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.cell().get_sample_sum()
    }

    /// What was observed so far.
    #[must_use]
    pub fn observed(&self) -> Observed {
        let mut gathered = self.cell().collect();
        let mut metrics = gathered.pop().map(|mut family| family.take_metric()).unwrap_or_default();
        let counted = metrics.pop();
        let buckets = counted.as_ref().map(|metric| metric.get_histogram().get_bucket()).unwrap_or_default();
        let cumulative = buckets.iter().map(prometheus::proto::Bucket::cumulative_count).collect();
        Observed { bounds: self.bounds, cumulative, count: self.count() }
    }
}

/// What a histogram held at one moment.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    bounds: &'static [f64],
    /// Observations up to each bound.
    cumulative: Vec<u64>,
    count: u64,
}

impl Observed {
    /// How many observations there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What came since an earlier moment.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = earlier.cumulative.iter().copied().chain(std::iter::repeat(0));
        let cumulative = self.cumulative.iter().zip(before).map(|(now, before)| now.saturating_sub(before)).collect();
        Self { bounds: self.bounds, cumulative, count: self.count.saturating_sub(earlier.count) }
    }

    /// The value below which this share of the observations lies, taken as even within a bucket; the last bound for what is
    /// beyond it. `None` without observations.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let wanted = share * self.count as f64;
        let (mut low, mut below) = (0.0, 0_u64);
        for (bound, up_to) in self.bounds.iter().zip(&self.cumulative) {
            if *up_to as f64 >= wanted && *up_to > below {
                return Some(low + (bound - low) * (wanted - below as f64) / (up_to - below) as f64);
            }
            (low, below) = (*bound, *up_to);
        }
        Some(low)
    }
}

/// Why the constructors of the `prometheus` crate cannot fail here.
const VALID: &str = "a test renders the whole inventory, so names, labels and buckets are valid";

macro_rules! metric {
    ($type:ident, $kind:literal, $label:expr) => {
        impl Metric for $type {
            fn description(&self) -> Description {
                let label: fn(&Self) -> Option<&'static str> = $label;
                Description { name: self.name, help: self.help, kind: $kind, label: label(self) }
            }

            fn collector(&self) -> Box<dyn Collector> {
                Box::new(self.cell().clone())
            }
        }
    };
}

metric!(Counter, "counter", |_| None);
metric!(CounterBy, "counter", |metric| Some(metric.label));
metric!(Gauge, "gauge", |_| None);
metric!(Histogram, "histogram", |_| None);
