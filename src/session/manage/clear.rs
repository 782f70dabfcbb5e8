//! Clearing away what an unfinished production left.

use super::super::dialogue::Place;
use super::super::work::Work;
use super::super::{Environment, login};
use super::survey::survey;
use super::{ManageStep, Manager, lock, tries};
use crate::error::{Phase, Result};
use crate::link::Link;

pub(super) async fn clear<L: Link, E: Environment>(work: &Work<'_, L, E>, person: &impl Manager) -> Result<()> {
    person.step(ManageStep::Reading);
    let survey = survey(work).await?;
    if let (Some(application), Some((name, _))) = (survey.application, survey.unfinished) {
        let tries = tries(work, application).await?;
        person.step(ManageStep::Pin);
        let answer = work.human(person.pin(tries)).await?;
        login::spend_try(work, Place::Application(application), tries.last, answer).await?;
        work.enter_phase(Phase::Write);
        person.step(ManageStep::Clearing);
        lock(work)?.delete_container(application, &name).await?;
    }
    person.step(ManageStep::Done);
    Ok(())
}
