//! What may be done with basic data in which state, and what then becomes of them: decisions over an account, no database in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::form::Typed;
use crate::names::fold;
use crate::refusal::Refusal;
use crate::rules::{Kind, LoginName, NameChange, Rules};
use crate::store::{Account, AccountKind, AccountState, Strength};

/// What was approved last, as it is kept.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Approved {
    /// Keys of roles.
    pub(crate) roles: Vec<String>,
    /// Field by field.
    pub(crate) data: Typed,
}

/// What can be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Can {
    save: bool,
    submit: bool,
    change: bool,
    withdraw: bool,
}

impl Account {
    /// Whose kind of data these are; an administrator has none.
    pub(crate) fn data_kind(&self) -> Result<Kind, Refusal> {
        match self.kind {
            AccountKind::Unit => Ok(Kind::Unit),
            AccountKind::Person => Ok(Kind::Person),
            AccountKind::Admin => Err(Refusal::conflict("no-data")),
        }
    }

    /// The data as edited or submitted last.
    pub(crate) fn typed(&self) -> Typed {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// The roles as edited or submitted last.
    pub(crate) fn role_keys(&self) -> Vec<String> {
        serde_json::from_str(&self.roles).unwrap_or_default()
    }

    /// What was approved last.
    pub(crate) fn approved_data(&self) -> Option<Approved> {
        self.approved.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }

    /// What its owner can do now. While a certificate is applied for there is no 提交 (C12).
    pub(crate) fn can(&self, rules: &Rules, applies: bool) -> Can {
        let edit = self.editable(rules).is_ok();
        Can {
            save: edit,
            submit: edit && !applies,
            change: self.state == AccountState::Valid,
            withdraw: self.state == AccountState::Waiting,
        }
    }

    /// Whether the data can be edited as they are.
    ///
    /// # Errors
    /// `STATE_CONFLICT` (`waiting`, `locked`).
    pub(crate) fn editable(&self, rules: &Rules) -> Result<(), Refusal> {
        match self.state {
            AccountState::Draft | AccountState::Rejected | AccountState::Changing => Ok(()),
            AccountState::Waiting => Err(Refusal::conflict("waiting")),
            AccountState::Valid if rules.registration.locked_after_submit => Err(Refusal::conflict("locked")),
            AccountState::Valid => Ok(()),
        }
    }

    /// What a certificate or an approval has settled, so that nobody types it any more: the code, and the name where certificates
    /// rule it. `proved`: a certificate has named it, at the registration or by a lock that is bound.
    pub(crate) fn settled(&self, rules: &Rules, proved: bool) -> Vec<&'static str> {
        let proved = proved || self.proved.is_some();
        let mut keys = Vec::new();
        if proved && rules.names.change == NameChange::FromCertificate {
            keys.push("name");
        }
        if (proved || self.approved.is_some()) && self.code.is_some() {
            keys.push("code");
        }
        keys
    }

    /// Takes over what was typed. Name and code count at once as long as nothing was approved; later they do with the approval.
    pub(crate) fn edit(&mut self, rules: &Rules, typed: Typed, roles: &[String]) {
        let mut data = self.typed();
        data.extend(typed);
        // A user adds roles; the centre removes them (C23).
        let mut all = self.role_keys();
        all.extend(roles.iter().filter(|role| !self.role_keys().contains(role)).cloned());
        self.roles = text(&all);
        if self.approved.is_none() {
            self.be_called(rules, &data);
        }
        self.data = text(&data);
        if self.state == AccountState::Valid {
            self.state = AccountState::Changing;
        }
    }

    /// Submits the data as they are. Where nobody reviews they are approved by this.
    pub(crate) fn submit(&mut self, rules: &Rules, strength: Strength, now: u64) {
        self.strength = Some(strength);
        self.submitted_at = Some(now);
        self.review_reason = None;
        let registration = &rules.registration;
        let review = if self.approved.is_none() { registration.review } else { registration.review_changes };
        self.state = AccountState::Waiting;
        if !review {
            self.approve(rules, None, now);
        }
    }

    /// Makes approved data editable (变更); what was approved holds until the change is.
    ///
    /// # Errors
    /// `STATE_CONFLICT` (`state`).
    pub(crate) fn change(&mut self) -> Result<(), Refusal> {
        self.step(AccountState::Valid, AccountState::Changing)
    }

    /// Takes back what waits for its review (撤销).
    ///
    /// # Errors
    /// `STATE_CONFLICT` (`state`).
    pub(crate) fn withdraw(&mut self) -> Result<(), Refusal> {
        let back = if self.approved.is_some() { AccountState::Changing } else { AccountState::Draft };
        self.step(AccountState::Waiting, back)
    }

    /// An administrator decides about what waits.
    ///
    /// # Errors
    /// `STATE_CONFLICT` (`decided`): nothing waits.
    pub(crate) fn review(
        &mut self,
        rules: &Rules,
        approve: bool,
        reason: Option<String>,
        now: u64,
    ) -> Result<(), Refusal> {
        if self.state != AccountState::Waiting {
            return Err(Refusal::conflict("decided"));
        }
        if approve {
            self.approve(rules, reason, now);
        } else {
            self.state = AccountState::Rejected;
            self.reviewed_at = Some(now);
            self.review_reason = reason;
        }
        Ok(())
    }

    fn approve(&mut self, rules: &Rules, reason: Option<String>, now: u64) {
        let data = self.typed();
        self.be_called(rules, &data);
        self.approved = Some(text(&Approved { roles: self.role_keys(), data }));
        // A letter binds the data that it was made of: without one for these there is none.
        self.commitment = self.letter.take();
        self.committed_at = self.commitment.is_some().then_some(now);
        self.state = AccountState::Valid;
        self.reviewed_at = Some(now);
        self.review_reason = reason;
        // Who has arrived stays; only a first approval travels.
        let minutes = u64::from(rules.registration.sync_minutes);
        self.effective_at.get_or_insert(now.saturating_add(minutes.saturating_mul(60)));
    }

    /// Name, code and login name are those of the data from now on.
    fn be_called(&mut self, rules: &Rules, data: &BTreeMap<String, String>) {
        let given = |key: &str| data.get(key).filter(|value| !value.is_empty());
        if let Some(name) = given("name") {
            self.name.clone_from(name);
        }
        if let Some(code) = given("code") {
            self.code = Some(code.clone());
        }
        if rules.password.name == LoginName::Registered {
            self.login_name = registered_name(self.kind, &self.name, self.code.as_deref());
        }
    }

    fn step(&mut self, from: AccountState, to: AccountState) -> Result<(), Refusal> {
        if self.state != from {
            return Err(Refusal::conflict("state"));
        }
        self.state = to;
        Ok(())
    }
}

/// What is typed at a login by password where nobody chooses a name: the unit's name, a natural person's id number (E05).
pub(crate) fn registered_name(kind: AccountKind, name: &str, code: Option<&str>) -> String {
    match kind {
        AccountKind::Person => fold(code.unwrap_or(name)),
        _ => fold(name),
    }
}

/// Nothing that is kept so can fail to be written as JSON.
pub(crate) fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::builtin;

    pub(crate) fn account() -> Account {
        Account {
            account: "a".into(),
            kind: AccountKind::Unit,
            name: "示例建设有限公司".into(),
            code: Some("911101050000000514".into()),
            login_name: "示例建设有限公司".into(),
            password_hash: None,
            activation: None,
            proved: None,
            state: AccountState::Draft,
            roles: "[]".into(),
            data: r#"{"name":"示例建设有限公司","code":"911101050000000514"}"#.into(),
            approved: None,
            strength: None,
            letter: None,
            commitment: None,
            committed_at: None,
            review_reason: None,
            created_at: 1,
            submitted_at: None,
            reviewed_at: None,
            effective_at: None,
            version: 1,
        }
    }

    fn named(name: &str) -> Typed {
        Typed::from([("name".into(), name.into())])
    }

    /// C01, C02, C11 to C14: 无效 until it is submitted, then reviewed, then half an hour on its way.
    #[test]
    fn changdes_accounts_travel_once() {
        let rules = builtin("changde").unwrap();
        let mut account = account();
        account.submit(&rules, Strength::Password, 1_000);
        assert_eq!((account.state, account.is_ready(9_999)), (AccountState::Waiting, false));
        account.review(&rules, true, None, 2_000).unwrap();
        assert_eq!((account.state, account.travels_until(2_000)), (AccountState::Valid, Some(3_800)));
        assert!(!account.is_ready(3_799) && account.is_ready(3_800));
        // C20: later changes are approved by submitting them, and who is here stays here.
        account.change().unwrap();
        account.submit(&rules, Strength::Ca, 9_000);
        assert_eq!((account.state, account.travels_until(9_000)), (AccountState::Valid, None));
    }

    /// C21: first in the system. What was approved holds until the change is approved.
    #[test]
    fn a_new_name_counts_with_its_approval() {
        let rules = builtin("hunan").unwrap();
        let mut account = account();
        account.submit(&rules, Strength::Ca, 1);
        account.review(&rules, true, None, 2).unwrap();
        assert_eq!(account.editable(&rules).unwrap_err(), Refusal::conflict("locked"), "E13");
        account.change().unwrap();
        account.edit(&rules, named("示例建设集团有限公司"), &[]);
        assert_eq!((account.name.as_str(), account.is_ready(2)), ("示例建设有限公司", true));
        account.submit(&rules, Strength::Ca, 3);
        assert_eq!(account.editable(&rules).unwrap_err(), Refusal::conflict("waiting"));
        let mut refused = account.clone();
        refused.review(&rules, false, Some("看不清".into()), 4).unwrap();
        assert_eq!((refused.name.as_str(), refused.state), ("示例建设有限公司", AccountState::Rejected));
        account.review(&rules, true, None, 4).unwrap();
        assert_eq!(
            (account.name.as_str(), account.login_name.as_str()),
            ("示例建设集团有限公司", "示例建设集团有限公司")
        );
        assert_eq!(account.review(&rules, true, None, 5).unwrap_err(), Refusal::conflict("decided"));
    }

    /// C12: 撤销 gives it back as it was.
    #[test]
    fn what_waits_is_withdrawn() {
        let rules = builtin("hunan").unwrap();
        let mut account = account();
        assert_eq!(account.withdraw().unwrap_err(), Refusal::conflict("state"));
        account.submit(&rules, Strength::Password, 1);
        account.withdraw().unwrap();
        assert_eq!(account.state, AccountState::Draft);
        account.submit(&rules, Strength::Password, 2);
        account.review(&rules, true, None, 3).unwrap();
        account.change().unwrap();
        account.submit(&rules, Strength::Password, 4);
        account.withdraw().unwrap();
        assert_eq!(account.state, AccountState::Changing);
    }

    /// A16: 单位名称由CA数字证书读取生成.
    #[test]
    fn what_a_certificate_proved_is_settled() {
        let proved = Account { proved: Some("e".into()), ..account() };
        assert_eq!(proved.settled(&builtin("fengtai").unwrap(), false), ["name", "code"]);
        assert_eq!(
            proved.settled(&builtin("changde").unwrap(), false),
            ["code"],
            "C21: the name is changed here first"
        );
        assert_eq!(account().settled(&builtin("lanxi").unwrap(), false), Vec::<&str>::new());
        assert_eq!(account().settled(&builtin("lanxi").unwrap(), true), ["code"]);
    }

    /// C23: the user adds, the centre deletes.
    #[test]
    fn roles_are_only_added() {
        let rules = builtin("changde").unwrap();
        let mut account = account();
        account.edit(&rules, Typed::new(), &["bidder".into()]);
        account.edit(&rules, Typed::new(), &["agency".into()]);
        assert_eq!(account.role_keys(), ["bidder", "agency"]);
    }
}
