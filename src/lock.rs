//! A lock as a thing that can be asked: what to send, what the answers mean, and what is known of each model.

mod channel;
pub mod gmt0017;
#[cfg(feature = "full")]
pub mod known;
#[cfg(feature = "full")]
pub mod piv;
#[cfg(feature = "full")]
pub mod policy;
pub mod profile;

pub use channel::{Channel, accepted};
pub use gmt0017::Gmt0017;
#[cfg(feature = "full")]
pub use piv::Piv;
pub use profile::Profile;
