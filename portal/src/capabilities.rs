//! What a session may do, and the code that says why not: by the strength of the login, the lock's product and the account.

use calock::Code;
use serde::Serialize;

use crate::rules::{Grant, May, Product, Rules};

/// What a session stands on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The product of the lock that logged in; `None` for a session by password.
    pub product: Option<&'a Product>,
    /// Whether the account's data were approved and are here.
    pub ready: bool,
    /// Whether the letter of commitment, if the portal wants one, is sealed for the data that were approved.
    pub committed: bool,
    /// Whether the basic data that count were submitted by password.
    pub paper_only: bool,
}

/// What a session may do, and the codes of what stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Seal documents (签章).
    pub seal: bool,
    /// Bid electronically (投电子标).
    pub bid: bool,
    /// Do electronic business at all (电子标业务).
    pub electronic: bool,
    /// Do business (业务操作权限).
    pub business: bool,
    /// Why not.
    pub refused: Refused,
}

/// The codes of what is refused; none for what is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// `NO_SEAL`, `NEED_CA_TO_SUBMIT`.
    #[serde(serialize_with = "named")]
    pub seal: Option<Code>,
    /// The same, and `LETTER_MISSING`.
    #[serde(serialize_with = "named")]
    pub bid: Option<Code>,
    /// The same, and `PAPER_ONLY`.
    #[serde(serialize_with = "named")]
    pub electronic: Option<Code>,
    /// `NOT_REVIEWED`, `LETTER_MISSING`.
    #[serde(serialize_with = "named")]
    pub business: Option<Code>,
}

// serde hands a reference.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)]
fn named<S: serde::Serializer>(code: &Option<Code>, serializer: S) -> Result<S::Ok, S::Error> {
    code.map(Code::as_str).serialize(serializer)
}

/// Works them out.
#[must_use]
pub fn capabilities(rules: &Rules, ground: &Ground<'_>) -> Capabilities {
    let may = |what: May| match ground.product {
        Some(product) if product.may(what) => None,
        // 一证通不支持签章: such a lock makes no electronic bid either, because a bid is sealed.
        Some(_) => Some(Code::NoSeal),
        None => Some(Code::NeedCaToSubmit),
    };
    let paper = ground.paper_only && rules.submissions.paper_only_by_password;
    let letter = rules.registration.letter.as_ref().filter(|_| !ground.committed);
    let letter = |what: Grant| letter.is_some_and(|letter| letter.grants(what)).then_some(Code::LetterMissing);
    let bid = may(May::Bid);
    let refused = Refused {
        seal: may(May::Seal),
        bid: bid.or(letter(Grant::Bid)),
        electronic: paper.then_some(Code::PaperOnly).or(bid).or(letter(Grant::Electronic)),
        business: (!ground.ready).then_some(Code::NotReviewed).or(letter(Grant::Business)),
    };
    Capabilities {
        seal: refused.seal.is_none(),
        bid: refused.bid.is_none(),
        electronic: refused.electronic.is_none(),
        business: refused.business.is_none(),
        refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn of(rules: &Rules, product: Option<usize>, paper_only: bool) -> Capabilities {
        let product = product.and_then(|at| rules.products.get(at));
        capabilities(rules, &Ground { product, ready: true, committed: true, paper_only })
    }

    /// A04, B13: 北京一证通不支持签章，不支持电子标的操作.
    #[test]
    fn yizhengtong_logs_in_and_seals_nothing() {
        for name in ["fengtai", "daxing"] {
            let rules = builtin(name).unwrap();
            let pass = of(&rules, Some(0), false);
            assert_eq!((pass.seal, pass.bid, pass.electronic, pass.business), (false, false, false, true), "{name}");
            assert_eq!((pass.refused.seal, pass.refused.bid), (Some(Code::NoSeal), Some(Code::NoSeal)));
            let bjca = of(&rules, Some(1), false);
            assert!(bjca.seal && bjca.bid && bjca.refused == Refused::default(), "{name}");
        }
    }

    /// E11: 仅限制开展纸质标业务.
    #[test]
    fn what_was_submitted_by_password_is_for_paper() {
        let rules = builtin("hunan").unwrap();
        let paper = of(&rules, Some(0), true);
        assert_eq!((paper.bid, paper.electronic, paper.refused.electronic), (true, false, Some(Code::PaperOnly)));
        assert!(of(&rules, Some(0), false).electronic);
        assert!(of(&builtin("daxing").unwrap(), Some(1), true).electronic, "only where the portal says so");
    }

    #[test]
    fn a_password_seals_nothing() {
        let typed = of(&builtin("hunan").unwrap(), None, false);
        assert_eq!((typed.refused.seal, typed.business), (Some(Code::NeedCaToSubmit), true));
        let json = serde_json::to_value(typed).unwrap();
        assert_eq!(json["refused"]["bid"], "NEED_CA_TO_SUBMIT");
        assert_eq!(json["refused"]["business"], serde_json::Value::Null);
    }

    /// C03: 签署诚信承诺书后获得业务操作权限.
    #[test]
    fn business_waits_for_approval_and_commitment() {
        let rules = builtin("changde").unwrap();
        let with = |ready, committed| {
            capabilities(&rules, &Ground { product: rules.products.first(), ready, committed, paper_only: false })
        };
        assert_eq!(with(false, true).refused.business, Some(Code::NotReviewed));
        assert_eq!(with(true, false).refused.business, Some(Code::LetterMissing));
        assert!(with(true, false).bid && with(true, true).business);
        let mut all = rules.clone();
        all.registration.letter.as_mut().unwrap().grants = vec![Grant::Bid, Grant::Electronic];
        let ground = Ground { product: all.products.first(), ready: true, committed: false, paper_only: false };
        let refused = capabilities(&all, &ground).refused;
        assert_eq!((refused.bid, refused.electronic), (Some(Code::LetterMissing), Some(Code::LetterMissing)));
        assert_eq!((refused.seal, refused.business), (None, None), "the letter itself must be sealed");
    }
}
