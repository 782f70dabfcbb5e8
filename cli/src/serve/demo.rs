//! What `calock serve --demo` offers: test CAs and a desk full of virtual locks, made once and kept in the data folder.

mod desk;
mod people;
mod portals;

use std::path::Path;

use base64ct::{Base64, Encoding};
use calock::Error;
use calock::certificate::Certificate;
use calock::hash::hex;
use calock::trust::TrustList;
use calock::virtual_lock::{Algorithm, Ca, Description, LockFile, blank, issue};
use calock_portal::demo::Title;
use calock_portal::rules::Rules;
use calock_portal::{DemoLock, DemoLocks, TestCa};

use crate::outcome::Failure;
use crate::private::{folder as private_folder, read, write};
use crate::seal;

/// A lock with less life than this is made anew, in seconds.
const LIFE_LEFT: u64 = 30 * 86_400;
/// The administrator of a demonstration, and a password that everybody may know.
pub(super) const ADMINISTRATOR: (&str, &str) = ("admin", "calock-demo-1");

/// The locks with a seal in them: those of units that seal documents and letters.
const SEALED: [&str; 6] = ["enterprise", "enterprise-rsa", "main", "secondary", "renewed", "other"];

/// One lock on the desk, before it is made.
struct Wanted {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// The product whose test CA issues it; `None`: a CA that the portal trusts and takes no product of.
    product: Option<String>,
    /// Blank when it has no holder.
    description: Description,
}

/// Reads the CAs and the locks of a data folder, makes what is missing, trusts the CAs, and adds them to the portal's products.
///
/// # Errors
/// A file that cannot be read or written, or that is none of ours.
pub(super) fn prepare(data: &Path, trust: &mut TrustList, rules: &mut Rules, now: u64) -> Result<DemoLocks, Failure> {
    // Each portal has its own: a lock is of one product's CA.
    let folder = if rules.id == "demo" { data.join("demo") } else { data.join("demo").join(&rules.id) };
    private_folder(&folder)?;
    let mut authorities = Vec::new();
    for product in &mut rules.products {
        let any = product.issuers.iter().any(|issuer| issuer == "any");
        let (file, name) = match any {
            true => ("ca.json".into(), "calock 演示CA".to_owned()),
            false => (format!("ca-{}.json", product.id), format!("演示CA（{}）", product.title.zh)),
        };
        let ca = authority(&folder.join(file), &name, trust, now)?;
        if !any {
            product.issuers.extend(keys(&ca)?);
        }
        authorities.push((Some(product.id.clone()), ca));
    }
    let desk = if rules.id == "demo" { desk::desk() } else { portals::desk(rules) };
    if desk.iter().any(|lock| lock.product.is_none()) {
        authorities.push((None, authority(&folder.join("ca-other.json"), "演示CA（其他）", trust, now)?));
    }
    let mut locks = Vec::new();
    for wanted in desk {
        let ca = authorities.iter_mut().find(|(product, _)| *product == wanted.product);
        let Some((_, ca)) = ca else { continue };
        let path = folder.join(format!("{}.json", wanted.name));
        let mut lock = lock(&path, &wanted, ca, now)?;
        let owner = &wanted.description.holder;
        let seal_name = owner.organisation.as_deref().unwrap_or(&owner.name);
        if SEALED.contains(&wanted.name) && seal::usual(&mut lock, seal_name, ca, now).map_err(internal)? {
            write(&path, &lock.to_json().map_err(internal)?)?;
        }
        let file = serde_json::to_value(&lock).map_err(|error| Failure::unusable(path.display(), error))?;
        locks.push(DemoLock {
            name: wanted.name.into(),
            title: Title { zh: wanted.zh.into(), en: wanted.en.into() },
            file,
        });
    }
    let offered = DemoLocks::new(locks);
    let issuing = portals::issuing(rules);
    Ok(match authorities.into_iter().find(|(product, _)| *product == issuing) {
        Some((_, ca)) => offered.issuing(TestCa::new(ca, people::applicants())),
        None => offered,
    })
}

/// A CA of the demonstration, with roots for SM2 and RSA, trusted.
fn authority(path: &Path, name: &str, trust: &mut TrustList, now: u64) -> Result<Ca, Failure> {
    let mut ca = match read(path)? {
        Some(json) => Ca::from_json(&json).map_err(|error| Failure::unusable(path.display(), error))?,
        None => Ca::generate(name, now).map_err(internal)?,
    };
    ca.prepare(Algorithm::Rsa, now).map_err(internal)?;
    // Before any lock: a lock whose CA is lost can log in nowhere.
    write(path, &ca.to_json().map_err(internal)?)?;
    for root in ca.roots().map_err(internal)? {
        trust.add_der(&root).map_err(internal)?;
    }
    Ok(ca)
}

/// The key ids by which a product knows its CA.
fn keys(ca: &Ca) -> Result<Vec<String>, Failure> {
    let roots = ca.roots().map_err(internal)?;
    let key = |der: &Vec<u8>| {
        let certificate = Certificate::from_der(der).map_err(internal)?;
        Ok(certificate.subject_key_id().map(hex).unwrap_or_default())
    };
    roots.iter().map(key).collect()
}

/// The lock that is kept, as long as it lives; otherwise a new one.
fn lock(path: &Path, wanted: &Wanted, ca: &mut Ca, now: u64) -> Result<LockFile, Failure> {
    let Wanted { description, .. } = wanted;
    let is_blank = description.holder.name.is_empty();
    let kept = match read(path)? {
        Some(json) => Some(LockFile::from_json(&json).map_err(|error| Failure::unusable(path.display(), error))?),
        None => None,
    };
    if let Some(lock) = kept.filter(|lock| is_blank || description.not_after.is_some() || lives(lock, now)) {
        return Ok(lock);
    }
    let lock = if is_blank { blank(description) } else { issue(description, ca, now) }.map_err(internal)?;
    write(path, &lock.to_json().map_err(internal)?)?;
    Ok(lock)
}

/// Whether the signing certificate is good for a while yet.
fn lives(lock: &LockFile, now: u64) -> bool {
    let entry = lock.containers.first().and_then(|container| container.signing.as_ref());
    let der = entry.and_then(|entry| Base64::decode_vec(&entry.certificate).ok());
    let certificate = der.and_then(|der| Certificate::from_der(&der).ok());
    certificate.is_some_and(|certificate| certificate.not_after() > now.saturating_add(LIFE_LEFT))
}

fn internal(error: Error) -> Failure {
    Failure::unusable("demonstration", error)
}
