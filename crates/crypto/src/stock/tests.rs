use super::*;
use crate::dh::ExponentLength;
use crate::entropy::SystemEntropy;

fn group() -> DhGroup {
    DhGroup::new(ExponentLength::Short).expect("sound")
}

#[test]
fn an_empty_stock_makes_what_is_asked_for() {
    let (stock, group) = (Stock::default(), group());
    assert_eq!(stock.ready(), (0, 0));
    let first = stock.pq(&mut SystemEntropy);
    assert_ne!(first, stock.pq(&mut SystemEntropy));
    let share = stock.share(&group, &mut SystemEntropy).expect("memory suffices");
    assert_ne!(share.public(), stock.share(&group, &mut SystemEntropy).expect("memory suffices").public());
}

/// K10: prepared pairs are handed out once.
#[test]
fn what_was_made_ahead_is_handed_out_once() {
    let (stock, group) = (Stock::default(), group());
    for _ in 0..3 {
        assert_eq!(stock.refill(&group, &mut SystemEntropy), Ok(true));
    }
    assert_eq!(stock.ready(), (3, 3));
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        assert!(seen.insert(*stock.share(&group, &mut SystemEntropy).expect("memory suffices").public()));
        assert!(seen.insert(widen(stock.pq(&mut SystemEntropy).product())));
    }
    assert_eq!(stock.ready(), (0, 0));
}

fn widen(number: u64) -> [u8; 256] {
    let mut bytes = [0; 256];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes
}

#[test]
fn lists_are_bounded() {
    let list = Mutex::new(Vec::new());
    (0..5).for_each(|item| put(&list, item, 3));
    assert_eq!(*lock(&list), [0, 1, 2]);
}
