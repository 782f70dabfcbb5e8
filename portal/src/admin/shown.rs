//! What administrators see of accounts, in several places.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::account::Brief;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::{Field, Rules};
use crate::store::Account;

/// Basic data as a list of fields with their titles, in the profile's order, then whatever else there is.
pub(super) fn fields(rules: &Rules, data: &Map<String, Value>) -> Vec<Value> {
    let known = &rules.registration.fields;
    let is_known = |key: &str| known.iter().any(|field| field.key == key);
    let titled = |field: &Field| Some(json!({"key": field.key, "title": field.title, "value": data.get(&field.key)?}));
    let rest = data.iter().filter(|(key, _)| !is_known(key)).map(|(key, value)| {
        let title = json!({"zh": key, "en": key});
        json!({"key": key, "title": title, "value": value})
    });
    known.iter().filter_map(titled).chain(rest).collect()
}

/// The data as edited or submitted last, with the roles.
pub(super) fn data(rules: &Rules, account: &Account) -> Vec<Value> {
    let data: Map<String, Value> = serde_json::from_str(&account.data).unwrap_or_default();
    let roles: Value = serde_json::from_str(&account.roles).unwrap_or_default();
    with_roles(rules, &data, &roles)
}

/// The data as approved last.
pub(super) fn approved(rules: &Rules, account: &Account) -> Option<Vec<Value>> {
    let approved: Value = serde_json::from_str(account.approved.as_deref()?).ok()?;
    Some(with_roles(rules, approved.get("data")?.as_object()?, approved.get("roles")?))
}

fn with_roles(rules: &Rules, data: &Map<String, Value>, roles: &Value) -> Vec<Value> {
    let named = |key: &Value| {
        let role = rules.registration.roles.iter().find(|role| Some(role.key.as_str()) == key.as_str());
        role.map_or_else(|| key.clone(), |role| json!(role.title.zh))
    };
    let names: Vec<Value> = roles.as_array().into_iter().flatten().map(named).collect();
    let mut all = fields(rules, data);
    all.push(json!({"key": "roles", "title": {"zh": "主体类型", "en": "Roles"}, "value": names}));
    all
}

/// Accounts by name, each read once.
#[derive(Default)]
pub(super) struct Accounts(HashMap<String, Option<Account>>);

impl Accounts {
    /// One of them.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE`.
    pub(super) async fn find(&mut self, portal: &Portal, account: &str) -> Result<Option<&Account>, Refusal> {
        if !self.0.contains_key(account) {
            self.0.insert(account.into(), portal.store().find_account(account).await?);
        }
        Ok(self.0.get(account).and_then(Option::as_ref))
    }

    /// What every answer about one begins with.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE`.
    pub(super) async fn brief(&mut self, portal: &Portal, account: &str) -> Result<Option<Brief>, Refusal> {
        Ok(self.find(portal, account).await?.map(|account| Brief::of(portal, account)))
    }
}
