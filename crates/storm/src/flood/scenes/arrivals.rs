//! When things begin that do not wait for each other: so many a second, or along the curve of the day.
//!
//! The curve is that of 4 October 2021 as far as it is known: a night and a morning as always, a wave from 15:40 UTC on that is
//! at its height within the hour and lasts the six hours of the outage, and an evening that takes long to become quiet.
//! What lies between the known points is drawn straight; docs/capacity.md says which of them are assumed.

use std::time::{Duration, Instant};

use tokio::time::sleep_until;

/// How a rate changes over a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It does not.
    Flat,
    /// Twenty-four hours in the time of the scene; the rate is that of the peak.
    Day,
}

/// Hours since midnight UTC, and the part of the peak.
const DAY: [(f64, f64); 10] = [
    (0.0, 0.010),
    (6.0, 0.010),
    (15.65, 0.015),
    (16.2, 0.55),
    (17.0, 1.0),
    (19.0, 0.90),
    (21.5, 0.70),
    (22.2, 0.30),
    (23.0, 0.12),
    (24.0, 0.06),
];

/// When the wave begins, and when most of it is over, in hours since midnight UTC.
pub const WAVE: (f64, f64) = (15.65, 22.2);

/// Minutes of a day.
const MINUTES: f64 = 1_440.0;

/// The part of the peak at this part of the day.
fn day(part: f64) -> f64 {
    let hour = part * 24.0;
    let piece = DAY.windows(2).find(|piece| hour < piece[1].0);
    piece.map_or(DAY[DAY.len() - 1].1, |piece| {
        let ((from, low), (to, high)) = (piece[0], piece[1]);
        low + (high - low) * (hour - from) / (to - from)
    })
}

/// The mean of the day's curve, as a part of its peak.
#[must_use]
pub fn day_mean() -> f64 {
    DAY.windows(2).map(|piece| (piece[1].0 - piece[0].0) * f64::midpoint(piece[0].1, piece[1].1)).sum::<f64>() / 24.0
}

/// Instants at which something is to begin.
pub struct Arrivals {
    began: Instant,
    lasts: Duration,
    rate: f64,
    shape: Shape,
    next: f64,
}

impl Arrivals {
    /// From now on, so many a second (at the peak).
    #[must_use]
    pub fn new(rate: f64, lasts: Duration, shape: Shape) -> Self {
        Self { began: Instant::now(), lasts, rate, shape, next: 0.0 }
    }

    /// Waits for the next one; nothing when the time is over.
    pub async fn next(&mut self) -> Option<Instant> {
        let due = self.due()?;
        sleep_until(due.into()).await;
        Some(due)
    }

    fn due(&mut self) -> Option<Instant> {
        let lasts = self.lasts.as_secs_f64();
        if self.next >= lasts || self.rate <= 0.0 {
            return None;
        }
        let due = self.began + Duration::from_secs_f64(self.next);
        self.next = match self.shape {
            Shape::Flat => self.next + 1.0 / self.rate,
            Shape::Day => self.next_of_day(lasts),
        };
        Some(due)
    }

    /// When the curve has covered one more: minute by minute of that day, for whoever is next after a slow night may come in the
    /// wave.
    fn next_of_day(&self, lasts: f64) -> f64 {
        let (mut at, mut left) = (self.next, 1.0);
        while at < lasts {
            let rate = self.rate * day(at / lasts);
            let step = lasts / MINUTES;
            if left <= rate * step {
                return at + left / rate;
            }
            (at, left) = (at + step, left - rate * step);
        }
        lasts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rate: f64, seconds: u64, shape: Shape) -> usize {
        let mut arrivals = Arrivals::new(rate, Duration::from_secs(seconds), shape);
        std::iter::from_fn(|| arrivals.due()).count()
    }

    #[test]
    fn a_flat_rate_gives_as_many_as_it_says() {
        assert!((999..=1001).contains(&count(100.0, 10, Shape::Flat)));
        assert_eq!(count(0.0, 10, Shape::Flat), 0);
    }

    #[test]
    fn a_day_gives_as_many_as_its_curve_covers() {
        for (peak, seconds, tolerance) in [(1000.0, 60, 0.02), (8.0, 6, 0.1)] {
            let expected = peak * seconds as f64 * day_mean();
            let got = count(peak, seconds, Shape::Day) as f64;
            assert!((got / expected - 1.0).abs() < tolerance, "{got} instead of {expected}");
        }
        assert!((day(17.0 / 24.0) - 1.0).abs() < 1e-9 && day(0.1) < 0.02);
        assert!([WAVE.0, WAVE.1].iter().all(|hour| DAY.iter().any(|(known, _)| known == hour)), "{WAVE:?}");
    }
}
