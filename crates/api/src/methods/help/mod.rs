//! Handlers of the namespace `help`: what a client asks when it starts.

pub mod accept_terms_of_service;
pub mod dismiss_suggestion;
pub mod get_app_config;
pub mod get_app_update;
pub mod get_config;
pub mod get_countries_list;
pub mod get_deep_link_info;
pub mod get_invite_text;
pub mod get_nearest_dc;
pub mod get_passport_config;
pub mod get_peer_colors;
pub mod get_peer_profile_colors;
pub mod get_premium_promo;
pub mod get_promo_data;
pub mod get_support;
pub mod get_support_name;
pub mod get_terms_of_service_update;
pub mod get_timezones_list;
