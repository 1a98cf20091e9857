//! Factors by elliptic curves (Lenstra), with Montgomery's formulas and a second phase.
//!
//! The walk of `rho` takes as many steps as the root of a factor; a curve finds it as soon as the number of its points has
//! only small factors, which for 31 bits is so after a few curves: a sixth of the time. That matters to a program that plays
//! thousands of clients; to one client nothing does.

use super::{Montgomery, greatest_common_divisor};

/// Curves tried.
const CURVES: u64 = 48;
/// The first of Suyama's parameters that makes a curve.
const FIRST_CURVE: u64 = 6;
/// What the first phase multiplies by: every prime up to 127, the small ones several times.
const FIRST_PHASE: [u32; 31] = [
    128, 81, 125, 49, 121, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127,
];
/// The second phase finds one prime more: one of `STRIDE * giant ± baby`, for babies that share no factor with the stride.
const STRIDE: u32 = 60;
const BABIES: [usize; 8] = [1, 7, 11, 13, 17, 19, 23, 29];
const GIANTS: usize = 60;

/// A factor of an odd number below 2^62; none when no curve tells.
pub(super) fn by_curves(product: u64) -> Option<u64> {
    let ring = Montgomery::new(product);
    (FIRST_CURVE..FIRST_CURVE + CURVES).find_map(|sigma| {
        let divisor = greatest_common_divisor(gather(ring, sigma), product);
        (divisor > 1 && divisor < product).then_some(divisor)
    })
}

/// A number that shares a factor with the modulus if this curve tells it.
fn gather(ring: Montgomery, sigma: u64) -> u64 {
    match Curve::suyama(ring, sigma) {
        Ok((curve, start)) => {
            let point = FIRST_PHASE.iter().fold(start, |point, times| curve.multiple(point, *times));
            curve.second_phase(point)
        }
        Err(shared) => shared,
    }
}

/// A point by its x alone, as a fraction.
#[derive(Clone, Copy)]
struct Point {
    x: u64,
    z: u64,
}

struct Curve {
    ring: Montgomery,
    /// `(A + 2) / 4`.
    a24: u64,
}

impl Curve {
    /// Suyama's curve, whose number of points is a multiple of 12, and a point of it; a number without inverse otherwise.
    fn suyama(ring: Montgomery, sigma: u64) -> Result<(Self, Point), u64> {
        let number = |value: u64| ring.carry(value);
        let u = ring.reduce(ring.subtract(number(sigma * sigma), number(5)));
        let v = number(4 * sigma);
        let cube = |value: u64| ring.multiply(ring.multiply(value, value), value);
        let below = ring.multiply(ring.multiply(cube(u), v), number(16));
        let above = ring.multiply(cube(ring.subtract(v, u)), ring.multiply(number(3), u) + v);
        let inverse = ring.inverse(below)?;
        Ok((Self { ring, a24: ring.multiply(above, inverse) }, Point { x: cube(u), z: cube(v) }))
    }

    fn double(&self, Point { x, z }: Point) -> Point {
        let ring = self.ring;
        let (sum, difference) = (x + z, ring.subtract(x, z));
        let (sum, difference) = (ring.multiply(sum, sum), ring.multiply(difference, difference));
        let between = ring.subtract(sum, difference);
        let z = ring.multiply(between, difference + ring.multiply(self.a24, between));
        Point { x: ring.multiply(sum, difference), z }
    }

    /// The sum of two points whose difference is known.
    fn add(&self, one: Point, other: Point, apart: Point) -> Point {
        let ring = self.ring;
        let left = ring.multiply(ring.subtract(one.x, one.z), other.x + other.z);
        let right = ring.multiply(one.x + one.z, ring.subtract(other.x, other.z));
        let (sum, difference) = (left + right, ring.subtract(left, right));
        let (sum, difference) = (ring.multiply(sum, sum), ring.multiply(difference, difference));
        Point { x: ring.multiply(apart.z, sum), z: ring.multiply(apart.x, difference) }
    }

    /// Montgomery's ladder.
    fn multiple(&self, point: Point, times: u32) -> Point {
        let (mut low, mut high) = (point, self.double(point));
        for bit in (0..times.ilog2()).rev() {
            let between = self.add(low, high, point);
            if times >> bit & 1 == 1 {
                (low, high) = (between, self.double(high));
            } else {
                (low, high) = (self.double(low), between);
            }
        }
        low
    }

    /// A product of differences, one of which vanishes when the point's order is a prime that lies within reach.
    fn second_phase(&self, point: Point) -> u64 {
        let ring = self.ring;
        let odd = self.odd_multiples(point);
        let babies = BABIES.map(|times| odd[times / 2]);
        let products = babies.map(|baby| ring.multiply(baby.x, baby.z));
        let stride = self.multiple(point, STRIDE);
        let (mut before, mut giant) = (stride, self.double(stride));
        let mut gathered = point.z;
        let mut meet = |giant: Point| {
            let own = ring.multiply(giant.x, giant.z);
            for (baby, product) in babies.iter().zip(products) {
                let cross = ring.multiply(ring.subtract(giant.x, baby.x), giant.z + baby.z);
                gathered = ring.multiply(gathered, cross + ring.reduce(ring.subtract(product, own)));
            }
        };
        meet(before);
        for _ in 1..GIANTS {
            meet(giant);
            (before, giant) = (giant, self.add(giant, stride, before));
        }
        gathered
    }

    /// 1, 3, 5 … 29 times the point.
    fn odd_multiples(&self, point: Point) -> [Point; 15] {
        let twice = self.double(point);
        let mut odd = [point; 15];
        odd[1] = self.add(twice, point, point);
        for at in 2..odd.len() {
            odd[at] = self.add(odd[at - 1], twice, odd[at - 2]);
        }
        odd
    }
}

/// Numbers that carry a factor of 2^64, as the products of [`Montgomery::multiply`] want them.
impl Montgomery {
    fn carry(self, value: u64) -> u64 {
        let one = (u128::from(u64::MAX) + 1) % u128::from(self.modulus);
        (u128::from(value % self.modulus) * one % u128::from(self.modulus)) as u64
    }

    /// Below twice the modulus, of numbers below it.
    fn subtract(self, left: u64, right: u64) -> u64 {
        left + self.modulus - right
    }

    fn reduce(self, value: u64) -> u64 {
        if value >= self.modulus { value - self.modulus } else { value }
    }

    /// What times this is one; if there is none, a divisor it shares with the modulus.
    fn inverse(self, value: u64) -> Result<u64, u64> {
        let plain = self.multiply(value, 1);
        let (mut old, mut now) = ((i128::from(plain), 1_i128), (i128::from(self.modulus), 0_i128));
        while now.0 != 0 {
            let times = old.0 / now.0;
            (old, now) = (now, (old.0 - times * now.0, old.1 - times * now.1));
        }
        if old.0 != 1 {
            return Err(u64::try_from(old.0).unwrap_or_default());
        }
        Ok(self.carry(u64::try_from(old.1.rem_euclid(i128::from(self.modulus))).unwrap_or_default()))
    }
}
