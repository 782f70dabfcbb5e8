//! What a PIV card writes and reads: BER-TLV, written apart from the host's, so that one can be the other's check.

/// An object with the shortest length.
pub(super) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut object = vec![tag];
    match value.len() {
        0x80.. => {
            let length = value.len().to_be_bytes();
            let digits = length.iter().skip_while(|&&byte| byte == 0);
            // At most eight of them.
            object.push(0x80 | u8::try_from(digits.clone().count()).unwrap_or(0));
            object.extend(digits);
        }
        short => object.push(u8::try_from(short).unwrap_or(0)),
    }
    object.extend_from_slice(value);
    object
}

/// The value of the object with this tag among those that stand one after the other.
pub(super) fn value(mut objects: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [tag, length, rest @ ..] = objects {
        let (length, rest) = match length {
            0..0x80 => (usize::from(*length), rest),
            _ => {
                let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7F).min(8))?;
                (digits.iter().fold(0, |number, &digit| number << 8 | usize::from(digit)), rest)
            }
        };
        let (value, rest) = rest.split_at_checked(length)?;
        if *tag == wanted {
            return Some(value);
        }
        objects = rest;
    }
    None
}

/// What SELECT answers: the application's own part of its name, and who assigned it (part 2, table 3).
pub(super) fn property_template(aid: &[u8; 11]) -> Vec<u8> {
    let (authority, own) = aid.split_at(5);
    tlv(0x61, &[tlv(0x4F, own), tlv(0x79, &tlv(0x4F, authority))].concat())
}

/// A certificate as a data object: not compressed, no error detection code (part 1, table 9).
pub(super) fn certificate_object(der: &[u8]) -> Vec<u8> {
    tlv(0x53, &[tlv(0x70, der), tlv(0x71, &[0x00]), tlv(0xFE, &[])].concat())
}
