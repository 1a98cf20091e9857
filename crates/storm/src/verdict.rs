//! What was found: counted, and the first of it in words.

use std::fmt;

use crate::limits;

/// What the oracle found over some runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Runs.
    pub runs: u64,
    /// Acknowledgements that were checked.
    pub acks: u64,
    /// Of those, what is not there: messages, edits, deletions, reads, files; and what was pushed and is not there.
    pub lost: u64,
    /// Messages that are there twice.
    pub duplicated: u64,
    /// Places where the members of a conversation disagree on its order, or numbers on theirs.
    pub reordered: u64,
    /// Pts that nothing explains.
    pub gaps: u64,
    /// Counters that are not what a recount gives.
    pub counters: u64,
    /// Answers that no valid key may get: -404, 401, and what is the server's own trouble.
    pub refused: u64,
    /// Anything else that may not happen: a panic, a server that does not come back.
    pub other: u64,
    /// The first findings.
    pub findings: Vec<String>,
}

impl Verdict {
    /// Adds what another one found.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.acks += other.acks;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
        self.gaps += other.gaps;
        self.counters += other.counters;
        self.refused += other.refused;
        self.other += other.other;
        other.findings.into_iter().for_each(|finding| self.tell(finding));
    }

    /// Keeps a finding in words, as long as there is room.
    pub fn tell(&mut self, finding: String) {
        if self.findings.len() < limits::FINDINGS_KEPT {
            self.findings.push(finding);
        }
    }

    /// Something that may not happen.
    pub fn complain(&mut self, finding: String) {
        self.other += 1;
        self.tell(finding);
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let Self { lost, duplicated, reordered, gaps, counters, refused, other, .. } = self;
        [lost, duplicated, reordered, gaps, counters, refused, other].iter().all(|count| **count == 0)
    }
}

/// The last line of a run.
impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, acks, lost, duplicated, reordered, gaps, .. } = self;
        write!(
            formatter,
            "runs={runs} acks={acks} lost={lost} duplicated={duplicated} reordered={reordered} gaps={gaps}"
        )
    }
}
