//! `/api/ca-applications`: applications for a certificate (CA办理申请), which an account hands on to the CA.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json as Answer, Router};
use calock::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::check;
use super::shown::{Context, answer, shown};
use super::{Kind, State};
use crate::body::Json;
use crate::number;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Audit, Request};

/// The field of the basic data without which no CA takes an application (法定代表人).
const LEGAL: &str = "legal";

pub(crate) fn router() -> Router<Portal> {
    Router::new().route("/", get(list).post(apply))
}

/// `GET /api/ca-applications`.
async fn list(Shared(portal): Shared<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let requests = portal.store().requests_of(&user.account.account).await?;
    let applications = requests.iter().filter(|request| request.kind == Kind::CaApplication);
    let context = Context { rules: portal.rules(), files: &[] };
    let rows: Vec<Value> = applications.map(|request| shown(request, &context)).collect();
    Ok(Answer(json!({"requests": rows})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    product: String,
    #[serde(default)]
    remark: String,
}

/// `POST /api/ca-applications`.
async fn apply(
    Shared(portal): Shared<Portal>,
    user: User,
    Json(form): Json<Form>,
) -> Result<(StatusCode, Answer<Value>), Refusal> {
    let rules = portal.rules();
    if rules.products.iter().all(|product| product.id != form.product) {
        return Err(Refusal::form("product", "unknown"));
    }
    if !form.remark.is_empty() {
        check("remark", &form.remark, 500)?;
    }
    let name = user.account.account.as_str();
    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(name).await?;
    let account = changes.account(name).await?.ok_or(Code::NotLoggedIn)?;
    let data: Value = serde_json::from_str(&account.data).unwrap_or_default();
    let legal = data.get(LEGAL).and_then(Value::as_str).unwrap_or_default();
    let asked = rules.registration.fields.iter().any(|field| field.key == LEGAL);
    if asked && legal.trim().is_empty() {
        return Err(Refusal::form(LEGAL, "required"));
    }
    if changes.waiting_request(Kind::CaApplication, name, None).await?.is_some() {
        return Err(Refusal::conflict("open"));
    }
    let at = portal.now();
    let said = json!({
        "product": form.product, "remark": form.remark, "name": account.name, "code": account.code, "legal": legal,
    });
    let request = Request {
        number: number::make()?,
        kind: Kind::CaApplication,
        account: Some(name.into()),
        state: State::Waiting,
        data: said.to_string(),
        fingerprint: None,
        evidence: None,
        at,
        decided_at: None,
        decided_by: None,
        reason: None,
    };
    changes.insert_request(&request).await?;
    let entry = Audit {
        at,
        actor: name,
        account: Some(name),
        action: "apply",
        object: Some(&request.number),
        detail: json!({"kind": request.kind, "product": form.product}),
        evidence: None,
    };
    changes.audit(&entry).await?;
    changes.commit().await?;
    Ok((StatusCode::CREATED, Answer(answer(&portal, &request).await?)))
}
