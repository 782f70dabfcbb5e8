//! Signatures as locks, files and posts carry them. A DER signature that is accepted has one spelling: taking it apart and
//! building it anew gives the same bytes.
#![no_main]

use calock::Code;
use calock::certificate::PublicKey;
use calock::signature::{normalise, raw, sm2_der, sm2_digest, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match raw(data) {
        Err(error) => assert_eq!(error.code, Code::SignatureInvalid),
        // r or s outside 1 … n-1 reads, and is refused when it is built.
        Ok(r_s) => {
            if let Ok(der) = sm2_der(&r_s) {
                assert_eq!(der, data);
            }
        }
    }

    // The base point of SM2 is a key that everybody has.
    let sm2 = PublicKey::Sm2(BASE_POINT.to_vec());
    if let Ok(exact) = normalise(&sm2, data) {
        assert_eq!(normalise(&sm2, &exact).as_ref(), Ok(&exact), "the exact form stays as it is");
        assert!(verify(&sm2, b"nobody signed this", &exact).is_err());
    }
    let rsa = PublicKey::Rsa { modulus: vec![0xC1; 64], exponent: vec![1, 0, 1] };
    if let Ok(exact) = normalise(&rsa, data) {
        assert_eq!(exact.len(), 64);
        assert!(verify(&rsa, b"nobody signed this", &exact).is_err());
    }
    // As a public key the same bytes are a point of the curve or are refused.
    if let Err(error) = sm2_digest(data, b"message") {
        assert_eq!(error.code, Code::KeyUnsupported);
    }
});

const BASE_POINT: [u8; 65] = *b"\x04\
\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7\
\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0";
