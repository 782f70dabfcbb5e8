//! The desk of a portal's demonstration: the locks that its rules tell apart.

use calock::virtual_lock::{Algorithm, ContainerDescription, Description, HolderDescription, HolderKind};
use calock_portal::rules::{HolderKindRule, Kind, May, Product, Rules};

use super::Wanted;
use super::people::{company, employee, natural, other, person, renamed};

/// The locks, by name:
///
/// | name | what |
/// |---|---|
/// | `main`, `secondary`, `renewed` | locks of one unit; `renewed` is what its CA gives it next |
/// | `other`, `renamed` | another unit's; the unit's after it changed its name |
/// | `person` | of one of the unit's people, naming nobody but them |
/// | `natural` | of a natural person, where such have accounts |
/// | `pass` | of a product that only logs in (一证通), where there is one |
/// | `containers` | with several containers, where a product has them |
/// | `nameless` | whose certificate has no code (主键为空) |
/// | `expired`, `foreign` | that no longer, and not here |
pub(super) fn desk(rules: &Rules) -> Vec<Wanted> {
    let of_unit = product(rules, HolderKindRule::Enterprise, true);
    let of_employee = rules.products.iter().find(|product| product.holders == [HolderKindRule::Employee]);
    let of_person = product(rules, HolderKindRule::Person, false);
    let mut desk = vec![Wanted::one("main", "单位锁（主锁）", "Unit's lock (main)", of_unit, unit("主锁", company()))];
    desk.push(match of_employee {
        Some(product) => {
            let trader = Description { kind: HolderKind::Employee, ..unit("副锁", employee()) };
            Wanted::one("secondary", "交易员锁（副锁）", "Trader's lock (secondary)", Some(product), trader)
        }
        None => Wanted::one("secondary", "单位锁（副锁）", "Unit's lock (secondary)", of_unit, unit("副锁", company())),
    });
    desk.push(Wanted::one(
        "renewed",
        "主锁更新后的新锁",
        "Main lock after renewal",
        of_unit,
        unit("更新锁", company()),
    ));
    desk.push(Wanted::one("other", "另一单位的锁", "Another unit's lock", of_unit, unit("另一单位", other())));
    desk.push(Wanted::one(
        "renamed",
        "单位更名后的锁",
        "Unit's lock after a change of name",
        of_unit,
        unit("更名锁", renamed()),
    ));
    let personal = |holder| Description { kind: HolderKind::Person, ..unit("个人锁", holder) };
    desk.push(Wanted::one(
        "person",
        "单位员工的个人锁",
        "Personal lock of the unit's employee",
        of_person,
        personal(person()),
    ));
    if rules.registration.kinds.contains(&Kind::Person) {
        desk.push(Wanted::one("natural", "自然人的锁", "Natural person's lock", of_person, personal(natural())));
    }
    if let Some(pass) = rules.products.iter().find(|product| product.may == [May::LogIn]) {
        desk.push(Wanted::one(
            "pass",
            "一证通（不能签章）",
            "Lock that cannot seal",
            Some(pass),
            unit("一证通", company()),
        ));
    }
    if let Some(several) = rules.products.iter().find(|product| product.containers.len() > 1) {
        let lock = containers(several);
        desk.push(Wanted::one("containers", "有多个容器的锁", "Lock with several containers", Some(several), lock));
    }
    let expired = Description {
        not_before: Some("2023-01-01T00:00:00Z".into()),
        not_after: Some("2025-01-01T00:00:00Z".into()),
        ..unit("过期锁", company())
    };
    desk.push(Wanted::one("expired", "证书已过期的锁", "Lock with an expired certificate", of_unit, expired));
    let nameless = HolderDescription { uscc: None, ..company() };
    desk.push(Wanted::one(
        "nameless",
        "证书里没有代码的锁",
        "Lock whose certificate has no code",
        of_unit,
        unit("没有代码的锁", nameless),
    ));
    desk.push(Wanted::one(
        "foreign",
        "本平台不支持的锁",
        "Lock of a CA that is not taken here",
        None,
        unit("其他锁", company()),
    ));
    let blank = Description { label: Some("空白锁".into()), ..Description::default() };
    desk.push(Wanted::one("blank", "空白锁（可以制证）", "Blank lock (for making a certificate)", of_unit, blank));
    desk
}

/// The product whose CA makes certificates for blank locks.
pub(super) fn issuing(rules: &Rules) -> Option<String> {
    product(rules, HolderKindRule::Enterprise, true).map(|product| product.id.clone())
}

/// The first product for a kind of holder; the first with everything for units.
fn product(rules: &Rules, holder: HolderKindRule, everything: bool) -> Option<&Product> {
    let fits = |product: &&Product| product.holders.is_empty() || product.holders.contains(&holder);
    let mut fitting = rules.products.iter().filter(fits);
    fitting.find(|product| product.may(May::Seal) && (!everything || product.may(May::Bid)))
}

fn unit(label: &str, holder: HolderDescription) -> Description {
    Description { holder, label: Some(label.into()), ..Description::default() }
}

/// Containers by the names that the issuer gives them: those with RSA in their name hold RSA keys.
fn containers(product: &Product) -> Description {
    let mut names = product.containers.iter();
    let first = names.next().cloned();
    let further = |name: &String| ContainerDescription {
        name: name.clone(),
        algorithm: if name.contains("RSA") { Algorithm::Rsa } else { Algorithm::Sm2 },
    };
    Description {
        // RSA keys take their time to make; the ones for encryption prove nothing here.
        encryption_pair: Some(false),
        container: first,
        further: names.map(further).collect(),
        ..unit("多容器锁", company())
    }
}

impl Wanted {
    fn one(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        product: Option<&Product>,
        description: Description,
    ) -> Self {
        Self { name, zh, en, product: product.map(|product| product.id.clone()), description }
    }
}

#[cfg(test)]
mod tests {
    use calock_portal::rules::{BUILTIN, builtin};

    use super::*;

    #[test]
    fn every_portal_has_its_locks() {
        for (name, _) in BUILTIN.iter().filter(|(name, _)| *name != "demo") {
            let rules = builtin(name).unwrap();
            let desk = desk(&rules);
            let names: Vec<&str> = desk.iter().map(|lock| lock.name).collect();
            for wanted in
                ["main", "secondary", "renewed", "other", "renamed", "person", "expired", "nameless", "foreign"]
            {
                assert!(names.contains(&wanted), "{name} has no {wanted}");
            }
            assert_eq!(names.contains(&"pass"), ["fengtai", "daxing"].contains(name), "{name}");
            assert_eq!(names.contains(&"natural"), *name == "hunan", "{name}");
            let foreign: Vec<&str> = desk.iter().filter(|lock| lock.product.is_none()).map(|lock| lock.name).collect();
            assert_eq!(foreign, ["foreign"], "{name}: only this one is of no product");
        }
    }
}
