//! What a session may do, and the code that says why not: by the strength of the login, the lock's product and the account.

use calock::Code;
use serde::Serialize;

use crate::rules::{May, Product, Rules};

/// What a session stands on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The product of the lock that logged in; `None` for a session by password.
    pub product: Option<&'a Product>,
    /// Whether the account's data were approved and are here.
    pub ready: bool,
    /// Whether the basic data that count were submitted by password where that opens only paper business.
    pub paper_only: bool,
}

/// Something that a session may do, or the code of what stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Seal documents (签章).
    pub seal: bool,
    /// Bid electronically (投电子标).
    pub bid: bool,
    /// Do electronic business at all (电子标业务).
    pub electronic: bool,
    /// Submit what only a login by lock may submit.
    pub submit_by_lock: bool,
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
    /// `NO_SEAL`, `NEED_CA_TO_SUBMIT`, `PAPER_ONLY`, `NOT_REVIEWED`.
    #[serde(serialize_with = "named")]
    pub bid: Option<Code>,
    /// `PAPER_ONLY`, `NOT_REVIEWED`.
    #[serde(serialize_with = "named")]
    pub electronic: Option<Code>,
    /// `NEED_CA_TO_SUBMIT`.
    #[serde(serialize_with = "named")]
    pub submit_by_lock: Option<Code>,
}

// serde hands a reference.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)]
fn named<S: serde::Serializer>(code: &Option<Code>, serializer: S) -> Result<S::Ok, S::Error> {
    code.map(Code::as_str).serialize(serializer)
}

/// Works them out.
#[must_use]
pub fn capabilities(rules: &Rules, ground: &Ground<'_>) -> Capabilities {
    let by_lock = match ground.product {
        Some(_) => None,
        None => Some(Code::NeedCaToSubmit),
    };
    let may = |what: May| match ground.product {
        Some(product) if product.may(what) => None,
        // 一证通不支持签章: such a lock makes no electronic bid either, because a bid is sealed.
        Some(_) => Some(Code::NoSeal),
        None => by_lock,
    };
    let electronic = match (ground.ready, ground.paper_only && rules.submissions.paper_only_by_password) {
        (false, _) => Some(Code::NotReviewed),
        (true, true) => Some(Code::PaperOnly),
        (true, false) => None,
    };
    let refused = Refused {
        seal: may(May::Seal),
        bid: electronic.or_else(|| may(May::Bid)),
        electronic,
        submit_by_lock: by_lock,
    };
    Capabilities {
        seal: refused.seal.is_none(),
        bid: refused.bid.is_none(),
        electronic: refused.electronic.is_none(),
        submit_by_lock: refused.submit_by_lock.is_none(),
        refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    /// A04, B13: 北京一证通不支持签章，不支持电子标的操作.
    #[test]
    fn yizhengtong_logs_in_and_seals_nothing() {
        for name in ["fengtai", "daxing"] {
            let rules = builtin(name).unwrap();
            let of = |product: usize| {
                capabilities(&rules, &Ground { product: rules.products.get(product), ready: true, paper_only: false })
            };
            let pass = of(0);
            assert_eq!((pass.seal, pass.bid, pass.submit_by_lock), (false, false, true), "{name}");
            assert_eq!((pass.refused.seal, pass.refused.bid), (Some(Code::NoSeal), Some(Code::NoSeal)));
            let bjca = of(1);
            assert!(bjca.seal && bjca.bid && bjca.refused == Refused::default(), "{name}");
        }
    }

    /// E11: 仅限制开展纸质标业务.
    #[test]
    fn what_was_submitted_by_password_is_for_paper() {
        let rules = builtin("hunan").unwrap();
        let lock = rules.products.first();
        let paper = capabilities(&rules, &Ground { product: lock, ready: true, paper_only: true });
        assert_eq!((paper.electronic, paper.refused.bid), (false, Some(Code::PaperOnly)));
        assert!(capabilities(&rules, &Ground { product: lock, ready: true, paper_only: false }).bid);
        let elsewhere = builtin("daxing").unwrap();
        let ground = Ground { product: elsewhere.products.get(1), ready: true, paper_only: true };
        assert!(capabilities(&elsewhere, &ground).electronic, "only where the portal says so");
    }

    #[test]
    fn a_password_seals_nothing() {
        let rules = builtin("hunan").unwrap();
        let typed = capabilities(&rules, &Ground { product: None, ready: true, paper_only: false });
        assert_eq!(typed.refused.seal, Some(Code::NeedCaToSubmit));
        assert!(!typed.submit_by_lock && typed.electronic);
        let early = capabilities(&rules, &Ground { product: None, ready: false, paper_only: false });
        assert_eq!(early.refused.electronic, Some(Code::NotReviewed));
        let json = serde_json::to_value(early).unwrap();
        assert_eq!(json["refused"]["submitByLock"], "NEED_CA_TO_SUBMIT");
    }
}
