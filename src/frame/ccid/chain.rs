//! Long APDUs in parts, at the level of extended APDUs (USB CCID specification 1.1, 6.1.4 and 6.2.1).

/// Where a part stands in the whole: the level parameter of a question, the chain parameter of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Chain {
    /// Begins and ends here.
    Whole = 0x00,
    /// Begins here and goes on.
    Begins = 0x01,
    /// Goes on from before and ends here.
    Ends = 0x02,
    /// Goes on from before and goes on.
    Between = 0x03,
    /// Empty: the other side shall go on.
    GoOn = 0x10,
}

impl Chain {
    /// Reads a chain parameter; `None` for one that does not exist.
    #[must_use]
    pub fn of(byte: u8) -> Option<Self> {
        [Self::Whole, Self::Begins, Self::Ends, Self::Between, Self::GoOn].into_iter().find(|one| *one as u8 == byte)
    }

    /// Whether another part follows.
    #[must_use]
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Begins | Self::Between)
    }

    /// Whether a part may stand here, after others or as the first.
    #[must_use]
    pub fn may_follow(self, others: bool) -> bool {
        match self {
            Self::Whole | Self::Begins => !others,
            Self::Ends | Self::Between => others,
            Self::GoOn => false,
        }
    }
}

/// Cuts bytes into parts of at most `most` bytes, each with its place.
pub fn parts(bytes: &[u8], most: usize) -> impl Iterator<Item = (Chain, &[u8])> {
    let count = bytes.len().div_ceil(most.max(1)).max(1);
    (0..count).map(move |index| {
        let place = match (index == 0, index + 1 == count) {
            (true, true) => Chain::Whole,
            (true, false) => Chain::Begins,
            (false, true) => Chain::Ends,
            (false, false) => Chain::Between,
        };
        let from = index * most.max(1);
        (place, &bytes[from..bytes.len().min(from + most.max(1))])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_say_where_they_stand() {
        let places =
            |length: usize| parts(&vec![7; length], 4).map(|(place, part)| (place, part.len())).collect::<Vec<_>>();
        assert_eq!(places(0), [(Chain::Whole, 0)]);
        assert_eq!(places(4), [(Chain::Whole, 4)]);
        assert_eq!(places(5), [(Chain::Begins, 4), (Chain::Ends, 1)]);
        assert_eq!(places(9), [(Chain::Begins, 4), (Chain::Between, 4), (Chain::Ends, 1)]);
    }

    #[test]
    fn every_place_has_its_byte() {
        for byte in 0..=255 {
            assert!(Chain::of(byte).is_none_or(|place| place as u8 == byte));
        }
    }
}
