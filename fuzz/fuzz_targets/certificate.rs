//! A certificate out of a lock or a post: refused with `CERT_UNREADABLE`, or everything that is shown of it can be worked out.
#![no_main]

use calock::Code;
use calock::certificate::{Certificate, holder};
use calock::text::GBK;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match Certificate::from_der(data) {
        Err(error) => assert_eq!(error.code, Code::CertUnreadable),
        Ok(certificate) => {
            assert_eq!(certificate.der(), data, "the original bytes are kept");
            view(&certificate);
        }
    }
    if let Ok(certificate) = Certificate::from_der_or_pem(data) {
        view(&certificate);
    }
});

fn view(certificate: &Certificate) {
    for name in [certificate.subject(), certificate.issuer()] {
        for attribute in name.attributes(GBK) {
            let _ = attribute.masked();
        }
        assert!(name.same(name));
    }
    for identity in holder(certificate, GBK).identities {
        let _ = identity.masked();
    }
    let _ = (certificate.serial(), certificate.fingerprint(), certificate.is_self_issued(), certificate.may_issue());
    let _ = (certificate.check_usage(), certificate.check_dates(certificate.not_after()));
    let _ = calock::signature::verify_issued(certificate, certificate.key());
}
