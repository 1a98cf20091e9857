//! What only an engine on a disk can get wrong: restarts, kills, damage, full disks.

mod damage;
mod journal;
mod kill;
mod restart;
mod snapshot;
mod space;
mod support;
mod torn;
