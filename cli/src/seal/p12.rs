//! A key and a certificate out of a PKCS#12 file (RFC 7292).

use p12_keystore::{CertificateBag, Pkcs12Archive, PrivateKeyBag};

use super::ber::{children, content, definite, element};

/// A private key (PKCS#8) and a certificate (DER) that belong together.
pub(super) struct Pair {
    pub(super) key: Vec<u8>,
    pub(super) certificate: Vec<u8>,
}

/// Opens a file and takes the pair whose certificate is `wanted`, or else the first.
pub(super) fn open(bytes: &[u8], password: &str, wanted: impl Fn(&[u8]) -> bool) -> Option<Pair> {
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).ok().or_else(|| open_ber(bytes, password))?;
    let certificate = archive.certs.iter().find(|bag| wanted(bag.cert.as_der())).or_else(|| archive.certs.first())?;
    let key = archive.keys.iter().find(|key| belong(key, certificate)).or_else(|| archive.keys.first())?;
    Some(Pair { key: key.key.as_der().into(), certificate: certificate.cert.as_der().into() })
}

fn belong(key: &PrivateKeyBag, certificate: &CertificateBag) -> bool {
    certificate.local_key_id.is_some() && key.local_key_id.as_ref().map(|id| &id.0) == certificate.local_key_id.as_ref()
}

/// A file in BER. Its MAC is over the bytes as they were, so it is left off: a wrong password shows when the key is decrypted.
fn open_ber(bytes: &[u8], password: &str) -> Option<Pkcs12Archive> {
    let outer = children(&definite(bytes)?)?;
    let [version, safe, ..] = outer.as_slice() else { return None };
    let safe = children(safe)?;
    let [kind, data] = safe.as_slice() else { return None };
    let data = children(data)?;
    let inner = definite(content(data.first()?)?)?;
    // Each of its parts is a string again, with BER inside.
    let parts = children(&inner)?.iter().map(|part| plain_part(part)).collect::<Option<Vec<_>>>()?;
    let safe =
        element(0x30, &[kind.as_slice(), &element(0xA0, &element(0x04, &element(0x30, &parts.concat())))].concat());
    let file = element(0x30, &[version.as_slice(), &safe].concat());
    Pkcs12Archive::from_pkcs12(&file, password).ok()
}

/// A ContentInfo of type data with definite lengths inside, too; an encrypted one stays as it is.
fn plain_part(part: &[u8]) -> Option<Vec<u8>> {
    let fields = children(part)?;
    let [kind, data] = fields.as_slice() else { return None };
    let Some(bags) = children(data)?.first().and_then(|octets| definite(content(octets)?)) else {
        return Some(part.into());
    };
    Some(element(0x30, &[kind.as_slice(), &element(0xA0, &element(0x04, &bags))].concat()))
}
