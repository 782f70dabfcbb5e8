//! How an APDU travels: the bytes around it on each kind of cable. Pure, both directions.

#[cfg(feature = "full")]
pub mod ccid;
pub mod longmai;
