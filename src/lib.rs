#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod apdu;
#[doc(hidden)]
pub mod base64;
pub mod certificate;
pub mod check;
#[cfg(feature = "full")]
pub mod envelope;
pub mod error;
pub mod frame;
pub mod hash;
pub mod journal;
#[doc(hidden)]
pub mod json;
pub mod link;
pub mod lock;
#[cfg(feature = "full")]
pub mod recording;
pub mod revocation;
#[cfg(feature = "full")]
pub mod script;
#[cfg(feature = "seal")]
pub mod seal;
pub mod secret;
pub mod session;
pub mod signature;
pub mod statement;
pub mod text;
pub mod trust;
pub mod verdict;
#[cfg(feature = "virtual")]
pub mod virtual_lock;
pub mod wait;
#[cfg(target_arch = "wasm32")]
mod web;

pub use error::{Code, Error, Phase, Result};
