//! The desk of the demonstration portal: one lock for each thing to try about locks.

use calock::virtual_lock::{Algorithm, CertificateUsage, ContainerDescription, Description, HolderKind};

use super::Wanted;
use super::people::{company, employee, person};

/// The locks, one for each thing to try. The one without a holder is blank.
pub(super) fn desk() -> Vec<Wanted> {
    let labelled = |label: &str| Description { label: Some(label.into()), ..Description::default() };
    let of_company = |label: &str| Description { holder: company(), ..labelled(label) };
    let locks = vec![
        ("enterprise", "企业锁（国密 SM2）", "Enterprise lock (SM2)", of_company("企业锁")),
        (
            "enterprise-rsa",
            "企业锁（RSA）",
            "Enterprise lock (RSA)",
            Description { algorithm: Algorithm::Rsa, ..of_company("企业锁 RSA") },
        ),
        (
            "employee",
            "经办人锁",
            "Employee's lock",
            Description { holder: employee(), kind: HolderKind::Employee, ..labelled("经办人锁") },
        ),
        (
            "person",
            "个人锁",
            "Personal lock",
            Description { holder: person(), kind: HolderKind::Person, ..labelled("个人锁") },
        ),
        (
            "expired",
            "证书已过期的锁",
            "Lock with an expired certificate",
            Description {
                not_before: Some("2023-01-01T00:00:00Z".into()),
                not_after: Some("2025-01-01T00:00:00Z".into()),
                ..of_company("过期锁")
            },
        ),
        (
            "encryption",
            "误放加密证书的锁",
            "Lock with an encryption certificate in the signing place",
            Description { usage: CertificateUsage::Encryption, ..of_company("加密证书锁") },
        ),
        (
            "locked",
            "密码已锁死的锁",
            "Lock whose PIN is locked",
            Description { tries_left: Some(0), ..of_company("锁死的锁") },
        ),
        (
            "yixin",
            "三个容器的锁（SM2 和 RSA）",
            "Lock with three containers (SM2 and RSA)",
            Description {
                container: Some("ECCASM2".into()),
                further: ["ECCARSA1", "ECCARSA2"]
                    .map(|name| ContainerDescription { name: name.into(), algorithm: Algorithm::Rsa })
                    .into(),
                ..of_company("三容器锁")
            },
        ),
        ("blank", "空白锁（可以制证）", "Blank lock (for making a certificate)", labelled("空白锁")),
    ];
    let wanted = |(name, zh, en, description)| Wanted { name, zh, en, product: Some("test".into()), description };
    locks.into_iter().map(wanted).collect()
}
