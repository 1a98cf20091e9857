//! What the environment says is to happen, and its happening.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

/// The variable with the rules.
const VARIABLE: &str = "KENTONG_FAILPOINTS";

static RULES: LazyLock<HashMap<String, Rule>> = LazyLock::new(from_environment);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Kill,
    Error,
    Pause(Duration),
}

#[derive(Debug)]
struct Rule {
    action: Action,
    first: u64,
    goes_on: bool,
    passed: AtomicU64,
}

/// Passes the place of this name; true when it is to fail.
#[must_use]
pub fn fails(name: &str) -> bool {
    let Some(action) = RULES.get(name).and_then(|rule| rule.pass(name)) else { return false };
    match action {
        Action::Error => true,
        Action::Pause(duration) => {
            std::thread::sleep(duration);
            false
        }
        Action::Kill => die(),
    }
}

impl Rule {
    /// Counts; what is to happen this time. The first time is told, so that a run knows that its fault happened.
    fn pass(&self, name: &str) -> Option<Action> {
        let time = self.passed.fetch_add(1, Ordering::AcqRel) + 1;
        if time == self.first {
            eprintln!("failpoint {name}: {:?} the {time}. time", self.action);
        }
        let is_due = if self.goes_on { time >= self.first } else { time == self.first };
        is_due.then_some(self.action)
    }
}

/// No unwinding, no buffers written: what a kill from outside does.
fn die() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        std::thread::park();
    }
}

/// A rule that cannot be read ends the process: a fault run whose faults do not happen would be a lie.
fn from_environment() -> HashMap<String, Rule> {
    let text = std::env::var(VARIABLE).unwrap_or_default();
    parse(&text).unwrap_or_else(|rule| {
        eprintln!("{VARIABLE}: `{rule}` is no rule: expected NAME=kill|error|pause(MS), then @N or @N+");
        std::process::abort()
    })
}

fn parse(text: &str) -> Result<HashMap<String, Rule>, String> {
    let rules = text.split(';').map(str::trim).filter(|rule| !rule.is_empty());
    rules.map(|rule| parse_one(rule).ok_or_else(|| rule.to_owned())).collect()
}

fn parse_one(rule: &str) -> Option<(String, Rule)> {
    let (name, what) = rule.split_once('=')?;
    let (action, when) = what.split_once('@').unwrap_or((what, "1"));
    let (first, goes_on) = when.strip_suffix('+').map_or((when, false), |first| (first, true));
    let first = first.parse().ok().filter(|first| *first > 0)?;
    let action = match action {
        "kill" => Action::Kill,
        "error" => Action::Error,
        other => Action::Pause(Duration::from_millis(other.strip_prefix("pause(")?.strip_suffix(')')?.parse().ok()?)),
    };
    Some((name.to_owned(), Rule { action, first, goes_on, passed: AtomicU64::new(0) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(rule: &str, times: usize) -> Vec<bool> {
        let (_, rule) = parse_one(rule).expect("a rule");
        (0..times).map(|_| rule.pass("a.b").is_some()).collect()
    }

    #[test]
    fn a_rule_says_what_and_when() {
        assert_eq!(due("a.b=error", 3), [true, false, false]);
        assert_eq!(due("a.b=error@2", 3), [false, true, false]);
        assert_eq!(due("a.b=pause(20)@2+", 4), [false, true, true, true]);
        let rules = parse("a=kill@17; b=error@3;").expect("rules");
        assert_eq!((rules.len(), rules["a"].action, rules["b"].first), (2, Action::Kill, 3));
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for bad in ["a", "a=", "a=burn", "a=kill@", "a=kill@0", "a=kill@x", "a=pause()", "a=pause(1"] {
            assert_eq!(parse(bad).expect_err("no rule"), bad);
        }
    }
}
