//! Who holds the certificate, and why that is believed.

use super::identity::{self, Prefix};
use super::{Certificate, Identity, IdentityKind};
use crate::prelude::*;
use crate::text::Gbk;

/// What kind of holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderKind {
    /// An organisation (企业锁).
    Enterprise,
    /// A person of an organisation (副锁, 经办人).
    Employee,
    /// A person (个人锁).
    Person,
    /// The certificate does not say. Nobody is blocked for that: ask the backend.
    Unknown,
}

impl HolderKind {
    /// `enterprise`, `employee`, `person`, `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Employee => "employee",
            Self::Person => "person",
            Self::Unknown => "unknown",
        }
    }
}

/// The holder of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The name to show: the organisation's for enterprise and employee, the person's for a person.
    pub name: String,
    /// The organisation, when there is one.
    pub organisation: Option<String>,
    /// The person, when there is one.
    pub person: Option<String>,
    /// What kind.
    pub kind: HolderKind,
    /// Why, as stable words: `uscc-value`, `uscc-unchecked` (an early code whose check digit fails),
    /// `organisation-value`, `licence-value`, `person-value`, `sf-prefix`, `jj-prefix`, `cn-equals-o`, `org-suffix`, `o-org-suffix`, `han-name-cn`, `cfca-cn`.
    pub evidence: Vec<&'static str>,
    /// Every identity value, as [`Identity`] describes it.
    pub identities: Vec<Identity>,
    /// The organisation's code: unified code before organisation code before licence, checked before unchecked.
    pub code: Option<String>,
}

/// Names of organisations end in one of these.
const SUFFIXES: &[&str] = &[
    "公司",
    "厂",
    "所",
    "院",
    "中心",
    "局",
    "集团",
    "企业",
    "合伙)",
    "合伙）",
    "事务所",
    "委员会",
    "学校",
    "大学",
    "协会",
    "合作社",
    "商行",
    "经营部",
    "工作室",
    "政府",
    "银行",
    "支行",
    "分行",
    "部",
    "店",
    "站",
    "社",
    "队",
    "办公室",
];

/// Works out the holder.
#[must_use]
pub fn holder(certificate: &Certificate, gbk: Gbk) -> Holder {
    let identities = identity::collect(certificate, gbk);
    let subject = Subject::read(certificate, gbk);
    let mut evidence = Vec::new();
    let mut note = |holds: bool, word: &'static str| {
        if holds {
            evidence.push(word);
        }
        holds
    };

    let has = |kind| identities.iter().any(|one| one.kind == kind);
    let checked = |kind| identities.iter().any(|one| one.kind == kind && one.checked);
    let prefix = |prefix| identities.iter().any(|one| one.prefix == Some(prefix));
    let coded = note(checked(IdentityKind::Uscc), "uscc-value")
        | note(has(IdentityKind::Uscc) && !checked(IdentityKind::Uscc), "uscc-unchecked")
        | note(has(IdentityKind::Organisation), "organisation-value")
        | note(has(IdentityKind::Licence), "licence-value")
        | note(prefix(Prefix::Organisation), "jj-prefix");
    let person_id = note(has(IdentityKind::Person), "person-value") | note(prefix(Prefix::Person), "sf-prefix");

    let common = subject.common.as_str();
    note(subject.is_cfca, "cfca-cn");
    let same = note(subject.organisations.iter().any(|one| one == common), "cn-equals-o");
    let suffix = note(is_organisation_name(common), "org-suffix");
    let person_name = !suffix && note(is_person_name(common), "han-name-cn");
    let employer = subject.employer();
    let company = note(employer.is_some_and(is_organisation_name), "o-org-suffix");

    let kind = if suffix || same && (coded || !person_id && !person_name) {
        HolderKind::Enterprise
    } else if person_name && employer.is_some_and(|name| name != common) && (coded || company) {
        HolderKind::Employee
    } else if (person_name && !same || person_id) && !coded {
        HolderKind::Person
    } else if coded && !person_name {
        HolderKind::Enterprise
    } else {
        HolderKind::Unknown
    };

    let common_name = (!common.is_empty()).then_some(common);
    let (organisation, person) = match kind {
        HolderKind::Enterprise if suffix || same => (common_name, None),
        HolderKind::Enterprise => (employer.or(common_name), None),
        HolderKind::Employee => (employer, common_name),
        HolderKind::Person => (None, common_name),
        HolderKind::Unknown => (employer, None),
    };
    let name = match kind {
        HolderKind::Person => person,
        HolderKind::Unknown => common_name.or(employer),
        _ => organisation,
    };
    Holder {
        name: name.unwrap_or_default().into(),
        organisation: organisation.map(String::from),
        person: person.map(String::from),
        kind,
        evidence,
        code: code(&identities),
        identities,
    }
}

/// The subject's names that matter here.
struct Subject {
    common: String,
    is_cfca: bool,
    organisations: Vec<String>,
    issuer_organisations: Vec<String>,
}

impl Subject {
    fn read(certificate: &Certificate, gbk: Gbk) -> Self {
        let values = |name: &super::Name, wanted: &str| -> Vec<String> {
            let all = name.attributes(gbk).into_iter().filter(|one| one.name == wanted);
            all.map(|one| one.value.trim().into()).filter(|value: &String| !value.is_empty()).collect()
        };
        let subject = certificate.subject();
        let mut common = values(subject, "CN");
        common.extend(values(subject, "G")); // ZJCA: the name in givenName
        let common = common.into_iter().next().unwrap_or_default();
        let cfca = identity::cfca_name(&common).map(String::from);
        Self {
            is_cfca: cfca.is_some(),
            common: cfca.unwrap_or(common),
            organisations: values(subject, "O"),
            issuer_organisations: values(certificate.issuer(), "O"),
        }
    }

    /// The organisation the holder belongs to: an O that is not the CA's own, one with an organisation's name first.
    fn employer(&self) -> Option<&str> {
        let others = || self.organisations.iter().filter(|one| !self.issuer_organisations.contains(one));
        others().find(|one| is_organisation_name(one)).or_else(|| others().next()).map(String::as_str)
    }
}

fn is_organisation_name(name: &str) -> bool {
    name.chars().count() > 3 && SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Two to four Han characters, or longer with the dot of transcribed names (阿卜杜拉·某某).
fn is_person_name(name: &str) -> bool {
    let (mut han, mut dots) = (0, 0);
    for letter in name.chars() {
        match letter {
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}' => han += 1,
            '·' | '•' | '‧' | '・' => dots += 1,
            _ => return false,
        }
    }
    if dots == 0 { (2..=4).contains(&han) } else { (2..=30).contains(&han) }
}

fn code(identities: &[Identity]) -> Option<String> {
    let order = [IdentityKind::Uscc, IdentityKind::Organisation, IdentityKind::Licence];
    let find = |checked: bool| {
        order.iter().find_map(|&kind| identities.iter().find(|one| one.kind == kind && one.checked == checked))
    };
    find(true).or_else(|| find(false)).map(|one| one.value.clone())
}
