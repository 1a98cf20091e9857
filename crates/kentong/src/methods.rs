//! `methods`: how each method of the protocol is answered, from the one table.

use std::fmt::Write as _;

use api::Status;

/// One line a method, or the counts alone.
pub fn text(summary: bool) -> String {
    let mut methods: Vec<_> = api::methods().collect();
    methods.sort_unstable_by_key(|(name, _)| *name);
    let mut text = String::new();
    if !summary {
        for (name, status) in &methods {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{:<8} {name}", name_of(*status));
        }
    }
    let count = |wanted: Status| methods.iter().filter(|(_, status)| *status == wanted).count();
    let (real, empty, refused) = (count(Status::Real), count(Status::Empty), count(Status::Refused));
    text + &format!("real={real} empty={empty} refused={refused}\n")
}

fn name_of(status: Status) -> &'static str {
    match status {
        Status::Real => "real",
        Status::Empty => "empty",
        Status::Refused => "refused",
    }
}
