//! Administration: over the socket of a running server, beside its network, and without any server; the same each way.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "common/people.rs"]
mod people;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use common::{Server, fail, succeed};
use tempfile::tempdir;

fn invites(data: &Path) -> usize {
    succeed(data, &["admin", "invite", "list"]).lines().count() - 1
}

#[test]
fn invites_are_the_same_with_and_without_a_server() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data);
    let made = succeed(data, &["admin", "invite", "create", "--uses", "3"]);
    let code = made.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let link = format!("http://{}/invite/{code}", server.address.unwrap());
    assert!(made.trim_end().ends_with(&link), "{made}");
    assert_eq!(invites(data), 2, "the first administrator's and this one");
    server.stop();
    assert_eq!(invites(data), 2);
    assert!(succeed(data, &["admin", "invite", "revoke", &code]).contains("revoked"));
    assert!(fail(data, &["admin", "invite", "revoke", "1"]).contains("no such invite"));
    let server = Server::start(data);
    let list = succeed(data, &["admin", "invite", "list"]);
    let line = list.lines().find(|line| line.contains(&code)).unwrap();
    assert!(line.contains("revoked") && !line.contains("http"), "{list}");
    server.stop();
}

#[test]
fn the_mode_outlives_a_restart() {
    let folder = tempdir().unwrap();
    let server = Server::start(folder.path());
    assert!(succeed(folder.path(), &["admin", "mode"]).starts_with("open"));
    assert!(succeed(folder.path(), &["admin", "mode", "closed"]).starts_with("closed"));
    server.stop();
    assert!(succeed(folder.path(), &["admin", "mode"]).starts_with("closed"));
    assert!(fail(folder.path(), &["admin", "mode", "ajar"]).contains("ajar"));
}

#[test]
fn it_works_while_the_network_side_is_off() {
    let folder = tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--no-network"], "administration only");
    assert!(succeed(folder.path(), &["admin", "user", "list"]).starts_with("ID"));
    assert!(!folder.path().join("listen").exists());
    server.stop();
}

#[test]
fn a_folder_with_a_long_path_is_fine() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("long".repeat(30)).join("longer".repeat(30));
    let server = Server::start(&data);
    assert!(succeed(&data, &["admin", "mode"]).starts_with("open"));
    server.stop();
    assert!(!data.join("admin.sock").exists());
}

#[test]
fn people_who_are_not_there_are_told_so() {
    let folder = tempdir().unwrap();
    let server = Server::start(folder.path());
    for order in ["show", "reset", "remove-password", "dismiss-reports", "ban", "unban", "delete"] {
        assert!(fail(folder.path(), &["admin", "user", order, "4711"]).contains("no such person"), "{order}");
    }
    let bare_name = fail(folder.path(), &["admin", "user", "ban", "Budi"]);
    assert!(bare_name.contains("no such person: name them by id, +phone or @username"), "{bare_name}");
    assert!(succeed(folder.path(), &["admin", "user", "code", "+15550001"]).contains("no login code"));
    server.stop();
}

#[test]
fn machines_get_json() {
    let folder = tempdir().unwrap();
    let _server = Server::start(folder.path());
    let text = succeed(folder.path(), &["admin", "--json", "invite", "list"]);
    assert!(text.starts_with("{\"invites\":[{\"code\":"), "{text}");
    let text = succeed(folder.path(), &["admin", "user", "list", "--json"]);
    assert_eq!(text, "{\"users\":[]}\n");
}

#[test]
fn a_folder_that_is_none_is_not_made() {
    let folder = tempdir().unwrap();
    let absent = folder.path().join("absent");
    assert!(fail(&absent, &["admin", "user", "list"]).contains("no data folder"));
    assert!(!absent.exists());
}

#[test]
fn nonsense_on_the_socket_is_answered_and_the_next_order_works() {
    let folder = tempdir().unwrap();
    let _server = Server::start(folder.path());
    let long = "x".repeat(70_000);
    for nonsense in ["\n", "{}\n", "{\"user\":\"fly\"}\n", &(long + "\n")] {
        let mut stream = UnixStream::connect(folder.path().join("admin.sock")).unwrap();
        // The server may answer and close before all of an endless line is written.
        let _ = stream.write_all(nonsense.as_bytes());
        let mut answer = String::new();
        let _ = BufReader::new(stream).read_line(&mut answer);
        assert!(answer.is_empty() || answer.starts_with("{\"error\":"), "{answer}");
    }
    assert!(succeed(folder.path(), &["admin", "mode"]).starts_with("open"));
}

#[test]
fn people_are_found_shown_kept_out_and_let_in_again() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    assert_eq!(people::sign_up(data, &[("+15550001", "Ani"), ("+15550002", "Budi")]), [true, true]);
    let list = succeed(data, &["admin", "user", "list"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains("+15550001") && list.contains("Budi"), "{list}");
    let server = Server::start(data);
    assert!(!server.seen.join("\n").contains("invite"), "somebody is here: no first invite any more");
    assert!(succeed(data, &["admin", "user", "show", "+15550001"]).contains("127.0.0.1"));
    let open = succeed(data, &["admin", "user", "remove-password", "+15550001"]);
    assert!(open.contains("Ani") && open.contains("had no second password"), "{open}");
    assert!(succeed(data, &["admin", "user", "reports"]).starts_with("ID"));
    assert!(succeed(data, &["admin", "user", "dismiss-reports", "+15550001"]).contains("had no reports"));
    let banned = succeed(data, &["admin", "user", "ban", "15550002"]);
    assert!(banned.contains("Budi") && banned.contains("kept out"), "{banned}");
    let shown = succeed(data, &["admin", "user", "show", "+15550002"]);
    assert!(shown.contains("banned") && shown.lines().count() == 4, "no device is left: {shown}");
    server.stop();
    assert!(succeed(data, &["admin", "user", "unban", "+15550002"]).contains("again"));
    assert!(!succeed(data, &["admin", "user", "show", "+15550002"]).contains("banned"));
    assert!(succeed(data, &["admin", "user", "delete", "+15550001"]).contains("Ani"));
    assert!(fail(data, &["admin", "user", "show", "+15550001"]).contains("no such person"));
}

#[test]
fn whoever_waits_for_approval_is_let_in() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    Server::start(data).stop();
    succeed(data, &["admin", "mode", "approval"]);
    assert_eq!(people::sign_up(data, &[("+15550003", "Citra")]), [false]);
    let waiting = succeed(data, &["admin", "user", "waiting"]);
    assert!(waiting.contains("+15550003") && waiting.contains("Citra"), "{waiting}");
    succeed(data, &["admin", "user", "approve", "+15550003"]);
    assert!(!succeed(data, &["admin", "user", "waiting"]).contains("Citra"));
    assert_eq!(people::sign_up(data, &[("+15550003", "Citra")]), [true]);
}

#[test]
fn a_login_code_that_was_used_is_not_shown() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    people::sign_up(data, &[("+15550004", "Dewi")]);
    let server = Server::start(data);
    assert!(succeed(data, &["admin", "user", "code", "+15550004"]).contains("no login code"), "it was used up");
    server.stop();
}

#[test]
fn people_are_searched_for_appointed_and_what_was_done_is_listed() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    people::sign_up(data, &[("+15550001", "Ani"), ("+15550002", "Budi")]);
    let server = Server::start(data);
    let found = succeed(data, &["admin", "user", "search", "bud"]);
    assert!(found.contains("+15550002") && !found.contains("+15550001"), "{found}");
    assert_eq!(succeed(data, &["admin", "user", "search", "+1555"]).lines().count(), 3);
    assert_eq!(succeed(data, &["admin", "user", "latest"]).lines().count(), 3);
    assert!(succeed(data, &["admin", "user", "appoint", "+15550001"]).contains("Ani"));
    assert!(succeed(data, &["admin", "user", "show", "+15550001"]).contains("administrator"));
    succeed(data, &["admin", "user", "demote", "+15550001"]);
    assert!(!succeed(data, &["admin", "user", "show", "+15550001"]).contains("administrator"));
    succeed(data, &["admin", "invite", "create"]);
    let audit = succeed(data, &["admin", "audit"]);
    assert!(audit.starts_with("WHEN") && audit.contains("1 member ") && !audit.contains("1 members"), "{audit}");
    assert!(audit.contains("user demote") && audit.contains("user appoint") && audit.contains("local"), "{audit}");
    assert_eq!(succeed(data, &["admin", "audit", "--limit", "1"]).lines().count(), 2);
    server.stop();
}

#[test]
fn the_overview_says_how_the_server_is() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    people::sign_up(data, &[("+15550001", "Ani")]);
    let stopped = succeed(data, &["admin", "overview"]);
    assert!(stopped.contains("not running") && stopped.contains("1, 1 came today"), "{stopped}");
    let server = Server::start(data);
    let running = succeed(data, &["admin", "--json", "overview"]);
    assert!(running.contains("\"running\":true") && running.contains("\"people\":1"), "{running}");
    server.stop();
}

#[test]
fn settings_change_at_once_outlive_the_server_and_go_back() {
    let folder = tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data);
    let row = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let list = succeed(data, &["admin", "setting", "list"]);
    assert!(row(&list, "sign_up").contains("default"), "{list}");
    let set = succeed(data, &["admin", "setting", "set", "quota_mib", "500"]);
    assert!(row(&set, "quota_mib").contains("500") && row(&set, "quota_mib").contains("administrator"), "{set}");
    succeed(data, &["admin", "setting", "set", "log_filter", "debug"]);
    for (name, value) in
        [("quota_mib", "-1"), ("quota_mib", "many"), ("sign_up", "ajar"), ("log_filter", "a=b=c"), ("x", "1")]
    {
        fail(data, &["admin", "setting", "set", "--", name, value]);
    }
    server.stop();
    let stored = succeed(data, &["admin", "setting", "list"]);
    assert!(row(&stored, "quota_mib").contains("500") && row(&stored, "log_filter").contains("debug"), "{stored}");
    let back = succeed(data, &["admin", "setting", "reset", "quota_mib"]);
    assert!(row(&back, "quota_mib").contains("default"), "{back}");
    assert!(succeed(data, &["admin", "audit"]).contains("quota_mib as configured"));
}
