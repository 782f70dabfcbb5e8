//! Becoming a user: by certificate, from which the portal reads name and code, or by password.

mod activate;
mod check;
mod open;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use calock::Code;
use calock::certificate::HolderKind;
use calock::statement::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::Brief;
use crate::account::state::text;
use crate::binding::{As, Owner, Proved, Review, fits};
use crate::body::Json;
use crate::form::{Form, Typed, Warning, fields, warnings};
use crate::login::may_hold;
use crate::names::{bare, same, same_code};
use crate::portal::Portal;
use crate::proof::{Line, Posted, Proof, Wanted};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::rules::{Activation, By, How, Kind, LoginName};
use crate::session::Opening;
use crate::store::{Account, Strength, Submission};
use crate::{pages, password};

pub(crate) use check::registered;
pub(crate) use open::{Step, is_login_name};

/// The endpoints under `/api/register`.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", post(register))
        .route("/check", get(check::check))
        .route("/activate", post(activate::activate))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
}

/// What a page posts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Asked {
    by: By,
    form_text: String,
    #[serde(default)]
    signed: Option<Posted>,
    #[serde(default)]
    password: Option<String>,
}

#[derive(Serialize)]
struct Registered {
    account: Brief,
    next: &'static str,
    warnings: Vec<Warning>,
    activation: Option<activate::Sent>,
}

/// Opens an account.
///
/// # Errors
/// `NOT_ALLOWED`, `CODE_REGISTERED`, `NAME_TAKEN`, `PERSONAL_KEY`, `PRODUCT_NOT_ACCEPTED`, `KEY_EMPTY_ID`, `KEY_ALREADY_BOUND`,
/// `FORM_INVALID`, `RATE_LIMITED`, the verdict's.
pub(crate) async fn register(
    State(portal): State<Portal>,
    headers: HeaderMap,
    address: Address,
    Json(asked): Json<Asked>,
) -> Result<Response, Refusal> {
    portal.limit("register", address, portal.limits().rates.register).await?;
    let rules = portal.rules();
    if !rules.registration.by.contains(&asked.by) {
        return Err(Code::NotAllowed.into());
    }
    let form = Form::parse(&asked.form_text)?;
    let proof = match (asked.by, asked.signed) {
        (By::Certificate, Some(posted)) => {
            let wanted = Wanted { purpose: Purpose::Register, account: Line::Empty, text: Some(&asked.form_text) };
            Some(posted.judge(&portal, wanted).await?)
        }
        (By::Password, None) => None,
        _ => return Err(Code::BadRequest.into()),
    };
    let applicant = applicant(&portal, &form, proof.as_ref())?;
    let hash = match asked.password {
        Some(password) => {
            password::check(&rules.password, &password, "password")?;
            Some(password::hash(password).await?)
        }
        None if proof.is_some() && binds_at_once(&portal) => None,
        None => return Err(Refusal::form("password", "required")),
    };
    let activation = match rules.registration.activation {
        Activation::Code if proof.is_none() => Some(activate::code()?),
        _ => None,
    };
    let account = open::account(&portal, &applicant, &form, hash, activation.clone(), proof.as_ref())?;
    let step = Step { account: &account, form_text: asked.form_text, proof: proof.as_ref() };
    let opening = step.run(&portal, &headers, activation.is_none()).await?;
    let body = Registered {
        account: Brief::of(&portal, &account),
        next: if activation.is_some() { "/register" } else { "/account" },
        warnings: warnings(rules, applicant.kind, &applicant.typed),
        activation: activation.map(|code| activate::Sent::of(&portal, &account, &applicant.typed, code)),
    };
    let body = (StatusCode::CREATED, axum::Json(body));
    Ok(match opening {
        Some(opening) => ([(header::SET_COOKIE, opening.cookie(&portal)?)], body).into_response(),
        None => body.into_response(),
    })
}

/// Who registers, with name and code settled.
pub(crate) struct Applicant {
    kind: Kind,
    /// All fields that were typed, and name and code.
    typed: Typed,
}

fn applicant(portal: &Portal, form: &Form, proof: Option<&Proof<'_>>) -> Result<Applicant, Refusal> {
    let rules = portal.rules();
    let kind = match proof {
        Some(proof) => kind_of(portal, proof)?,
        None => form.kind.ok_or_else(|| Refusal::form("kind", "required"))?,
    };
    if !rules.registration.kinds.contains(&kind) || form.kind.is_some_and(|typed| typed != kind) {
        return Err(Code::NotAllowed.into());
    }
    let mut typed = form.typed(rules, kind)?;
    if let Some(proof) = proof {
        let candidate = proof.candidate();
        let code = candidate.code(kind).map(bare).ok_or(Code::KeyEmptyId)?;
        let name = candidate.name(kind).trim().to_owned();
        if name.is_empty() {
            return Err(Code::KeyEmptyId.into());
        }
        // What the page shows beside the form may be in it, and must then be what the certificate says.
        if typed.get("name").is_some_and(|typed| !same(typed, &name)) {
            return Err(Refusal::form("name", "certificate"));
        }
        if typed.get("code").is_some_and(|typed| !same_code(typed, &code)) {
            return Err(Refusal::form("code", "certificate"));
        }
        typed.insert("name".into(), name);
        typed.insert("code".into(), code);
    }
    let empty = |key: &str| typed.get(key).is_none_or(String::is_empty);
    if let Some(field) = fields(rules, kind).find(|field| field.first && field.required && empty(&field.key)) {
        return Err(Refusal::form(&field.key, "required"));
    }
    Ok(Applicant { kind, typed })
}

/// What kind of account a certificate's holder gets here.
fn kind_of(portal: &Portal, proof: &Proof<'_>) -> Result<Kind, Refusal> {
    if proof.product.is_none() {
        return Err(Code::ProductNotAccepted.into());
    }
    let kind = match proof.holder.kind {
        HolderKind::Person => Kind::Person,
        _ => Kind::Unit,
    };
    let registers = portal.rules().registration.kinds.contains(&kind);
    // B08: a person's lock, or one that shows its clerk, registers no unit; an employee is not the unit.
    let speaks = may_hold(portal, kind, proof.holder.kind) && proof.holder.kind != HolderKind::Employee;
    match registers && speaks {
        true => Ok(kind),
        false => Err(Refusal::new(Code::PersonalKey).with("reason", "enterprise-only")),
    }
}

/// Whether a registration by certificate binds the lock with it: where a login would, and nobody has to approve first.
fn binds_at_once(portal: &Portal) -> bool {
    let rules = portal.rules();
    rules.binding.how == How::AtFirstLogin && !rules.registration.review
}
