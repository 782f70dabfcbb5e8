//! `GET /api/register/check`: whether a code or a name is free. These answers are what the portals' forms ask for (检测主体名称,
//! 此代码已经注册); they name nobody, and are rationed.

use axum::extract::{Query, State};
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Deserialize;
use serde_json::{Value, json};

use super::is_login_name;
use crate::form::{code_checks, is_code};
use crate::names::{bare, fold};
use crate::portal::Portal;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::rules::{Kind, LoginName};
use crate::store::{Account, AccountKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Asked {
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    login_name: Option<String>,
}

/// One question at a time.
pub(crate) async fn check(
    State(portal): State<Portal>,
    address: Address,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<axum::Json<Value>, Refusal> {
    let Query(asked) = asked.map_err(|_| Code::BadRequest)?;
    portal.limit("register", address, portal.limits().rates.register).await?;
    let kind = asked.kind.unwrap_or(Kind::Unit);
    let (taken, odd) = match (asked.code, asked.name, asked.login_name) {
        (Some(code), None, None) => {
            let code = bare(&code);
            if !is_code(kind, &code) {
                return Err(Refusal::form("code", if kind == Kind::Unit { "code" } else { "person-id" }));
            }
            let of = if kind == Kind::Unit { AccountKind::Unit } else { AccountKind::Person };
            let found = portal.store().find_account_by_code(of, &code).await?;
            let taken = match found {
                Some(account) => Some(registered(&portal, &account).await?),
                None => None,
            };
            (taken, !code_checks(kind, &code))
        }
        (None, Some(name), None) => {
            let folded = fold(&name);
            if folded.is_empty() || folded.chars().count() > 200 {
                return Err(Refusal::form("name", "line"));
            }
            let unit = kind == Kind::Unit && portal.store().find_unit_by_name(&folded).await?.is_some();
            (unit.then(|| Refusal::new(Code::NameTaken).with("field", "name")), false)
        }
        (None, None, Some(name)) => {
            if portal.rules().password.name != LoginName::Chosen || !is_login_name(&name) {
                return Err(Refusal::form("loginName", "line"));
            }
            let found = portal.store().find_account_by_login(&fold(&name)).await?;
            (found.map(|_| Refusal::new(Code::NameTaken).with("field", "loginName")), false)
        }
        _ => return Err(Code::BadRequest.into()),
    };
    Ok(axum::Json(match taken {
        Some(refusal) => {
            let mut said = refusal.said(portal.rules());
            said["free"] = json!(false);
            said
        }
        None => json!({"free": true, "warning": odd.then_some("check-digit")}),
    }))
}

/// `CODE_REGISTERED`, with what may be told: when, and not by whom (B05).
pub(crate) async fn registered(portal: &Portal, account: &Account) -> Result<Refusal, Refusal> {
    let date = |at: u64| rfc3339(at).split('T').next().map(String::from);
    let bindings = portal.store().bindings_of(&account.account).await?;
    let bound = bindings.iter().filter(|binding| binding.ended_at.is_none()).map(|binding| binding.bound_at).min();
    Ok(Refusal::new(Code::CodeRegistered)
        .with("registeredOn", json!(date(account.created_at)))
        .with("boundOn", json!(bound.and_then(date))))
}
