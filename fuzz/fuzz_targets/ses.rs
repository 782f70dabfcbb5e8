//! A seal, a signature made with one, or one without, out of a document, a file or a lock: refused with `SEAL_UNREADABLE`, or
//! kept byte for byte, and everything that is asked of it can be worked out.
#![no_main]

use calock::Code;
use calock::certificate::Certificate;
use calock::seal::cms::SignedData;
use calock::seal::ses::{Seal, SesSignature, Signers};
use calock::seal::{Basis, judge};
use calock::verdict::Check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match Seal::from_der(data) {
        Err(error) => assert_eq!(error.code, Code::SealUnreadable),
        Ok(seal) => {
            assert_eq!(seal.der(), data, "the original bytes are kept");
            look(&seal);
        }
    }
    match SesSignature::from_der(data) {
        Err(error) => assert_eq!(error.code, Code::SealUnreadable),
        Ok(signature) => {
            assert_eq!(signature.der(), data, "the original bytes are kept");
            look(&signature.seal);
            assert!(data.windows(signature.signed_bytes().len()).any(|part| part == signature.signed_bytes()));
            let checks = judge(&signature, &Basis::dated(u64::MAX));
            assert_eq!(checks.signature == Check::Ok, signature.verify().is_ok());
            let _ = (signature.time_stamp(), signature.time.seconds());
        }
    }
    match SignedData::from_der(data) {
        Err(error) => assert_eq!(error.code, Code::SealUnreadable),
        Ok(signed) => {
            let _ = (signed.certificate(), signed.signing_time(), signed.verify(b"a document"));
        }
    }
});

fn look(seal: &Seal) {
    let signed = seal.signed_bytes();
    assert!(signed.len() <= seal.der().len() + 8, "what was signed is part of the seal");
    let _ = (seal.verify(), seal.time_stamp(), seal.picture_data(), seal.check_dates(seal.created));
    if let Signers::Certificates(list) = seal.signers() {
        for der in list {
            assert_eq!(seal.check_signer(der), Ok(()), "a seal names those whom it names");
            let _ = Certificate::from_der(der);
        }
    }
}
