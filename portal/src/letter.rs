//! The letter of commitment (信用承诺书): the portal makes it of an account's data, the account seals it in a page and posts it as any
//! sealed document (`/api/seals`), and here it is taken for what it is: this letter, of these data, sealed by this unit.
//!
//! The letter binds the version of the data that it was made of. Basic data that are submitted with it count as submitted by lock, and
//! once they are approved the letter opens what the rules say ([`crate::rules::Letter::grants`]). Data that change want a new one.

mod content;
mod judge;
mod keep;
mod lines;
mod made;
mod print;
mod sheet;
mod shown;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use content::Content;

pub(crate) use made::Press;
pub use made::trouble;
pub(crate) use shown::{Shown, of_review};

use crate::pages;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::{Letter as Rule, Rules, When};
use crate::store::Account;

/// What a letter's file is attached as, until it comes back sealed.
const FILE: &str = "letter";

/// The endpoints under `/api/account/letter`.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", post(keep::make))
        .route("/{letter}/file", get(keep::file))
        .route("/{letter}/sealed", post(keep::sealed))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
}

/// The letter that the next submission of these data wants, if it wants one.
pub(crate) fn wanted<'a>(rules: &'a Rules, account: &Account) -> Option<&'a Rule> {
    let rule = rules.registration.letter.as_ref();
    rule.filter(|letter| letter.when == When::Submit || account.approved.is_some())
}

/// The version of the account's data that such a letter binds.
pub(crate) fn version(rules: &Rules, letter: &Rule, account: &Account) -> Result<String, Refusal> {
    Content::of(rules, letter, account)?.digest()
}
