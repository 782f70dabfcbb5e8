//! The account of who is logged in: its data, their states, what it may do.

use calock::certificate::time::rfc3339;
use serde::Serialize;

pub(crate) mod attachments;
pub(crate) mod edit;
mod secret;
pub(crate) mod show;
pub(crate) mod state;

use axum::Router;
use axum::routing::{get, post, put};

use crate::capabilities::{self, Ground, capabilities};
use crate::letter;
use crate::pages;
use crate::portal::Portal;
use crate::rules::Words;
use crate::store::{Account, AccountKind, AccountState, Session, Strength};

/// The endpoints under `/api/account`.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", get(show::show))
        .route("/save", post(edit::save))
        .route("/submit", post(edit::submit))
        .route("/change", post(edit::change))
        .route("/withdraw", post(edit::withdraw))
        .nest("/letter", letter::router())
        .route("/password", post(secret::renew))
        .route("/attachments/{key}", put(attachments::put).get(attachments::get).delete(attachments::delete))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
}

/// What every answer about an account begins with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Brief {
    account: String,
    kind: AccountKind,
    name: String,
    code: Option<String>,
    state: &'static str,
    state_words: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_at: Option<String>,
}

impl Brief {
    pub(crate) fn of(portal: &Portal, account: &Account) -> Self {
        let states = &portal.rules().states;
        let travels_until = account.travels_until(portal.now());
        let (state, words) = match (account.state, travels_until) {
            _ if account.activation.is_some() => {
                ("inactive", &Words { zh: "未激活".into(), en: "Not activated".into() })
            }
            (AccountState::Draft, _) => ("draft", &states.draft),
            (AccountState::Waiting, _) => ("waiting", &states.waiting),
            (AccountState::Rejected, _) => ("rejected", &states.rejected),
            (AccountState::Changing, _) => ("changing", &states.changing),
            (AccountState::Valid, Some(_)) => ("travelling", &states.travelling),
            (AccountState::Valid, None) => ("valid", &states.valid),
        };
        Self {
            account: account.account.clone(),
            kind: account.kind,
            name: account.name.clone(),
            code: account.code.as_deref().map(|code| shown_code(account.kind, code)),
            state,
            state_words: words.clone(),
            available_at: travels_until.map(rfc3339),
        }
    }
}

/// A code as it is shown: a person's id number without its middle.
pub(crate) fn shown_code(kind: AccountKind, code: &str) -> String {
    match kind {
        AccountKind::Unit => code.into(),
        _ => calock::certificate::identity::mask(code),
    }
}

/// What a session may do.
pub(crate) fn may(portal: &Portal, session: &Session, account: Option<&Account>) -> capabilities::Capabilities {
    let rules = portal.rules();
    let product = session.product.as_deref().and_then(|id| rules.product_named(id));
    capabilities(
        rules,
        &Ground {
            product: product.filter(|_| session.strength == Strength::Ca),
            ready: account.is_some_and(|account| account.is_ready(portal.now())),
            committed: account.is_some_and(|account| account.commitment.is_some()),
            paper_only: account.is_some_and(|account| account.strength == Some(Strength::Password)),
        },
    )
}
