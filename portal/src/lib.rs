//! The reference portal: what a tendering portal's backend does with a calock login, small enough to be read.
//!
//! A login in this house: `challenge` gives out a nonce and keeps it; the page posts a signed statement to `login`, which
//! rebuilds the statement from the kept nonce and its own origin, lets [`calock::verdict`] judge, spends the nonce and
//! opens a session in one transaction; `session` tells the page who is logged in.
//!
//! | module | concept |
//! |---|---|
//! | [`config`] | what an operator decides: origin, database, folders, limits, clock |
//! | [`portal`] | the opened portal and its router |
//! | [`server`] | listening on loopback, stopping |
//! | [`store`] | the tables, the same SQL on SQLite and PostgreSQL |
//! | [`trust`] | a folder of CA certificates as a trust list |
//! | [`demo`] | virtual locks handed to the demo page |
//! | [`administrator`] | people who administer the portal |
//! | [`binding`], [`staff`] | whose lock may be what; people and their locks |
//! | [`requests`], [`records`] | what is asked of the portal's people; what an account keeps besides its basic data |
//! | `admin`, `history` | what administrators see and do; what happened to an account |
//! | [`ca`] | the test CA that makes certificates for blank locks, in a demonstration |
//! | `challenge`, `login`, `session` | the endpoints |
//! | `uploads`, `seals` | documents that arrive little by little; sealed ones, judged and kept |
//! | [`messages`] | what each code says, in Chinese and English |
//! | `body`, `origin`, `headers`, `pages`, `refusal` | how HTTP is spoken |

#![forbid(unsafe_code)]

mod account;
mod admin;
pub mod administrator;
pub mod binding;
mod body;
pub mod ca;
pub mod capabilities;
mod challenge;
pub mod config;
pub mod demo;
pub mod folder;
mod form;
mod headers;
mod history;
mod letter;
mod login;
pub mod messages;
pub mod names;
mod number;
mod origin;
mod pages;
mod password;
pub mod portal;
mod proof;
mod random;
pub mod rate;
pub mod records;
mod refusal;
mod register;
pub mod requests;
pub mod revocation;
pub mod rules;
mod seals;
mod selftest;
pub mod server;
mod session;
pub mod staff;
pub mod store;
pub mod trust;
mod uploads;

pub use ca::TestCa;
pub use config::{Clock, Config, Database, Limits};
pub use demo::{DemoLock, DemoLocks};
pub use letter::trouble as letter_trouble;
pub use portal::Portal;
pub use refusal::Refusal;
