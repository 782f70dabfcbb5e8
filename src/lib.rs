#![doc = include_str!("../README.md")]

pub mod error;

pub use error::{Code, Error, Phase, Result};
