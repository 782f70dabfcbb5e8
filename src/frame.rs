//! How an APDU travels: the bytes around it on each kind of cable. Pure, both directions.

pub mod longmai;
