#![doc = include_str!("../README.md")]

pub mod certificate;
pub mod error;
pub mod hash;
pub mod signature;
pub mod statement;
pub mod text;
pub mod trust;
pub mod verdict;

pub use error::{Code, Error, Phase, Result};
