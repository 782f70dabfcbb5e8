//! The desks of the five portals: a test CA for each product of the rules, and a lock for each thing that a manual tells of.

use calock::certificate::Certificate;
use calock::hash::hex;
use calock::trust::TrustList;
use calock::virtual_lock::{Algorithm, Ca, ContainerDescription, Description, HolderDescription, HolderKind};
use calock_portal::DemoLock;
use calock_portal::rules::{HolderKindRule, May, Product, Rules};

use super::{Workshop, company, employee, internal};
use crate::outcome::Failure;

/// Who issues a lock's certificate.
enum Issuer {
    /// The CA of the product at this place of the rules.
    Product(usize),
    /// A CA that is trusted and none of the portal's.
    Foreign,
}

/// One lock of a desk.
struct Item {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    issuer: Issuer,
    description: Description,
}

/// The desk, and the CA of the first product that may do everything, for making certificates.
pub(super) fn prepare(
    workshop: &Workshop,
    trust: &mut TrustList,
    rules: &mut Rules,
) -> Result<(Vec<DemoLock>, Ca), Failure> {
    let mut cas = Vec::new();
    for product in &mut rules.products {
        // A lock with several containers has RSA keys in some of them.
        let algorithms: &[Algorithm] = if product.containers.is_empty() { &[] } else { &[Algorithm::Rsa] };
        let title = format!("{} 演示CA", product.title.zh);
        let ca = workshop.ca(&format!("ca-{}", product.id), &title, algorithms, trust)?;
        product.issuers.extend(key_ids(&ca)?);
        cas.push(ca);
    }
    let mut foreign = workshop.ca("ca-foreign", "其他地区 演示CA", &[], trust)?;

    let main = main_product(rules);
    let mut locks = Vec::new();
    for Item { name, zh, en, issuer, mut description } in desk(rules, main) {
        let ca = match issuer {
            Issuer::Product(at) => {
                containers(&mut description, rules.products.get(at));
                cas.get_mut(at)
            }
            Issuer::Foreign => Some(&mut foreign),
        };
        let Some(ca) = ca else { continue };
        locks.push(workshop.lock(name, zh, en, &description, ca)?);
    }
    let ca = cas.into_iter().nth(main).unwrap_or(foreign);
    Ok((locks, ca))
}

/// subjectKeyIdentifier of each root, in hexadecimal, as rules name issuers.
fn key_ids(ca: &Ca) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    for root in ca.roots().map_err(internal)? {
        let certificate = Certificate::from_der(&root).map_err(internal)?;
        ids.extend(certificate.subject_key_id().map(hex));
    }
    Ok(ids)
}

fn main_product(rules: &Rules) -> usize {
    rules.products.iter().position(|product| product.may(May::Bid)).unwrap_or(0)
}

/// As the product's locks have them: the first named, RSA in those that say so.
fn containers(description: &mut Description, product: Option<&Product>) {
    let mut names = product.map(|product| product.containers.iter()).into_iter().flatten();
    description.container = names.next().cloned();
    description.further = names
        .map(|name| ContainerDescription {
            name: name.clone(),
            algorithm: if name.contains("RSA") { Algorithm::Rsa } else { Algorithm::Sm2 },
        })
        .collect();
}

/// What lies on it. Names and codes are invented; their check digits are right.
fn desk(rules: &Rules, main: usize) -> Vec<Item> {
    let may = |what: May, without: bool| {
        let fits = |(_, product): &(usize, &Product)| product.may(what) != without;
        rules.products.iter().enumerate().filter(fits).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let second = may(May::Bid, false).get(1).copied().unwrap_or(main);
    let for_people = may(May::Bid, true).iter().copied().find(|at| sealing(rules, *at)).unwrap_or(main);
    let clerks = rules.holders.unit.contains(&HolderKindRule::Employee);

    let item = |name, zh, en, issuer, description| Item { name, zh, en, issuer: Issuer::Product(issuer), description };
    let of = |holder: HolderDescription, label: &str| Description {
        holder,
        label: Some(label.into()),
        ..Description::default()
    };
    let clerk =
        |description: Description| Description { holder: employee(), kind: HolderKind::Employee, ..description };
    let mut desk = vec![
        item("main", "主锁", "Main lock", main, of(company(), "主锁")),
        item("secondary", "副锁", "Secondary lock", second, {
            let lock = of(company(), "副锁");
            if clerks { clerk(lock) } else { lock }
        }),
        item("renewed", "更新后的主锁", "Main lock, renewed", main, {
            Description { not_after: Some("2036-12-31T15:59:59Z".into()), ..of(company(), "更新后的主锁") }
        }),
        item("other", "另一家单位的锁", "Another unit's lock", main, of(other_company(), "另一家单位")),
        item("renamed", "改名后的主锁", "Main lock of the renamed unit", main, {
            of(HolderDescription { name: "示例建设集团有限公司".into(), ..company() }, "改名后的主锁")
        }),
        item("person", "单位员工的个人锁", "An employee's personal lock", for_people, {
            let lock = of(employee(), "个人锁");
            let only_people = rules.products.get(for_people).is_some_and(|it| it.holders == [HolderKindRule::Person]);
            if only_people { Description { kind: HolderKind::Person, ..lock } } else { clerk(lock) }
        }),
        item("expired", "过期的主锁", "Expired main lock", main, {
            Description {
                not_before: Some("2023-01-01T00:00:00Z".into()),
                not_after: Some("2025-01-01T00:00:00Z".into()),
                ..of(company(), "过期的主锁")
            }
        }),
        item("nameless", "证书里没有代码的锁", "Lock whose certificate has no code", main, {
            of(HolderDescription { uscc: None, ..company() }, "没有代码的锁")
        }),
    ];
    if let Some(pass) = may(May::Seal, true).first() {
        let title = rules.products.get(*pass).map_or("", |product| product.title.zh.as_str());
        desk.push(item("pass", "一证通", "Yizhengtong", *pass, of(company(), title)));
    }
    if !rules.holders.person.is_empty() {
        let lock = Description { kind: HolderKind::Person, ..of(natural(), "自然人的锁") };
        desk.push(item("natural", "自然人的锁", "A natural person's lock", for_people, lock));
    }
    let foreign = of(company(), "其他CA的锁");
    desk.push(Item {
        name: "foreign",
        zh: "其他CA的锁",
        en: "Lock of another CA",
        issuer: Issuer::Foreign,
        description: foreign,
    });
    desk
}

fn sealing(rules: &Rules, at: usize) -> bool {
    rules.products.get(at).is_some_and(|product| product.may(May::Seal))
}

fn other_company() -> HolderDescription {
    HolderDescription {
        name: "样本工程有限公司".into(),
        uscc: Some("91110105MA0000058W".into()),
        ..HolderDescription::default()
    }
}

fn natural() -> HolderDescription {
    HolderDescription {
        name: "李四".into(),
        person_id: Some("110105199001010037".into()),
        ..HolderDescription::default()
    }
}
