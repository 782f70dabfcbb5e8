//! The `calock` command from outside: exit codes, standard output, standard error. Certificates and signatures are made
//! by the OpenSSL command line.

// The modules of a test share helpers; nobody else can reach them.
#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command;
mod inspect;
mod plug;
mod profiles;
// The portal's tests make their certificates in the same way.
#[path = "../../../portal/tests/portal/openssl.rs"]
#[allow(dead_code)]
mod openssl;
#[path = "../../../portal/tests/portal/postgresql.rs"]
mod postgresql;
mod scale;
mod scripts;
mod seal;
mod serve;
mod speak;
mod verify;
