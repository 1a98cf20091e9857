//! `upload.*`: parts of files on their way in, pieces of files on their way out.

mod location;

pub mod get_file;
pub mod get_file_hashes;
pub mod save_big_file_part;
pub mod save_file_part;
