//! `users.*`: people, briefly and in full.

pub mod get_full_user;
pub mod get_requirements_to_contact;
pub mod get_users;
