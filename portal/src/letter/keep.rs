//! `/api/account/letter`: the letter is made, handed out, and taken back sealed.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::response::Response;
use calock::Code;
use calock::hash::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::content::{Content, day};
use super::judge::{same_letter, sealed_by};
use super::{FILE, made, version, wanted};
use crate::account::attachments::send;
use crate::account::edit::{audit, current, shown};
use crate::account::show::{Shown, missing};
use crate::body::{Json, Nothing};
use crate::portal::Portal;
use crate::random;
use crate::refusal::Refusal;
use crate::rules::Letter as Rule;
use crate::seals;
use crate::session::User;
use crate::store::{Account, Attachment, Letter, PART};
use crate::uploads::Kept;

/// Makes the letter of the data as they were saved; the same data have the same letter, on the same day or once it is sealed.
///
/// # Errors
/// `NOT_FOUND` where the next submission wants none; `STATE_CONFLICT` (`locked`, `waiting`, `version`); `FORM_INVALID` for what is
/// missing; `FONT_MISSING`; `RATE_LIMITED`.
pub(super) async fn make(State(portal): State<Portal>, user: User, _: Nothing) -> Result<Answer<Shown>, Refusal> {
    let (rules, now) = (portal.rules(), portal.now());
    let account = user.account.account.as_str();
    let rule = wanted(rules, &user.account).ok_or(Code::NotFound)?;
    user.account.editable(rules)?;
    let files = portal.store().attachments_of(account).await?;
    if let Some(key) = missing(&portal, user.account.data_kind()?, &user.account.typed(), &files).first() {
        return Err(Refusal::form(key, "required"));
    }
    let content = Content::of(rules, rule, &user.account)?;
    let data = content.digest()?;
    let known = portal.store().find_letter_of(account, &data).await?;
    if known.is_some_and(|letter| letter.sealed_at.is_some() || day(letter.made_at) == day(now)) {
        return shown(&portal, account, None).await;
    }
    portal.limit("upload", account, portal.limits().rates.upload).await?;
    let name = format!("{}.pdf", content.title);
    let made = made::make(&portal, content, now).await?;
    let letter = Letter {
        letter: random::token()?,
        account: account.into(),
        data,
        made_sha256: hex(&Sha256::digest(&made.file)),
        made_size: made.file.len() as u64,
        pages: made.pages as u64,
        places: serde_json::to_string(&made.places).map_err(|_| Code::Internal)?,
        made_at: now,
        seal: None,
        evidence: None,
        sealed_at: None,
    };
    let file = Attachment {
        attachment: random::token()?,
        owner: letter.letter.clone(),
        key: FILE.into(),
        name,
        media: "application/pdf".into(),
        size: letter.made_size,
        sha256: letter.made_sha256.clone(),
        at: now,
    };
    for (part, bytes) in (0..).zip(made.file.chunks(PART)) {
        portal.store().insert_part(&file.attachment, part, bytes, now).await?;
    }
    let mut changes = portal.store().begin().await?;
    let account = current(&mut changes, &user, Some(user.account.version)).await?;
    changes.forget_letters(&account.account).await?;
    changes.insert_letter(&letter).await?;
    changes.attach(&file).await?;
    audit(&portal, &mut changes, &account, "letter", None).await?;
    changes.commit().await?;
    shown(&portal, &account.account, None).await
}

/// Hands a letter out: sealed once it is.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn file(
    State(portal): State<Portal>,
    user: User,
    Path(letter): Path<String>,
) -> Result<Response, Refusal> {
    let letter = find(&portal, &user, &letter).await?.ok_or(Code::NotFound)?;
    match &letter.seal {
        Some(seal) => send(&portal, seal, seals::FILE).await,
        None => send(&portal, &letter.letter, FILE).await,
    }
}

/// A sealed document of the account, by its receipt.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    seal: String,
}

/// Takes a sealed document for the letter that was made of the data as they are now.
///
/// # Errors
/// `NOT_FOUND` for a document that the account did not post; `LETTER_MISMATCH` when it is another one, of other data, or has more in
/// it than seals; what judging says; `CODE_MISMATCH`, `NAME_MISMATCH`, `LETTER_MISSING`, `PLACEMENT_INVALID` of its seals.
pub(super) async fn sealed(
    State(portal): State<Portal>,
    user: User,
    Path(letter): Path<String>,
    Json(sealed): Json<Sealed>,
) -> Result<Answer<Shown>, Refusal> {
    let name = user.account.account.as_str();
    let rule = portal.rules().registration.letter.as_ref().ok_or(Code::NotFound)?;
    // One that is gone was of other data.
    let letter = find(&portal, &user, &letter).await?.ok_or(Code::LetterMismatch)?;
    binds(&portal, rule, &letter, &user.account)?;
    if letter.sealed_at.is_some() {
        return shown(&portal, name, None).await;
    }
    let receipt = portal.store().find_receipt(name, &sealed.seal).await?.ok_or(Code::NotFound)?;
    let judged = {
        let (portal, letter) = (portal.clone(), letter.clone());
        let source = Kept::new(&portal, &receipt.seal, receipt.size);
        let judging = tokio::task::spawn_blocking(move || {
            same_letter(&letter, &source)?;
            seals::judge(&portal, &source)
        });
        judging.await.map_err(|_| Code::Internal)?.map_err(|error| error.code)?
    };
    sealed_by(rule, &letter, &user.account, &judged.reports)?;
    let mut changes = portal.store().begin().await?;
    let account = current(&mut changes, &user, None).await?;
    binds(&portal, rule, &letter, &account)?;
    if !changes.seal_letter(&letter.letter, &receipt.seal, &receipt.evidence, portal.now()).await? {
        return Err(Refusal::conflict("version"));
    }
    audit(&portal, &mut changes, &account, "commit", Some(&receipt.evidence)).await?;
    changes.commit().await?;
    shown(&portal, name, None).await
}

/// The letter is of the account's data as they are.
fn binds(portal: &Portal, rule: &Rule, letter: &Letter, account: &Account) -> Result<(), Refusal> {
    match version(portal.rules(), rule, account)? == letter.data {
        true => Ok(()),
        false => Err(Code::LetterMismatch.into()),
    }
}

/// A letter of this account.
async fn find(portal: &Portal, user: &User, letter: &str) -> Result<Option<Letter>, Refusal> {
    let letter = portal.store().find_letter(letter).await?;
    Ok(letter.filter(|letter| letter.account == user.account.account))
}
