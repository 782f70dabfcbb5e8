//! BER-TLV as PIV uses it (ISO/IEC 7816-4 5.2.2): tags of one byte, lengths of one to three.
//!
//! Not the reader of `certificate`, which takes DER and nothing else: cards write longer lengths than they need.

/// One object: its tag, its value, and what follows it. `None` for what is none or is cut short.
pub(super) fn read(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (length, rest) = match *rest {
        [length @ 0..=0x7F, ref rest @ ..] => (usize::from(length), rest),
        [0x81, length, ref rest @ ..] => (usize::from(length), rest),
        [0x82, high, low, ref rest @ ..] => (usize::from(u16::from_be_bytes([high, low])), rest),
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// The value of the first object with this tag among those that stand one after the other.
pub(super) fn find(mut bytes: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let (tag, value, rest) = read(bytes)?;
        if tag == wanted {
            return Some(value);
        }
        bytes = rest;
    }
}

/// An object with the shortest length; values have at most 65 535 bytes.
pub(super) fn write(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..=0x7F) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, value].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_length_is_read() {
        for (bytes, length) in [(&[0x53, 0x01, 7][..], 1), (&[0x53, 0x81, 0x01, 7], 1), (&[0x53, 0x82, 0, 1, 7], 1)] {
            let (tag, value, rest) = read(bytes).unwrap();
            assert_eq!((tag, value.len(), rest.len()), (0x53, length, 0));
        }
        for broken in [&[][..], &[0x53], &[0x53, 0x80], &[0x53, 0x02, 7], &[0x53, 0x83, 0, 0, 1, 7], &[0x53, 0x82, 1]] {
            assert_eq!(read(broken), None, "{broken:02X?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_found(tag: u8, value in prop::collection::vec(any::<u8>(), 0..700), other: u8) {
            prop_assume!(tag != other);
            let both = [write(other, &[1, 2]), write(tag, &value)].concat();
            prop_assert_eq!(find(&both, tag), Some(&value[..]));
        }
    }
}
