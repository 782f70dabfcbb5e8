//! Changing the PIN: the old one is verified, which spends one try at most, and the new one takes its place.

use super::super::dialogue::Place;
use super::super::work::Work;
use super::super::{Environment, login};
use super::{ManageStep, Manager, lock, tries};
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::gmt0017::ChangeKey;
use crate::secret::Pin;

/// The shortest PIN that is set: the portals' and the vendors' tools take 6 to 16 (reference: portal.md 2.1).
const SHORTEST: usize = 6;

pub(super) async fn change<L: Link, E: Environment>(work: &Work<'_, L, E>, person: &impl Manager) -> Result<()> {
    let lock = lock(work)?;
    person.step(ManageStep::Reading);
    let name = lock.applications().await?.into_iter().next().ok_or(Code::CertNotFound)?;
    let application = lock.open_application(&name).await?.id;
    let tries = tries(work, application).await?;
    person.step(ManageStep::Pin);
    let change = work.human(person.new_pin(tries)).await?;
    if !may_replace(&change.old.pin, &change.new) {
        return Err(Error::new(Code::PinNew).at(Phase::Pin));
    }
    let key = ChangeKey::of(&change.old.pin);
    login::spend_try(work, Place::Application(application), tries.last, change.old).await?;
    work.enter_phase(Phase::Write);
    person.step(ManageStep::Changing);
    lock.change_pin(application, key, change.new).await?;
    person.step(ManageStep::Done);
    Ok(())
}

/// Long enough, and another one.
fn may_replace(old: &Pin, new: &Pin) -> bool {
    new.as_bytes().len() >= SHORTEST && new.as_bytes() != old.as_bytes()
}
