//! Whom the demonstration's certificates name: nobody. Names and codes are invented, their check digits are right.

use calock::virtual_lock::{Description, HolderDescription, HolderKind};

/// Who orders certificates from the demonstration's CA.
pub(super) fn applicants() -> Vec<Description> {
    vec![
        Description { holder: company(), ..Description::default() },
        Description { holder: employee(), kind: HolderKind::Employee, ..Description::default() },
    ]
}

/// The unit that most locks are of.
pub(super) fn company() -> HolderDescription {
    HolderDescription {
        name: "示例建设有限公司".into(),
        uscc: Some("911101050000000514".into()),
        province: Some("北京市".into()),
        ..HolderDescription::default()
    }
}

/// The id is the example of GB 11643.
pub(super) fn person() -> HolderDescription {
    HolderDescription {
        name: "张三".into(),
        person_id: Some("11010519491231002X".into()),
        ..HolderDescription::default()
    }
}

/// Of the company, as its certificates call them.
pub(super) fn employee() -> HolderDescription {
    let company = company();
    HolderDescription { organisation: Some(company.name), uscc: company.uscc, ..person() }
}

/// Another unit.
pub(super) fn other() -> HolderDescription {
    HolderDescription {
        name: "样例咨询有限公司".into(),
        uscc: Some(OTHER.into()),
        province: Some("北京市".into()),
        ..HolderDescription::default()
    }
}

/// The company after it was renamed: its code stays.
pub(super) fn renamed() -> HolderDescription {
    HolderDescription { name: "示例建设集团有限公司".into(), ..company() }
}

/// A natural person of no unit.
pub(super) fn natural() -> HolderDescription {
    HolderDescription { name: "李四".into(), person_id: Some(NATURAL.into()), ..HolderDescription::default() }
}

/// Invented, with right check digits.
const OTHER: &str = "91110105000000078U";
/// Invented, with a right check digit.
const NATURAL: &str = "43010119900101001X";

#[cfg(test)]
mod tests {
    use calock::certificate::IdentityKind;
    use calock::certificate::identity::checks;

    use super::*;

    #[test]
    fn the_check_digits_are_right() {
        for unit in [company(), other(), renamed()] {
            assert!(checks(IdentityKind::Uscc, unit.uscc.as_deref().unwrap()), "{unit:?}");
        }
        for person in [person(), natural()] {
            assert!(checks(IdentityKind::Person, person.person_id.as_deref().unwrap()), "{person:?}");
        }
        assert_eq!(company().uscc, renamed().uscc);
        assert_ne!(company().uscc, other().uscc);
    }
}
