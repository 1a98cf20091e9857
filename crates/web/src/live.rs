//! How the server fares, second by second: what the status page draws. Kept in memory, bounded, and made of the same counters
//! as `/metrics`, so that the two never disagree.

use std::collections::VecDeque;

use metrics::Observed;
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Seconds that are kept.
const SECONDS_KEPT: usize = 300;
/// Minutes that are kept: a day.
const MINUTES_KEPT: usize = 1_440;
/// Seconds in a point of the longer range.
const MINUTE: u64 = 60;

/// What a point holds, in this order.
pub(crate) const SERIES: [&str; 11] = [
    "sign_ups",
    "waiting",
    "messages",
    "delivered_median",
    "delivered_slowest",
    "connections",
    "people",
    "refused_c0",
    "refused_c2",
    "refused_c3",
    "refused_key",
];
/// Those of which a minute keeps the greatest; of the others it keeps the mean.
const PEAKS: [&str; 5] = ["waiting", "delivered_median", "delivered_slowest", "connections", "people"];

/// One moment; where nothing happened there is nothing to tell.
pub(crate) type Point = [Option<f32>; SERIES.len()];

/// The ranges there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// Five minutes by seconds.
    Minutes,
    /// A day by minutes.
    Day,
}

/// What was seen.
#[derive(Default)]
pub(crate) struct Live(Mutex<History>);

#[derive(Default)]
struct History {
    before: Option<Counted>,
    seconds: VecDeque<Point>,
    minutes: VecDeque<Point>,
    /// Points there have been, those forgotten included.
    seconds_seen: u64,
    minutes_seen: u64,
}

/// The counters at one moment.
struct Counted {
    sign_ups: u64,
    messages: u64,
    refused: [u64; 4],
    commits: Observed,
    deliveries: Observed,
}

/// The labels of what is refused, in the order of the series.
const REFUSED: [&str; 4] = ["C0", "C2", "C3", "key"];

impl Counted {
    fn now() -> Self {
        Self {
            sign_ups: metrics::SIGN_UPS.get(),
            messages: metrics::MESSAGES_SENT.get(),
            refused: REFUSED.map(|class| metrics::REFUSED.get(class)),
            commits: metrics::STORE_COMMIT_SECONDS.observed(),
            deliveries: metrics::DELIVERY_SECONDS.observed(),
        }
    }

    fn since(&self, before: &Self) -> Point {
        let rate = |now: u64, before: u64| Some(now.saturating_sub(before) as f32);
        let refused = |index: usize| rate(self.refused[index], before.refused[index]);
        let [median, slowest] = [0.5, 0.99].map(|share| self.delivered(before, share));
        [
            rate(self.sign_ups, before.sign_ups),
            Some((metrics::WAITING_ROOM_PLACES.get() + metrics::GATE_WAITING.get()) as f32),
            rate(self.messages, before.messages),
            median,
            slowest,
            Some(metrics::CONNECTIONS_OPEN.get() as f32),
            Some(metrics::PUMPS.get() as f32),
            refused(0),
            refused(1),
            refused(2),
            refused(3),
        ]
    }

    /// Milliseconds from a write's beginning to the recipient's devices: the way to the disk and the way from there, which is
    /// never less than what it takes in truth.
    fn delivered(&self, before: &Self, share: f64) -> Option<f32> {
        let handed = self.deliveries.since(&before.deliveries).quantile(share)?;
        let written = self.commits.since(&before.commits).quantile(share).unwrap_or_default();
        Some(((handed + written) * 1_000.0) as f32)
    }
}

impl Live {
    /// Looks; to be called once a second.
    pub(crate) fn sample(&self) {
        let counted = Counted::now();
        let mut history = self.0.lock();
        if let Some(before) = &history.before {
            let point = counted.since(before);
            history.add(point);
        }
        history.before = Some(counted);
    }

    /// The last point, if there was any.
    pub(crate) fn last(&self) -> Option<Point> {
        self.0.lock().seconds.back().copied()
    }

    /// The points of a range behind the first `after`, and how many there have been.
    pub(crate) fn after(&self, range: Range, after: u64) -> Value {
        let history = self.0.lock();
        let (points, seen) = match range {
            Range::Minutes => (&history.seconds, history.seconds_seen),
            Range::Day => (&history.minutes, history.minutes_seen),
        };
        // Whoever counts further than we do knew the process before this one.
        let news = if after > seen { seen } else { seen - after };
        let old = points.len().saturating_sub(usize::try_from(news).unwrap_or(usize::MAX));
        let points: Vec<Value> = points.iter().skip(old).map(|point| point.map(written).to_vec().into()).collect();
        json!({ "next": seen, "series": SERIES, "points": points })
    }
}

/// A number with as many digits as anybody sees.
fn written(value: Option<f32>) -> Value {
    value.map_or(Value::Null, |value| json!((f64::from(value) * 100.0).round() / 100.0))
}

impl History {
    fn add(&mut self, point: Point) {
        keep(&mut self.seconds, point, SECONDS_KEPT);
        self.seconds_seen += 1;
        if self.seconds_seen.is_multiple_of(MINUTE) {
            let minute: Vec<Point> = self.seconds.iter().rev().take(MINUTE as usize).copied().collect();
            keep(&mut self.minutes, folded(&minute), MINUTES_KEPT);
            self.minutes_seen += 1;
        }
    }
}

fn keep(points: &mut VecDeque<Point>, point: Point, most: usize) {
    if points.len() >= most {
        points.pop_front();
    }
    points.push_back(point);
}

/// Many points as one.
fn folded(points: &[Point]) -> Point {
    std::array::from_fn(|index| {
        let values = points.iter().filter_map(|point| point[index]);
        let count = values.clone().count();
        match count {
            0 => None,
            _ if PEAKS.contains(&SERIES[index]) => Some(values.fold(0.0, f32::max)),
            _ => Some(values.sum::<f32>() / count as f32),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: f32) -> Point {
        std::array::from_fn(|index| (index > 0).then_some(value))
    }

    #[test]
    fn what_is_kept_is_bounded_and_comes_in_pieces() {
        let live = Live::default();
        for second in 0..100_000_u32 {
            live.0.lock().add(point((second % 60) as f32));
        }
        let history = live.0.lock();
        assert_eq!((history.seconds.len(), history.minutes.len()), (SECONDS_KEPT, MINUTES_KEPT));
        drop(history);
        let all = live.after(Range::Minutes, 0);
        assert_eq!((all["next"].as_u64(), all["points"].as_array().map(Vec::len)), (Some(100_000), Some(SECONDS_KEPT)));
        let news = live.after(Range::Minutes, 99_998);
        assert_eq!(news["points"].as_array().map(Vec::len), Some(2));
        assert_eq!(news["points"][0][0], Value::Null);
        assert_eq!(live.after(Range::Minutes, 100_000)["points"], json!([]));
        assert_eq!(live.after(Range::Minutes, 7_000_000)["points"].as_array().map(Vec::len), Some(SECONDS_KEPT));
        let minute = &live.after(Range::Day, 1_665)["points"][0];
        assert_eq!((&minute[1], &minute[2]), (&json!(59.0), &json!(29.5)), "a peak and a mean");
    }

    #[test]
    fn seconds_are_what_came_in_them() {
        let live = Live::default();
        live.sample();
        assert!(live.last().is_none(), "there is nothing to compare with");
        metrics::SIGN_UPS.add(7);
        metrics::REFUSED.add("C3", 3);
        metrics::DELIVERY_SECONDS.observe(0.02);
        live.sample();
        let point = live.last().expect("a second");
        assert_eq!((point[0], point[9]), (Some(7.0), Some(3.0)));
        assert!(point[4].is_some_and(|slowest| (10.0..=60.0).contains(&slowest)), "{point:?}");
    }
}
