//! What a PIV card's answers mean (NIST SP 800-73-4 part 1, appendix A; part 2, chapter 3).

use super::tlv;
use crate::apdu::{Response, Status};
use crate::error::{Code, Error, Result};
use crate::lock::accepted;

/// The application property template (part 2, table 3) begins with 61.
pub(super) fn selected(data: &[u8]) -> Result<()> {
    match tlv::read(data) {
        Some((0x61, _, _)) => Ok(()),
        _ => Err(bad("SELECT of the PIV application")),
    }
}

/// `53 { 70 certificate, 71 info, 72 MSCUID, FE }` (part 1, table 9). An empty object is an empty slot.
pub(super) fn certificate(data: &[u8]) -> Result<Option<Vec<u8>>> {
    let (0x53, object, _) = tlv::read(data).ok_or(bad("GET DATA"))? else { return Err(bad("GET DATA")) };
    if object.is_empty() {
        return Ok(None);
    }
    let certificate = tlv::find(object, 0x70).ok_or(bad("no certificate in its object"))?;
    if certificate.is_empty() {
        return Ok(None);
    }
    // CertInfo: 01 for gzip; 04 says that it is no X.509 certificate. Some cards leave the object out.
    let info = tlv::find(object, 0x71).unwrap_or_default();
    if info.iter().any(|&bits| bits != 0) {
        return Err(Error::because(Code::CertUnreadable, "a compressed certificate"));
    }
    Ok(Some(certificate.to_vec()))
}

/// What VERIFY without data answers: the tries left, or `None` while the PIN is proven.
///
/// # Errors
/// `LOCK_STATUS` when the card has no such PIN.
pub fn tries(response: Response) -> Result<Option<u8>> {
    match (response.status, response.status.tries_left()) {
        (Status::AUTH_LOCKED, _) => Ok(Some(0)),
        (_, Some(left)) => Ok(Some(left)),
        _ => accepted(response).map(|_| None),
    }
}

/// What GENERAL AUTHENTICATE answers, `7C { 82 signature }`: DER for P-256, the octets for RSA.
///
/// # Errors
/// `BAD_REPLY` when there is no signature in it.
pub fn signature(data: &[u8]) -> Result<Vec<u8>> {
    let template = tlv::find(data, 0x7C).ok_or(bad("GENERAL AUTHENTICATE"))?;
    let signature = tlv::find(template, 0x82).ok_or(bad("GENERAL AUTHENTICATE"))?;
    if signature.is_empty() { Err(bad("an empty signature")) } else { Ok(signature.to_vec()) }
}

fn bad(detail: &'static str) -> Error {
    Error::because(Code::BadReply, detail)
}

/// Runs every parser of this module over the same bytes; what the fuzz target and the property test call.
#[doc(hidden)]
pub fn fuzz_replies(data: &[u8]) {
    let _ = selected(data);
    if let Ok(Some(certificate)) = certificate(data) {
        assert!(!certificate.is_empty() && certificate.len() < data.len());
    }
    if let Ok(signature) = signature(data) {
        assert!(!signature.is_empty() && signature.len() < data.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a YubiKey answers to SELECT, from its maker's manual.
    #[test]
    fn the_property_template_of_a_real_card() {
        let answer = b"\x61\x11\x4F\x06\x00\x00\x10\x00\x01\x00\x79\x07\x4F\x05\xA0\x00\x00\x03\x08";
        selected(answer).unwrap();
        assert_eq!(selected(&[0x6F, 0]).unwrap_err().code, Code::BadReply);
    }

    #[test]
    fn a_certificate_is_taken_out_of_its_object() {
        let object = |inside: &[u8]| tlv::write(0x53, inside);
        let whole = object(&[0x70, 2, 0x30, 0x00, 0x71, 1, 0x00, 0xFE, 0]);
        assert_eq!(certificate(&whole).unwrap(), Some(vec![0x30, 0x00]));
        let without_info = object(&[0x70, 2, 0x30, 0x00, 0xFE, 0]);
        assert_eq!(certificate(&without_info).unwrap(), Some(vec![0x30, 0x00]));
        assert_eq!(certificate(&object(&[])).unwrap(), None);
        assert_eq!(certificate(&object(&[0x70, 0, 0x71, 1, 0, 0xFE, 0])).unwrap(), None);
        let gzip = object(&[0x70, 2, 0x1F, 0x8B, 0x71, 1, 0x01, 0xFE, 0]);
        assert_eq!(certificate(&gzip).unwrap_err().code, Code::CertUnreadable);
        for broken in [&object(&[0xFE, 0])[..], &[0x70, 2, 0x30, 0x00], &[0x53, 5, 0x70, 2, 0x30]] {
            assert_eq!(certificate(broken).unwrap_err().code, Code::BadReply);
        }
    }

    #[test]
    fn a_signature_is_taken_out_of_its_template() {
        assert_eq!(signature(&[0x7C, 4, 0x82, 2, 1, 2]).unwrap(), [1, 2]);
        for broken in [&[][..], &[0x7C, 0], &[0x7C, 2, 0x82, 0], &[0x7C, 4, 0x81, 2, 1, 2], &[0x82, 2, 1, 2]] {
            assert_eq!(signature(broken).unwrap_err().code, Code::BadReply, "{broken:02X?}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(data: Vec<u8>) {
            fuzz_replies(&data);
        }
    }
}
