#![doc = include_str!("../README.md")]

pub mod apdu;
pub mod error;
pub mod frame;
pub mod link;
pub mod lock;
pub mod secret;
#[cfg(feature = "virtual")]
pub mod virtual_lock;
pub mod wait;

pub use error::{Code, Error, Phase, Result};
