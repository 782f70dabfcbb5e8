//! BER brought into the definite form that DER readers take: Java's key stores (BouncyCastle) are written with indefinite
//! lengths and strings in pieces (X.690, 8.1.3.6 and 8.7.3).

/// Nothing genuine nests deeper.
const DEPTH: usize = 32;

const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
/// Constructed `[0]`.
const FIELD_0: u8 = 0xA0;

/// The one element that the bytes hold, with definite lengths and strings in one piece; `None` for what is no BER.
pub(super) fn definite(bytes: &[u8]) -> Option<Vec<u8>> {
    let (element, rest) = Element::read(bytes, DEPTH)?;
    rest.is_empty().then(|| element.encode())
}

/// The content octets of an OCTET STRING that [`definite`] wrote.
pub(super) fn content(element: &[u8]) -> Option<&[u8]> {
    match Element::read(element, DEPTH)? {
        (Element { tag: OCTET_STRING, content: Content::Octets(octets) }, []) => Some(octets),
        _ => None,
    }
}

/// The elements inside a SEQUENCE or `[0]`, each encoded.
pub(super) fn children(element: &[u8]) -> Option<Vec<Vec<u8>>> {
    match Element::read(element, DEPTH)? {
        (Element { content: Content::Elements(elements), .. }, []) => {
            Some(elements.iter().map(Element::encode).collect())
        }
        _ => None,
    }
}

/// An element around octets.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut made = vec![tag];
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|&&digit| digit == 0).count();
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => made.push(short),
        _ => {
            made.extend(u8::try_from(length.len() - zeros).map(|count| 0x80 | count));
            made.extend_from_slice(&length[zeros..]);
        }
    }
    made.extend_from_slice(content);
    made
}

struct Element<'a> {
    tag: u8,
    content: Content<'a>,
}

enum Content<'a> {
    Octets(&'a [u8]),
    Elements(Vec<Element<'a>>),
}

impl<'a> Element<'a> {
    fn read(bytes: &'a [u8], depth: usize) -> Option<(Self, &'a [u8])> {
        let depth = depth.checked_sub(1)?;
        let (&tag, rest) = bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let constructed = tag & 0x20 != 0;
        if tag & 0x1F == 0x1F || (tag == 0 && first == 0) {
            return None;
        }
        if first == 0x80 {
            let mut elements = Vec::new();
            let mut rest = rest;
            while !rest.starts_with(&[0, 0]) {
                let (element, after) = Self::read(rest, depth)?;
                elements.push(element);
                rest = after;
            }
            return constructed.then_some((Self { tag, content: Content::Elements(elements) }, rest.get(2..)?));
        }
        let (length, rest) = match first {
            0x00..0x80 => (usize::from(first), rest),
            _ => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
                let length =
                    digits.iter().try_fold(0usize, |sum, &digit| Some(sum.checked_mul(256)? | usize::from(digit)));
                (length?, rest)
            }
        };
        let (mut octets, rest) = rest.split_at_checked(length)?;
        if !constructed {
            return Some((Self { tag, content: Content::Octets(octets) }, rest));
        }
        let mut elements = Vec::new();
        while !octets.is_empty() {
            let (element, after) = Self::read(octets, depth)?;
            elements.push(element);
            octets = after;
        }
        Some((Self { tag, content: Content::Elements(elements) }, rest))
    }

    fn encode(&self) -> Vec<u8> {
        match &self.content {
            Content::Octets(octets) => element(self.tag, octets),
            Content::Elements(elements) if self.tag == OCTET_STRING | 0x20 => element(OCTET_STRING, &joined(elements)),
            Content::Elements(elements) => {
                let encrypted = self.is_encrypted_content(elements);
                let parts = elements.iter().enumerate().map(|(index, part)| match &part.content {
                    Content::Elements(pieces) if encrypted && index == 2 => element(FIELD_0 & !0x20, &joined(pieces)),
                    _ => part.encode(),
                });
                element(self.tag, &parts.collect::<Vec<_>>().concat())
            }
        }
    }

    /// EncryptedContentInfo (RFC 5652, 6.1): its third field is an IMPLICIT OCTET STRING, which in pieces looks like EXPLICIT.
    fn is_encrypted_content(&self, elements: &[Element<'_>]) -> bool {
        let in_pieces = |part: &Element<'_>| match &part.content {
            Content::Elements(pieces) => part.tag == FIELD_0 && pieces.iter().all(|piece| piece.tag == OCTET_STRING),
            Content::Octets(_) => false,
        };
        self.tag == SEQUENCE
            && matches!(elements, [name, method, data] if name.tag == OID && method.tag == SEQUENCE && in_pieces(data))
    }
}

/// The pieces of a string, which may be in pieces again.
fn joined(elements: &[Element<'_>]) -> Vec<u8> {
    let mut octets = Vec::new();
    for element in elements {
        match &element.content {
            Content::Octets(piece) => octets.extend_from_slice(piece),
            Content::Elements(pieces) => octets.extend(joined(pieces)),
        }
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_and_pieces_become_definite() {
        let indefinite = b"\x30\x80\x02\x01\x03\x24\x80\x04\x02ab\x04\x01c\x00\x00\x00\x00";
        assert_eq!(definite(indefinite).unwrap(), b"\x30\x08\x02\x01\x03\x04\x03abc");
        let encrypted = b"\x30\x80\x06\x01\x2A\x30\x00\xA0\x80\x04\x01x\x04\x01y\x00\x00\x00\x00";
        assert_eq!(definite(encrypted).unwrap(), b"\x30\x09\x06\x01\x2A\x30\x00\x80\x02xy");
        let der = b"\x30\x07\x06\x01\x2A\xA0\x02\x05\x00";
        assert_eq!(definite(der).unwrap(), der);
        assert_eq!(definite(&element(0x04, &[7; 300])).unwrap().len(), 304);
    }

    #[test]
    fn rubbish_ends() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x04\x80\x00\x00",
            b"\x30\x05\x02",
            b"\x30\x84\xFF\xFF\xFF\xFF",
            b"\x02\x01\x03\x00",
        ] {
            assert!(definite(bytes).is_none(), "{bytes:02x?}");
        }
        assert!(definite(&[0x30, 0x80].repeat(1000)).is_none());
    }
}
