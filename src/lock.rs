//! A lock as a thing that can be asked: what to send, what the answers mean, and what is known of each model.

pub mod gmt0017;
pub mod profile;

pub use gmt0017::Gmt0017;
pub use profile::Profile;
