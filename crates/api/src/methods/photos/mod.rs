//! `photos.*`: profile photos come with media; until then nobody has one.

pub mod delete_photos;
pub mod get_user_photos;
pub mod update_profile_photo;
