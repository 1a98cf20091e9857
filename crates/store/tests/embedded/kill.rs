//! SIGKILL in the middle of commits: what was acknowledged is there, every batch is whole or absent.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use store::{Batch, Class, Key, Owner, Store};

use crate::support::open;

/// Set for the process that is to be killed; holds the store's folder.
const CHILD_FOLDER: &str = "KENTONG_STORE_TEST_CHILD";
const ROUNDS: usize = 8;
const WRITERS: u64 = 16;

fn pair(writer: u64, number: u64) -> [Key; 2] {
    [1_u8, 2].map(|kind| Key::new(&Owner::new(kind, &writer.to_be_bytes()), &number.to_be_bytes()))
}

/// This test is both processes: it starts itself again with [`CHILD_FOLDER`] set.
#[test]
fn nothing_acknowledged_is_lost() {
    if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
        return write_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut acknowledged = [0_u64; WRITERS as usize];
    for round in 0..ROUNDS {
        // Early kills hit the opening, late ones the middle of groups.
        run_and_kill(folder.path(), round * round * 60, &mut acknowledged);
        check(folder.path(), &mut acknowledged);
    }
    assert!(acknowledged.iter().sum::<u64>() > 1_000, "the writers wrote: {acknowledged:?}");
}

fn run_and_kill(folder: &Path, after_lines: usize, acknowledged: &mut [u64]) {
    let mut child = start(folder);
    let output = child.stdout.take().expect("the output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let note = |line: String, acknowledged: &mut [u64]| {
        let mut words = line.split(' ');
        if words.next() == Some("acknowledged") {
            let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).expect("lines are whole");
            let (writer, count) = (number(), number());
            acknowledged[writer as usize] = acknowledged[writer as usize].max(count);
        }
    };
    lines.by_ref().take(after_lines).for_each(|line| note(line, acknowledged));
    child.kill().expect("SIGKILL");
    lines.for_each(|line| note(line, acknowledged));
    child.wait().expect("it is dead");
}

fn start(folder: &Path) -> Child {
    let program = std::env::current_exe().expect("this test has a file");
    Command::new(program)
        .args(["--exact", "kill::nothing_acknowledged_is_lost", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

/// Afterwards `counts` holds what is really there.
fn check(folder: &Path, counts: &mut [u64]) {
    let store = open(folder).expect("a killed store opens");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (writer, count) in counts.iter_mut().enumerate() {
        let there = runtime.block_on(count_pairs(&store, writer as u64));
        assert!(there >= *count, "writer {writer}: {count} acknowledged, {there} there");
        *count = there;
    }
    store.close();
}

/// How many pairs there are, in a row from the first; no half pair and none beyond the row.
async fn count_pairs(store: &Store, writer: u64) -> u64 {
    let mut count = 0;
    loop {
        let found = store.get_many(&pair(writer, count)).await.expect("reads");
        match found.iter().flatten().count() {
            2 => count += 1,
            1 => panic!("half of pair {count} of writer {writer}"),
            _ => break,
        }
    }
    let beyond = store.get_many(&pair(writer, count + 1)).await.expect("reads");
    assert!(beyond.iter().all(Option::is_none), "a hole at pair {count} of writer {writer}");
    count
}

fn write_until_killed(folder: &Path) {
    let store = open(folder).expect("opens");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let writers = (0..WRITERS).map(|writer| runtime.spawn(write(store.clone(), writer))).collect::<Vec<_>>();
    for writer in writers {
        runtime.block_on(writer).expect("writers go on until killed");
    }
}

async fn write(store: Store, writer: u64) {
    let mut number = count_pairs(&store, writer).await;
    loop {
        let mut batch = Batch::new(Class::C1);
        pair(writer, number).into_iter().for_each(|key| batch.put(key, vec![writer as u8; 150]));
        store.commit(batch).await.expect("commits");
        number += 1;
        let line = format!("acknowledged {writer} {number}\n");
        std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
    }
}
