#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(feature = "std"), no_std)]

#[cfg_attr(not(feature = "std"), macro_use)]
extern crate alloc;

pub mod apdu;
#[doc(hidden)]
pub mod base64;
pub mod certificate;
#[cfg(any(feature = "std", feature = "seal"))]
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
mod prelude;
#[cfg(feature = "full")]
pub mod recording;
#[cfg(feature = "std")]
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
#[cfg(feature = "std")]
pub mod trust;
#[cfg(feature = "std")]
pub mod verdict;
#[cfg(feature = "virtual")]
pub mod virtual_lock;
pub mod wait;
#[cfg(target_arch = "wasm32")]
mod web;

pub use error::{Code, Error, Phase, Result};
