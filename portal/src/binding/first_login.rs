//! A login with a certificate that no living binding has, by a holder who has an account.

use calock::Code;
use serde_json::{Value, json};

use super::step::{self, By};
use super::{As, AtLogin, Held, Owner, Proved, Review, at_login};
use crate::portal::Portal;
use crate::proof::Proof;
use crate::refusal::Refusal;
use crate::requests::renewal;
use crate::rules::RenewalHow;
use crate::store::{Account, Changes};

/// What came of it.
pub(crate) enum Entered {
    /// The lock is bound, and its session is the account's.
    Bound {
        /// The new binding's name.
        binding: String,
        /// What is to be said about it: that it took another one's place.
        notice: Option<Value>,
    },
    /// The session is the holder's alone, until somebody confirms or approves.
    Asked {
        /// What is to be said, with the number of the request if there is one.
        notice: Value,
        /// Where the page goes.
        next: String,
    },
}

/// Binds, exchanges or asks, by the portal's rules, within a step that took turns about the account, spent the nonce and kept the
/// evidence.
///
/// # Errors
/// `KEY_NOT_BOUND` where locks are bound by hand; `PRODUCT_NOT_ACCEPTED`, `PERSONAL_KEY`, `CODE_MISMATCH`, `NAME_MISMATCH`,
/// `STATE_CONFLICT`, `KEY_ALREADY_BOUND`. Then nothing of the step may be kept.
pub(crate) async fn first_login(
    changes: &mut Changes<'_>,
    portal: &Portal,
    proof: &Proof<'_>,
    account: &Account,
) -> Result<Entered, Refusal> {
    let (rules, at) = (portal.rules(), proof.signed.at);
    let living = changes.living_of(&account.account).await?;
    let owner = Owner::of(account, at).ok_or(Code::Internal)?;
    let outcome = match at_login(rules, &owner, &proof.candidate(), &Held::all(&living))? {
        // What was taken from the account comes back by hand alone: a lost lock that was unbound, or an old one after its renewal,
        // must not bind itself anew or push the newer one out.
        _ if changes.was_bound(&account.account, proof.fingerprint()).await? => AtLogin::ByHand,
        outcome => outcome,
    };
    let proved = Proved::of(proof)?;
    let by = By { actor: &account.account, at, reason: None, evidence: Some(proved.evidence) };
    let as_ = |role| As { account: &account.account, role, staff: None, replaces: None, review: Review::None };
    match outcome {
        AtLogin::ByHand => Err(Code::KeyNotBound.into()),
        AtLogin::Bind(role) => {
            let review = Review::first(rules.binding.review);
            let binding = step::bind(changes, &proved, &As { review, ..as_(role) }, by).await?;
            Ok(match review.passed() {
                true => Entered::Bound { binding: binding.binding, notice: None },
                false => Entered::Asked { notice: Refusal::new(Code::NotReviewed).said(rules), next: "/".into() },
            })
        }
        AtLogin::Renew { role, replaces, how: RenewalHow::Replace } => {
            let as_ = As { replaces: Some(&replaces), ..as_(role) };
            let binding = step::bind(changes, &proved, &as_, by).await?;
            let notice = Refusal::new(Code::SerialChanged).with("replaced", json!(replaces)).said(rules);
            Ok(Entered::Bound { binding: binding.binding, notice: Some(notice) })
        }
        AtLogin::Renew { role, replaces, how } => {
            let old = living.iter().find(|held| held.binding == replaces).ok_or(Code::Internal)?;
            let request = renewal::ask(changes, &proved, account, old, role, at).await?;
            let notice = renewal::notice(rules, &request, how);
            Ok(Entered::Asked { notice, next: renewal::next(&request) })
        }
    }
}
