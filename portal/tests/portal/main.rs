//! The portal over real HTTP on loopback. Keys, certificates and signatures are made by the OpenSSL command line, and
//! the statement is written from its document, so that the code under test does not judge itself.

// The modules of a test share helpers; nobody else can reach them.
#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod administration;
mod admission;
mod basic_data;
mod bindings;
mod bodies;
mod ca;
mod clock;
mod evidence;
mod files;
mod guards;
mod house;
mod letters;
mod login;
mod manuals;
// The command line's tests use more of it.
#[allow(dead_code)]
mod openssl;
#[path = "../../../tests/support/package.rs"]
mod package;
mod passwords;
mod postgres;
// The command line's tests ask it more.
#[allow(dead_code)]
mod postgresql;
mod rate;
mod records;
mod refusals;
mod registration;
mod renewals;
mod requests;
mod revocation;
mod sealing;
mod seals;
mod selftest;
mod site;
mod staff;
mod store;
mod tus;
mod uploads;
