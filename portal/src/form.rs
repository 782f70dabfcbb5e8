//! Basic data as they are typed: which fields there are, what each must look like, and what is odd about them.

use std::collections::BTreeMap;

use calock::certificate::IdentityKind;
use calock::certificate::identity::checks;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::names::bare;
use crate::refusal::Refusal;
use crate::rules::{Check, Field, Kind, Rules};

/// Field by field, what was typed.
pub(crate) type Typed = BTreeMap<String, String>;

/// The text of a form, as pages sign it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Form {
    /// Who registers; only then.
    pub(crate) kind: Option<Kind>,
    /// Keys of roles.
    pub(crate) roles: Option<Vec<String>>,
    /// By key.
    pub(crate) fields: BTreeMap<String, Value>,
    /// The chosen name; only at a registration.
    pub(crate) login_name: Option<String>,
}

/// Something odd that blocks nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Warning {
    field: String,
    reason: &'static str,
}

impl Form {
    /// Reads the text.
    ///
    /// # Errors
    /// `FORM_INVALID` (`formText`, `json`).
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        // A list would be taken for the fields in their order.
        let object = Some(text).filter(|text| text.trim_start().starts_with('{'));
        let form = object.and_then(|text| serde_json::from_str(text).ok());
        form.ok_or_else(|| Refusal::form("formText", "json"))
    }

    /// What was typed, field by field: only fields that this portal asks of this kind of account, each of its shape.
    ///
    /// # Errors
    /// `FORM_INVALID` with the field and a word.
    pub(crate) fn typed(&self, rules: &Rules, kind: Kind) -> Result<Typed, Refusal> {
        let mut typed = Typed::new();
        for (key, value) in &self.fields {
            let field = field(rules, kind, key).ok_or_else(|| Refusal::form(key, "unknown"))?;
            let text = value.as_str().ok_or_else(|| Refusal::form(key, "type"))?;
            let text = settled(field, kind, text.trim());
            well_formed(field, kind, &text).map_err(|reason| Refusal::form(key, reason))?;
            typed.insert(key.clone(), text);
        }
        Ok(typed)
    }

    /// The roles, each of which this portal must have.
    ///
    /// # Errors
    /// `FORM_INVALID` (`roles`, `role`).
    pub(crate) fn roles(&self, rules: &Rules) -> Result<Vec<String>, Refusal> {
        let mut roles = Vec::new();
        for role in self.roles.iter().flatten() {
            if !rules.registration.roles.iter().any(|known| known.key == *role) {
                return Err(Refusal::form("roles", "role"));
            }
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        Ok(roles)
    }
}

/// The fields that are asked of a kind of account.
pub(crate) fn fields(rules: &Rules, kind: Kind) -> impl Iterator<Item = &Field> {
    rules.registration.fields.iter().filter(move |field| field.only.is_none_or(|only| only == kind))
}

fn field<'a>(rules: &'a Rules, kind: Kind, key: &str) -> Option<&'a Field> {
    fields(rules, kind).find(|field| field.key == key)
}

/// Required fields that are empty, in the profile's order.
pub(crate) fn missing(rules: &Rules, kind: Kind, data: &Typed) -> Vec<String> {
    let empty = |field: &&Field| field.required && data.get(&field.key).is_none_or(String::is_empty);
    fields(rules, kind).filter(empty).map(|field| field.key.clone()).collect()
}

/// Check digits that do not check.
pub(crate) fn warnings(rules: &Rules, kind: Kind, data: &Typed) -> Vec<Warning> {
    let odd = |field: &&Field| {
        let text = data.get(&field.key).map_or("", String::as_str);
        !text.is_empty() && !checked(what(field, kind), text)
    };
    let warning = |field: &Field| Warning { field: field.key.clone(), reason: "check-digit" };
    fields(rules, kind).filter(odd).map(warning).collect()
}

/// Whether a code or id number has the shape of one.
pub(crate) fn is_code(kind: Kind, code: &str) -> bool {
    match kind {
        Kind::Unit => shaped(Check::Code, code),
        Kind::Person => shaped(Check::PersonId, code),
    }
}

/// Whether its check digits are right.
pub(crate) fn code_checks(kind: Kind, code: &str) -> bool {
    match kind {
        Kind::Unit => checked(Check::Code, code),
        Kind::Person => checked(Check::PersonId, code),
    }
}

/// What is checked: the code of a natural person is an id number.
fn what(field: &Field, kind: Kind) -> Check {
    match (field.check, kind) {
        (Check::Code, Kind::Person) if field.key == "code" => Check::PersonId,
        (check, _) => check,
    }
}

/// Numbers are kept in one spelling.
fn settled(field: &Field, kind: Kind, text: &str) -> String {
    match what(field, kind) {
        Check::Code | Check::PersonId => bare(text),
        _ => text.into(),
    }
}

fn well_formed(field: &Field, kind: Kind, text: &str) -> Result<(), &'static str> {
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("line");
    }
    let check = what(field, kind);
    if text.is_empty() || shaped(check, text) {
        return Ok(());
    }
    Err(match check {
        Check::Line => "line",
        Check::Code => "code",
        Check::PersonId => "person-id",
        Check::Phone => "phone",
        Check::Mail => "mail",
    })
}

fn shaped(check: Check, text: &str) -> bool {
    let letters = || text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let last = |part: &str| part == "X" || digits(part);
    match check {
        Check::Line => true,
        Check::Code => matches!(text.len(), 9 | 15 | 18) && letters(),
        Check::PersonId => match text.len() {
            15 => digits(text),
            18 => text.is_char_boundary(17) && digits(&text[..17]) && is_birth(&text[6..14]) && last(&text[17..]),
            _ => false,
        },
        Check::Phone => {
            let count = text.bytes().filter(u8::is_ascii_digit).count();
            (7..=15).contains(&count) && text.chars().all(|letter| letter.is_ascii_digit() || "+- ()".contains(letter))
        }
        Check::Mail => text.split_once('@').is_some_and(|(name, host)| {
            let plain =
                |part: &str| !part.is_empty() && !part.contains(|letter: char| letter.is_whitespace() || letter == '@');
            plain(name) && plain(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        }),
    }
}

/// Whether eight digits can be a day of birth: no other number of 18 digits is a person's.
fn is_birth(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    (1900..2100).contains(&number(0, 4)) && (1..=12).contains(&number(4, 6)) && (1..=31).contains(&number(6, 8))
}

fn checked(check: Check, text: &str) -> bool {
    match (check, text.len()) {
        (Check::Code, 18) => checks(IdentityKind::Uscc, text),
        (Check::Code, 9) => checks(IdentityKind::Organisation, text),
        (Check::Code, 15) => checks(IdentityKind::Licence, text),
        (Check::PersonId, 18) => checks(IdentityKind::Person, text),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::builtin;

    fn typed(profile: &str, kind: Kind, fields: Value) -> Result<Typed, (Value, Value)> {
        let form = Form::parse(&json!({"fields": fields}).to_string()).unwrap();
        let rules = builtin(profile).unwrap();
        form.typed(&rules, kind).map_err(|refusal| {
            let said = refusal.said(&rules);
            (said["field"].clone(), said["reason"].clone())
        })
    }

    #[test]
    fn only_the_portals_fields_are_taken_and_each_in_its_shape() {
        let good = json!({"name": " 示例建设有限公司 ", "code": "91110105-0000000514", "phone": "+86 138-0000-0000", "mail": "a@b.cn"});
        let data = typed("lanxi", Kind::Unit, good).unwrap();
        assert_eq!((data["name"].as_str(), data["code"].as_str()), ("示例建设有限公司", "911101050000000514"));
        for (field, value, reason) in [
            ("state", json!("valid"), "unknown"),
            ("account", json!("x"), "unknown"),
            ("name", json!(7), "type"),
            ("name", json!("a\nb"), "line"),
            ("name", json!("长".repeat(201)), "line"),
            ("code", json!("12345"), "code"),
            ("legal-id", json!("1101051949123100"), "person-id"),
            ("legal-id", json!("汉汉汉汉汉汉"), "person-id"),
            ("phone", json!("call me"), "phone"),
            ("mail", json!("a@b"), "mail"),
        ] {
            let refused = typed("lanxi", Kind::Unit, json!({ field: value.clone() })).unwrap_err();
            assert_eq!(refused, (json!(field), json!(reason)), "{value}");
        }
    }

    /// E03: 单位 with a code, 自然人 with an id number; fields for units are no natural person's.
    #[test]
    fn a_natural_persons_code_is_an_id_number() {
        assert!(typed("hunan", Kind::Person, json!({"code": "11010519491231002x"})).is_ok());
        assert_eq!(typed("hunan", Kind::Person, json!({"code": "911101050000000514"})).unwrap_err().1, "person-id");
        assert_eq!(typed("hunan", Kind::Person, json!({"legal": "张三"})).unwrap_err().1, "unknown");
    }

    /// C10, D19: check digits warn and block nothing.
    #[test]
    fn check_digits_warn() {
        let rules = builtin("lanxi").unwrap();
        let data = typed("lanxi", Kind::Unit, json!({"code": "911101050000000515"})).unwrap();
        assert_eq!(warnings(&rules, Kind::Unit, &data), [Warning { field: "code".into(), reason: "check-digit" }]);
        let data = typed("lanxi", Kind::Unit, json!({"code": "911101050000000514"})).unwrap();
        assert_eq!(warnings(&rules, Kind::Unit, &data), []);
    }

    #[test]
    fn what_is_missing_is_named_in_the_profiles_order() {
        let rules = builtin("hunan").unwrap();
        assert_eq!(missing(&rules, Kind::Person, &Typed::new()), ["name", "code", "contact", "phone", "address"]);
    }
}
