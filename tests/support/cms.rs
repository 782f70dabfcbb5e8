//! SignedData of GB/T 35275, put together by hand.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use calock::certificate::time::rfc3339;

use crate::openssl::Holder;

const DATA: &[u8] = b"\x06\x0A\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02\x01";
const SIGNED_DATA: &[u8] = b"\x06\x0A\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02\x02";
const SM3: &[u8] = b"\x30\x0C\x06\x08\x2A\x81\x1C\xCF\x55\x01\x83\x11\x05\x00";
const SM2: &[u8] = b"\x30\x0B\x06\x09\x2A\x81\x1C\xCF\x55\x01\x82\x2D\x01";

/// Who signs, over what, in which form.
pub trait Signs {
    fn sign(&self, attributes: Option<&[u8]>) -> Vec<u8>;
}

/// DER over the attributes.
impl Signs for Holder {
    fn sign(&self, attributes: Option<&[u8]>) -> Vec<u8> {
        self.sign(&element(0x31, attributes.unwrap()))
    }
}

/// DER over a message.
pub struct Over<'a>(pub &'a Holder, pub &'a [u8]);

impl Signs for Over<'_> {
    fn sign(&self, _: Option<&[u8]>) -> Vec<u8> {
        self.0.sign(self.1)
    }
}

/// r ‖ s over a message.
pub struct Raw<'a>(pub &'a Holder, pub &'a [u8]);

impl Signs for Raw<'_> {
    fn sign(&self, _: Option<&[u8]>) -> Vec<u8> {
        calock::signature::raw(&self.0.sign(self.1)).unwrap().to_vec()
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    match length {
        0..0x80 => [&[tag, low], content].concat(),
        0x80..0x100 => [&[tag, 0x81, low], content].concat(),
        _ => [&[tag, 0x82, high, low], content].concat(),
    }
}

/// contentType, messageDigest and signingTime, without the SET around them.
pub fn attributes(digest: &[u8], time: u64) -> Vec<u8> {
    let pkcs9 = |last: u8| [b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09".as_slice(), &[last]].concat();
    let attribute = |last, value: &[u8]| element(0x30, &[pkcs9(last), element(0x31, value)].concat());
    let time: String = rfc3339(time).chars().filter(|letter| letter.is_ascii_digit() || *letter == 'Z').collect();
    [attribute(3, DATA), attribute(4, &element(0x04, digest)), attribute(5, &element(0x17, &time.as_bytes()[2..]))]
        .concat()
}

/// SignedData with one signer, whose certificate is in it.
pub fn signed_data(certificate: &[u8], content: Option<&[u8]>, attributes: Option<&[u8]>, by: &dyn Signs) -> Vec<u8> {
    let inner = content.map(|content| element(0xA0, &element(0x04, content))).unwrap_or_default();
    let read = calock::certificate::Certificate::from_der(certificate).unwrap();
    let serial: Vec<u8> = (0..read.serial().len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&read.serial()[at..at + 2], 16).unwrap())
        .collect();
    let sign: &[u8] = if serial[0] >= 0x80 { &[0] } else { &[] };
    let issuer = issuer(read.tbs());
    let name = element(0x30, &[issuer, element(0x02, &[sign, &serial].concat())].concat());
    let signed = attributes.map(|list| element(0xA0, list)).unwrap_or_default();
    let signature = element(0x04, &by.sign(attributes));
    let signer =
        element(0x30, &[b"\x02\x01\x01".to_vec(), name, SM3.to_vec(), signed, SM2.to_vec(), signature].concat());
    let data = [
        b"\x02\x01\x01".to_vec(),
        element(0x31, SM3),
        element(0x30, &[DATA, &inner].concat()),
        element(0xA0, certificate),
        element(0x31, &signer),
    ];
    element(0x30, &[SIGNED_DATA.to_vec(), element(0xA0, &element(0x30, &data.concat()))].concat())
}

/// The issuer's element out of a TBSCertificate: behind version, serial number and algorithm.
pub fn issuer(tbs: &[u8]) -> Vec<u8> {
    let length = |at: usize| match tbs[at + 1] {
        0x81 => (3, usize::from(tbs[at + 2])),
        0x82 => (4, usize::from(tbs[at + 2]) << 8 | usize::from(tbs[at + 3])),
        short => (2, usize::from(short)),
    };
    let mut at = length(0).0;
    for _ in 0..3 {
        at += length(at).0 + length(at).1;
    }
    tbs[at..at + length(at).0 + length(at).1].to_vec()
}
