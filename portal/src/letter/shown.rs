//! A letter as pages see it.

use calock::certificate::time::rfc3339;
use serde::Serialize;
use serde_json::{Value, json};

use super::{version, wanted};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::Words;
use crate::store::{Account, Letter};

/// Where an account is with its letter, in a portal that wants one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    title: Words,
    /// Whether the next submission wants it.
    needed: bool,
    /// The one of the data as they are now.
    made: Option<Value>,
    /// The one of the data that were approved, by which the account has what the letter grants.
    holds: Option<Value>,
}

impl Shown {
    pub(crate) async fn of(portal: &Portal, account: &Account) -> Result<Option<Self>, Refusal> {
        let (rules, store) = (portal.rules(), portal.store());
        let Some(rule) = &rules.registration.letter else { return Ok(None) };
        let made = store.find_letter_of(&account.account, &version(rules, rule, account)?).await?;
        let holds = match &account.commitment {
            Some(letter) => store.find_letter(letter).await?,
            None => None,
        };
        Ok(Some(Self {
            title: rule.title.clone(),
            needed: wanted(rules, account).is_some(),
            made: made.as_ref().map(row),
            holds: holds.as_ref().map(row),
        }))
    }
}

fn row(letter: &Letter) -> Value {
    json!({
        "letter": letter.letter,
        "file": format!("/api/account/letter/{}/file", letter.letter),
        "pages": letter.pages,
        "places": serde_json::from_str::<Value>(&letter.places).unwrap_or_default(),
        "madeAt": rfc3339(letter.made_at),
        "sealedAt": letter.sealed_at.map(rfc3339),
        "seal": letter.seal,
    })
}

/// The sealed letter of an account, for who looks at its data: of what was submitted, else of what was approved.
pub(crate) async fn of_review(portal: &Portal, account: &Account) -> Result<Option<Value>, Refusal> {
    let Some(name) = account.letter.as_ref().or(account.commitment.as_ref()) else { return Ok(None) };
    let Some(letter) = portal.store().find_letter(name).await? else { return Ok(None) };
    let Some(seal) = &letter.seal else { return Ok(None) };
    let receipt = portal.store().find_receipt(&account.account, seal).await?;
    Ok(receipt.map(|receipt| {
        json!({
            "letter": letter.letter,
            "madeAt": rfc3339(letter.made_at),
            "sealedAt": letter.sealed_at.map(rfc3339),
            "digest": receipt.digest,
            "signatures": serde_json::from_str::<Value>(&receipt.signatures).unwrap_or_default(),
            "evidence": receipt.evidence,
            "name": receipt.name,
            "href": format!("/api/admin/attachments/{seal}/{}", crate::seals::FILE),
        })
    }))
}
