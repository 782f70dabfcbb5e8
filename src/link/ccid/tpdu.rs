//! Readers that pass blocks of the card's own protocol: what of it a host does.

use zeroize::Zeroizing;

/// The protocol that a card offers first, by its ATR (ISO/IEC 7816-3 8.2); `None` for bytes that are no ATR.
pub(super) fn first_protocol(atr: &[u8]) -> Option<u8> {
    let [0x3B | 0x3F, t0, rest @ ..] = atr else { return None };
    if t0 & 0x80 == 0 {
        // No interface byte speaks of it.
        return Some(0);
    }
    let before = [0x10, 0x20, 0x40].iter().filter(|bit| t0 & **bit != 0).count();
    rest.get(before).map(|td1| td1 & 0x0F)
}

/// A short APDU as T=0 takes it (ISO/IEC 7816-3 12.2): always five bytes of header, and no Le behind data. What the lock has to
/// say then is fetched by GET RESPONSE, as after any 61xx.
pub(super) fn t0(apdu: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut tpdu = Zeroizing::new(apdu.to_vec());
    match *apdu {
        [_, _, _, _] => tpdu.push(0),
        [_, _, _, _, lc, _, ..] => tpdu.truncate(5 + usize::from(lc)),
        _ => {}
    }
    tpdu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_cases_of_t0() {
        assert_eq!(t0(&[0, 0xA4, 4, 0]).to_vec(), [0, 0xA4, 4, 0, 0]);
        assert_eq!(t0(&[0, 0xC0, 0, 0, 8]).to_vec(), [0, 0xC0, 0, 0, 8]);
        assert_eq!(t0(&[0, 0x20, 0, 0x80, 2, 1, 2]).to_vec(), [0, 0x20, 0, 0x80, 2, 1, 2]);
        assert_eq!(t0(&[0, 0xA4, 4, 0, 2, 1, 2, 0]).to_vec(), [0, 0xA4, 4, 0, 2, 1, 2]);
    }

    #[test]
    fn the_first_protocol_of_an_atr() {
        // No TD1; TD1 = 01 behind TA1; TD1 = 80 (T=0, more follows).
        assert_eq!(first_protocol(&[0x3B, 0x02, 0x14, 0x50]), Some(0));
        assert_eq!(first_protocol(&[0x3B, 0x92, 0x95, 0x01, 0x00]), Some(1));
        assert_eq!(first_protocol(&[0x3B, 0x80, 0x80, 0x01]), Some(0));
        assert_eq!(first_protocol(&[0x3B, 0x80]), None);
        assert_eq!(first_protocol(&[]), None);
    }
}
