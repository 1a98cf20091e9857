//! What the primitives cost on this machine, one core: `cargo run --release --example rates -p kentong-crypto`.
//!
//! DESIGN's "Hot paths" rests on these figures: a key exchange is one private RSA operation and one power, with the share
//! and the `pq` made ahead.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crypto::{
    CryptoError, DhGroup, Entropy, ExponentLength, Pq, PrivateKey, RSA_BYTES, SystemEntropy, factor, ige_decrypt,
    ige_encrypt, sha256,
};

const EACH: Duration = Duration::from_secs(2);

fn main() -> Result<(), CryptoError> {
    let key = PrivateKey::generate()?;
    let encrypted = key.public().encrypt_raw(&[1; RSA_BYTES])?;
    rate("RSA-2048 private, raw", || key.decrypt_raw(&encrypted));
    for length in [ExponentLength::Short, ExponentLength::Full] {
        let group = DhGroup::new(length)?;
        let (ours, theirs) = (group.make_share(&mut SystemEntropy)?, group.make_share(&mut SystemEntropy)?);
        rate(&format!("share, {length:?}"), || group.make_share(&mut SystemEntropy));
        rate(&format!("agreement, {length:?}"), || group.agree(&ours, theirs.public()));
    }
    rate("checking the group at start-up", || DhGroup::new(ExponentLength::Short));
    rate("making a pq", || Pq::generate(&mut SystemEntropy));
    let product = Pq::generate(&mut SystemEntropy).product();
    rate("factoring a pq", || factor(product));
    for bytes in [256, 4096, 65_536] {
        let mut data = vec![0; bytes];
        rate(&format!("AES-256-IGE encryption, {bytes} bytes"), || ige_encrypt(&mut data, &[1; 32], &[2; 32]));
        rate(&format!("AES-256-IGE decryption, {bytes} bytes"), || ige_decrypt(&mut data, &[1; 32], &[2; 32]));
        rate(&format!("SHA-256, {bytes} bytes"), || sha256(&[&data]));
    }
    rate("32 random bytes", || {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes);
        bytes
    });
    Ok(())
}

/// Counts the time that this thread was on a processor, so that a busy machine tells the same as an idle one.
fn rate<T>(name: &str, mut operation: impl FnMut() -> T) {
    let (start, on_processor) = (Instant::now(), processor_time());
    let mut count = 0_u32;
    while start.elapsed() < EACH {
        black_box(operation());
        count += 1;
    }
    let spent = processor_time().zip(on_processor).map_or_else(|| start.elapsed(), |(after, before)| after - before);
    let each = spent / count.max(1);
    println!("{name:<40} {:>12.0}/s {each:>12.2?}", 1.0 / each.as_secs_f64());
}

/// Where Linux says it: the first number is in nanoseconds.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
