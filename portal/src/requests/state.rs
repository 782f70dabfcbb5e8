//! The life of a request: documents, waiting, decided or taken back.

use crate::binding::state::{kept, words};
use crate::rules::{Rules, Words};

kept! {
    /// What is asked for.
    Kind {
        /// 解绑: by somebody who cannot log in.
        Unbind = "unbind",
        /// A certificate with a new serial shall take the old one's place.
        Renewal = "renewal",
        /// CA办理申请.
        CaApplication = "ca-application",
    }
}

kept! {
    /// Where it stands.
    State {
        /// Documents are missing.
        Draft = "draft",
        /// 待审核.
        Waiting = "waiting",
        /// 已撤销.
        Withdrawn = "withdrawn",
        /// 已通过.
        Approved = "approved",
        /// 不予办理.
        Rejected = "rejected",
    }
}

impl State {
    /// All documents are there: it is handed in. `None` when it cannot be.
    #[must_use]
    pub const fn submitted(self) -> Option<Self> {
        match self {
            Self::Draft => Some(Self::Waiting),
            _ => None,
        }
    }

    /// 撤销, by the applicant.
    #[must_use]
    pub const fn withdrawn(self) -> Option<Self> {
        match self {
            Self::Draft | Self::Waiting => Some(Self::Withdrawn),
            _ => None,
        }
    }

    /// An administrator decides, or whoever may confirm.
    #[must_use]
    pub const fn decided(self, approve: bool) -> Option<Self> {
        match (self, approve) {
            (Self::Waiting, true) => Some(Self::Approved),
            (Self::Waiting, false) => Some(Self::Rejected),
            _ => None,
        }
    }

    /// In words; of a certificate's application as its manual says them (有效 / 无效).
    #[must_use]
    pub fn words(self, kind: Kind, rules: &Rules) -> Words {
        match (self, kind) {
            (Self::Draft, _) => words("待补充材料", "Documents are missing"),
            (Self::Waiting, _) => rules.states.waiting.clone(),
            (Self::Withdrawn, _) => words("已撤销", "Withdrawn"),
            (Self::Approved, Kind::CaApplication) => words("有效", "Valid"),
            (Self::Rejected, Kind::CaApplication) => words("无效", "Not valid"),
            (Self::Approved, _) => words("已办理", "Done"),
            (Self::Rejected, _) => words("不予办理", "Refused"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn what_is_decided_stays_so() {
        assert_eq!(State::Draft.submitted(), Some(State::Waiting));
        assert_eq!(State::Draft.decided(true), None, "B16: incomplete requests are not processed");
        assert_eq!(State::Waiting.withdrawn(), Some(State::Withdrawn));
        for done in [State::Withdrawn, State::Approved, State::Rejected] {
            assert_eq!((done.submitted(), done.withdrawn(), done.decided(true)), (None, None, None));
        }
    }

    /// C12, C24: 待审核, 有效, 无效.
    #[test]
    fn an_application_says_it_as_its_manual_does() {
        let rules = builtin("changde").unwrap();
        let said =
            [State::Waiting, State::Approved, State::Rejected].map(|state| state.words(Kind::CaApplication, &rules).zh);
        assert_eq!(said, ["待审核", "有效", "无效"]);
    }
}
