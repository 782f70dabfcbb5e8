//! `POST /api/login`: a signed statement becomes a session. What it takes is in the portal's rules.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use calock::Code;
use calock::certificate::HolderKind;
use calock::certificate::time::rfc3339;
use calock::statement::Purpose;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::account::Brief;
use crate::binding::{Candidate, Review};
use crate::body::Json;
use crate::names::{bare, same, same_code};
use crate::portal::Portal;
use crate::proof::{Line, Posted, Proof, Wanted};
use crate::rate::Address;
use crate::refusal::{Refusal, said};
use crate::rules::{HolderKindRule, Kind, May, Mismatch, Unregistered};
use crate::session::Opening;
use crate::store::{Account, AccountKind, AccountState, Audit, Binding, Changes, Strength};

pub(crate) mod password;
mod unbound;

pub(crate) use unbound::right_kind;

/// What a login answers.
#[derive(Serialize)]
pub(crate) struct LoggedIn {
    holder: Option<Box<RawValue>>,
    account: Option<Brief>,
    strength: Strength,
    /// Where the page goes.
    next: String,
    /// Something to be told, like an error.
    notice: Option<Value>,
}

/// What a login leads to, once it is decided.
pub(crate) struct Entry {
    /// Whose session it is; `None`: a holder's without account.
    pub(crate) account: Option<Account>,
    /// The binding it comes from.
    pub(crate) binding: Option<String>,
    /// Where the page goes.
    pub(crate) next: String,
    /// Something to be told.
    pub(crate) notice: Option<Value>,
}

/// Judges the statement and logs its holder in. Everything that the login brings about (a lock that is bound, one that takes
/// another's place, the session) happens in the step that spends the nonce.
///
/// # Errors
/// The verdict's code; `PRODUCT_NOT_ACCEPTED`, `PERSONAL_KEY`, `KEY_EMPTY_ID`, `KEY_NOT_BOUND`, `NOT_SUBMITTED`, `NOT_REVIEWED`,
/// `NOT_YET_SYNCED`, `NAME_MISMATCH`, `CODE_MISMATCH`; `BAD_REQUEST`, `RATE_LIMITED`, `STORE_UNAVAILABLE`.
pub(crate) async fn log_in(
    State(portal): State<Portal>,
    headers: HeaderMap,
    address: Address,
    Json(posted): Json<Posted>,
) -> Result<Response, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    let wanted = Wanted { purpose: Purpose::Login, account: Line::AsAsked, text: None };
    let proof = posted.judge(&portal, wanted).await?;
    admitted(&portal, &proof.candidate())?;
    let opening = Opening::by_lock(&portal, &headers, &proof)?;

    let mut changes = portal.store().begin().await?;
    let entry = enter(&portal, &mut changes, &proof).await?;
    let account = entry.account.as_ref().map(|account| account.account.as_str());
    if !changes.spend(&proof.signed, account).await? {
        return Err(Code::NonceUsed.into());
    }
    let opening = match account {
        Some(account) => opening.of(account, entry.binding.as_deref()),
        None => opening,
    };
    changes.open_session(opening.session()).await?;
    changes
        .audit(&Audit {
            at: proof.signed.at,
            actor: account.unwrap_or("-"),
            account,
            action: "login",
            object: entry.binding.as_deref(),
            detail: json!({"strength": "ca", "fingerprint": proof.fingerprint()}),
            evidence: Some(&proof.signed.record),
        })
        .await?;
    changes.commit().await?;
    entry.answer(&portal, &opening, Some(proof.shown()))
}

/// Whether this portal takes the certificate at all, whoever's it is.
pub(crate) fn admitted(portal: &Portal, candidate: &Candidate<'_>) -> Result<(), Refusal> {
    let rules = portal.rules();
    if !candidate.product.is_some_and(|product| product.may(May::LogIn)) {
        return Err(Code::ProductNotAccepted.into());
    }
    let nameless = candidate.holder.kind == HolderKind::Unknown && candidate.code(Kind::Unit).is_none();
    match nameless && rules.login.unregistered == Unregistered::Refuse {
        true => Err(Code::KeyEmptyId.into()),
        false => Ok(()),
    }
}

/// Decides what the login leads to, and does it within the step.
async fn enter(portal: &Portal, changes: &mut Changes<'_>, proof: &Proof<'_>) -> Result<Entry, Refusal> {
    // Whoever binds, unbinds or logs in with this certificate takes turns.
    changes.take_turns(&format!("lock:{}", proof.fingerprint())).await?;
    match changes.living(proof.fingerprint()).await? {
        Some(binding) => bound(portal, changes, proof, binding).await,
        None => unbound::enter(portal, changes, proof).await,
    }
}

/// A lock that is an account's.
async fn bound(
    portal: &Portal,
    changes: &mut Changes<'_>,
    proof: &Proof<'_>,
    binding: Binding,
) -> Result<Entry, Refusal> {
    let account = changes.account(&binding.account).await?.ok_or(Code::Internal)?;
    if !Review::parse(&binding.review_state).is_some_and(Review::passed) {
        return Err(Code::NotReviewed.into());
    }
    let notice = match binding.staff {
        // A person's lock speaks for the person; the unit's name and code are not in question.
        Some(_) => None,
        None => same_holder(portal, &account, proof)?,
    };
    if let Some(at) = account.travels_until(portal.now()) {
        return Err(Refusal::new(Code::NotYetSynced).with("availableAt", rfc3339(at)));
    }
    Ok(Entry::into_account(portal, account, Some(binding.binding), notice))
}

/// Compares code and name of an account with its certificate's. A name that differs is refused or told, by the rules.
pub(crate) fn same_holder(portal: &Portal, account: &Account, proof: &Proof<'_>) -> Result<Option<Value>, Refusal> {
    let kind = if account.kind == AccountKind::Person { Kind::Person } else { Kind::Unit };
    let candidate = proof.candidate();
    let (code, name) = (candidate.code(kind), candidate.name(kind));
    if !same_code(account.code.as_deref().unwrap_or_default(), code.unwrap_or_default()) {
        let shown = |code: Option<&str>| code.map(|code| calock::certificate::identity::mask(&bare(code)));
        let codes = json!({"account": shown(account.code.as_deref()), "certificate": shown(code)});
        return Err(Refusal::new(Code::CodeMismatch).with("codes", codes));
    }
    if same(&account.name, name) {
        return Ok(None);
    }
    let refusal = Refusal::new(Code::NameMismatch).with("names", json!({"account": account.name, "certificate": name}));
    match portal.rules().names.mismatch {
        Mismatch::Refuse => Err(refusal),
        Mismatch::Notice => Ok(Some(refusal.said(portal.rules()))),
    }
}

impl Entry {
    /// Into an account: to its data when they miss something, else home.
    pub(crate) fn into_account(
        portal: &Portal,
        account: Account,
        binding: Option<String>,
        notice: Option<Value>,
    ) -> Self {
        let rules = portal.rules();
        let told = |code| Some(said(rules, code, None));
        let (next, state) = match account.state {
            _ if account.kind == AccountKind::Admin => ("/admin", None),
            AccountState::Draft => ("/account", told(Code::NotSubmitted)),
            AccountState::Rejected => ("/account", told(Code::NotReviewed)),
            AccountState::Waiting => ("/account", told(Code::NotReviewed)),
            AccountState::Changing => ("/account", None),
            AccountState::Valid
                if account.strength == Some(Strength::Password) && rules.submissions.paper_only_by_password =>
            {
                ("/home", told(Code::PaperOnly))
            }
            // C20: who logs in is told that the letter is what is still to be done.
            AccountState::Valid if rules.registration.letter.is_some() && account.commitment.is_none() => {
                ("/home", told(Code::LetterMissing))
            }
            AccountState::Valid => ("/home", None),
        };
        Self { account: Some(account), binding, next: next.into(), notice: notice.or(state) }
    }

    /// The answer, with the cookie.
    pub(crate) fn answer(self, portal: &Portal, opening: &Opening, holder: Option<&str>) -> Result<Response, Refusal> {
        let holder = holder.map(|holder| RawValue::from_string(holder.into())).transpose();
        let body = axum::Json(LoggedIn {
            holder: holder.map_err(|_| Code::Internal)?,
            account: self.account.as_ref().map(|account| Brief::of(portal, account)),
            strength: opening.session().strength,
            next: self.next,
            notice: self.notice,
        });
        Ok(([(header::SET_COOKIE, opening.cookie(portal)?)], body).into_response())
    }
}

/// Whether a kind of holder may have an account of a kind here.
pub(crate) fn may_hold(portal: &Portal, kind: Kind, holder: HolderKind) -> bool {
    let holders = &portal.rules().holders;
    let (admitted, certain) = match kind {
        Kind::Unit => (&holders.unit, HolderKindRule::Enterprise),
        Kind::Person => (&holders.person, HolderKindRule::Person),
    };
    // A certificate that does not say what its holder is goes by its code.
    admitted.iter().any(|one| one.is(holder)) || holder == HolderKind::Unknown && admitted.contains(&certain)
}
