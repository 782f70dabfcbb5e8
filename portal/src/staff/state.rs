//! Where an entry stands.

use crate::binding::state::{kept, words};
use crate::rules::{Rules, Words};

kept! {
    /// The state of a person's entry.
    State {
        /// Not submitted.
        Draft = "draft",
        /// 待审核.
        Waiting = "waiting",
        /// Approved: their lock can be activated.
        Valid = "valid",
        /// Sent back.
        Rejected = "rejected",
        /// They left the unit.
        Left = "left",
    }
}

impl State {
    /// Whether the entry can be written.
    #[must_use]
    pub const fn open(self) -> bool {
        matches!(self, Self::Draft | Self::Rejected)
    }

    /// Submitted; at once approved where nobody reviews.
    #[must_use]
    pub const fn submitted(self, review: bool) -> Option<Self> {
        match (self.open(), review) {
            (true, true) => Some(Self::Waiting),
            (true, false) => Some(Self::Valid),
            (false, _) => None,
        }
    }

    /// An administrator decides.
    #[must_use]
    pub const fn decided(self, approve: bool) -> Option<Self> {
        match (self, approve) {
            (Self::Waiting, true) => Some(Self::Valid),
            (Self::Waiting, false) => Some(Self::Rejected),
            _ => None,
        }
    }

    /// In the portal's words.
    #[must_use]
    pub fn words(self, rules: &Rules) -> Words {
        match self {
            Self::Draft => rules.states.draft.clone(),
            Self::Waiting => rules.states.waiting.clone(),
            Self::Valid => rules.states.valid.clone(),
            Self::Rejected => rules.states.rejected.clone(),
            Self::Left => words("已离职", "Left"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_written_until_it_is_submitted() {
        assert!(State::Draft.open() && State::Rejected.open());
        assert_eq!(State::Rejected.submitted(true), Some(State::Waiting));
        assert_eq!(State::Draft.submitted(false), Some(State::Valid));
        for closed in [State::Waiting, State::Valid, State::Left] {
            assert_eq!(closed.submitted(true), None);
        }
        assert_eq!(State::Waiting.decided(false), Some(State::Rejected));
        assert_eq!(State::Left.decided(true), None);
    }
}
