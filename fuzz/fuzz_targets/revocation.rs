//! A list or a response as a CA's server sent it: refused with `STATUS_UNREADABLE`, or asked about a certificate.
#![no_main]

use std::sync::LazyLock;

use calock::Code;
use calock::certificate::Certificate;
use calock::revocation::{Revocations, Status};
use libfuzzer_sys::fuzz_target;

static CERTIFICATE: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::from_der(include_bytes!("../seeds/certificate/sm2")).expect("a good seed"));

fuzz_target!(|data: &[u8]| {
    let mut lists = Revocations::default();
    match lists.add_bytes(data) {
        Err(error) => assert!(error.code == Code::StatusUnreadable && lists.is_empty()),
        Ok(_) => {
            assert_eq!(lists.status(&CERTIFICATE, &CERTIFICATE, 1_800_000_000), Status::Unknown, "nobody signed it")
        }
    }
});
