//! Walks over one owner's keys.

use store::{Batch, Class, Key, Owner, Scan, Store};

use crate::support::{everything, key, owner, put, puts, suffixes, suffixes_of};

const LETTERS: [&[u8]; 6] = [b"a", b"b", b"ba", b"bb", b"c", b"d"];

async fn with_letters(store: &Store) {
    store.commit(puts(&LETTERS)).await.expect("commits");
}

fn bytes(letters: &[&str]) -> Vec<Vec<u8>> {
    letters.iter().map(|letter| letter.as_bytes().to_vec()).collect()
}

pub async fn walks_in_key_order_both_ways(store: Store) {
    with_letters(&store).await;
    let forward = suffixes(&store, &everything()).await;
    assert_eq!(forward, LETTERS.map(<[u8]>::to_vec));
    let mut backward = suffixes(&store, &Scan { reverse: true, ..everything() }).await;
    backward.reverse();
    assert_eq!(backward, forward);
}

pub async fn bounds_are_inclusive_in_the_direction_of_the_walk(store: Store) {
    with_letters(&store).await;
    let range = |from: Option<&str>, to: Option<&str>, reverse| {
        let bound = |letter: Option<&str>| letter.map(|letter| letter.as_bytes().to_vec());
        Scan { from: bound(from), to: bound(to), reverse, ..everything() }
    };
    let cases: [(Scan, &[&str]); 9] = [
        (range(Some("b"), Some("c"), false), &["b", "ba", "bb", "c"]),
        (range(Some("c"), Some("b"), true), &["c", "bb", "ba", "b"]),
        (range(Some("bb"), None, false), &["bb", "c", "d"]),
        (range(Some("ba"), None, true), &["ba", "b", "a"]),
        (range(None, Some("b"), false), &["a", "b"]),
        (range(None, Some("c"), true), &["d", "c"]),
        (range(Some("b0"), Some("b1"), false), &[]),
        (range(Some("c"), Some("b"), false), &[]),
        (range(Some("zzz"), None, true), &["d", "c", "bb", "ba", "b", "a"]),
    ];
    for (scan, expected) in cases {
        assert_eq!(suffixes(&store, &scan).await, bytes(expected), "{scan:?}");
    }
}

pub async fn prefixes_do_not_leak(store: Store) {
    with_letters(&store).await;
    let under = |prefix: &str, from: Option<&str>, reverse| Scan {
        prefix: prefix.as_bytes().to_vec(),
        from: from.map(|from| from.as_bytes().to_vec()),
        reverse,
        ..everything()
    };
    let cases: [(Scan, &[&str]); 7] = [
        (under("b", None, false), &["b", "ba", "bb"]),
        (under("b", None, true), &["bb", "ba", "b"]),
        (under("b", Some("a"), false), &["b", "ba", "bb"]),
        (under("b", Some("ba"), false), &["ba", "bb"]),
        (under("b", Some("d"), true), &["bb", "ba", "b"]),
        (under("b", Some("c"), false), &[]),
        (under("x", None, false), &[]),
    ];
    for (scan, expected) in cases {
        assert_eq!(suffixes(&store, &scan).await, bytes(expected), "{scan:?}");
    }
}

pub async fn prefix_of_ff_bytes_ends_with_its_owner(store: Store) {
    let suffixes_put: [&[u8]; 4] = [b"\xfe", b"\xff", b"\xff\xff", b"\xff\xff\x01"];
    store.commit(puts(&suffixes_put)).await.expect("commits");
    for identity in 0..=255_u8 {
        let mut batch = Batch::new(Class::C1);
        batch.put(Key::new(&Owner::new(255, &[identity; 7]), b"\xff\xff"), vec![1]);
        store.commit(batch).await.expect("commits");
    }
    for reverse in [false, true] {
        let found = suffixes(&store, &Scan { prefix: vec![0xff, 0xff], reverse, ..everything() }).await;
        assert_eq!(found.len(), 2, "reverse: {reverse}");
    }
}

pub async fn owners_are_apart(store: Store) {
    let others = [Owner::new(1, b"someone "), Owner::new(1, b"someon"), Owner::new(2, b"someone"), Owner::new(1, b"")];
    for other in &others {
        let mut batch = Batch::new(Class::C1);
        batch.put(Key::new(other, b"k"), b"theirs".to_vec());
        store.commit(batch).await.expect("commits");
    }
    with_letters(&store).await;
    assert_eq!(suffixes(&store, &everything()).await.len(), LETTERS.len());
    for other in others {
        assert_eq!(suffixes(&store, &Scan { owner: other, ..everything() }).await, bytes(&["k"]));
    }
}

pub async fn pages_join_without_gap_or_overlap(store: Store) {
    let names = (0..57_u8).map(|number| vec![b'n', number]).collect::<Vec<_>>();
    store.commit(puts(&names.iter().map(Vec::as_slice).collect::<Vec<_>>())).await.expect("commits");
    for (limit, max_bytes, reverse) in
        [(1, usize::MAX, false), (10, usize::MAX, true), (57, usize::MAX, false), (100, 1, false), (100, 90, true)]
    {
        let mut scan = Scan { limit, max_bytes, reverse, ..everything() };
        let mut joined = Vec::new();
        loop {
            let page = store.scan(&scan).await.expect("scans");
            scan.from = page.next.clone();
            joined.extend(suffixes_of(page));
            if scan.from.is_none() {
                break;
            }
        }
        if reverse {
            joined.reverse();
        }
        assert_eq!(joined, names, "limit {limit}, {max_bytes} bytes, reverse {reverse}");
    }
    assert!(store.scan(&Scan { limit: 57, ..everything() }).await.expect("scans").next.is_none(), "no empty last page");
}

pub async fn byte_limit_ends_a_page_after_the_item_that_passes_it(store: Store) {
    for name in [b"a", b"b", b"c"] {
        store.commit(put(name, &[0; 1_000])).await.expect("commits");
    }
    let page = store.scan(&Scan { max_bytes: 1_500, ..everything() }).await.expect("scans");
    assert_eq!(page.next.as_deref(), Some(&b"c"[..]));
    let page = store.scan(&Scan { max_bytes: 0, ..everything() }).await.expect("scans");
    assert_eq!(page.items.len(), 1, "a page makes progress whatever its limit");
}

pub async fn a_page_is_one_moment(store: Store) {
    let writer = store.clone();
    let writes = tokio::spawn(async move {
        for round in 0..200_u8 {
            let mut batch = put(b"first", &[round]);
            batch.put(key(b"second"), vec![round]);
            writer.commit(batch).await.expect("commits");
        }
    });
    while !writes.is_finished() {
        let page = store.scan(&everything()).await.expect("scans");
        let values = page.items.iter().map(|(_, record)| record.value.clone()).collect::<Vec<_>>();
        assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "a batch was seen in halves");
        tokio::task::yield_now().await;
    }
    writes.await.expect("the writer is well");
}

pub async fn delete_prefix_removes_exactly_the_prefix(store: Store) {
    let names = (0..1_200_u16).map(|number| [b"p", &number.to_be_bytes()[..]].concat()).collect::<Vec<_>>();
    for names in names.chunks(500) {
        store.commit(puts(&names.iter().map(Vec::as_slice).collect::<Vec<_>>())).await.expect("commits");
    }
    store.commit(puts(&[b"o", b"q"])).await.expect("commits");
    store.delete_prefix(&owner(), b"p").await.expect("deletes");
    assert_eq!(suffixes(&store, &everything()).await, bytes(&["o", "q"]));
    store.delete_prefix(&owner(), b"p").await.expect("nothing left to do");
    store.delete_prefix(&owner(), b"").await.expect("deletes");
    assert!(suffixes(&store, &everything()).await.is_empty());
}

pub async fn long_scans_work_from_any_thread(store: Store) {
    let names = (0..900_u16).map(u16::to_be_bytes).collect::<Vec<_>>();
    store.commit(puts(&names.iter().map(<[u8; 2]>::as_slice).collect::<Vec<_>>())).await.expect("commits");
    assert_eq!(suffixes(&store, &everything()).await.len(), 900);
    let found = std::thread::spawn(move || futures::executor::block_on(store.scan(&everything())));
    assert_eq!(found.join().expect("no panic").expect("scans").items.len(), 900);
}
