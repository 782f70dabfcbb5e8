//! Both ends of 证书制作: what a lock asks of a CA, and what a CA delivers to a lock.
#![no_main]

use calock::Code;
use calock::certificate::request::Request;
use calock::envelope::EnvelopedKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(error) = Request::from_der(data) {
        assert_eq!(error.code, Code::RequestInvalid);
    }
    if let Err(error) = EnvelopedKey::from_blob(data) {
        assert_eq!(error.code, Code::DeliveryInvalid);
    }
});
