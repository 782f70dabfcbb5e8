//! The exports for what a person does with a lock besides logging in, and how their questions cross the border.

#![allow(unreachable_pub)] // exports are reached from JavaScript

mod view;

use wasm_bindgen::prelude::*;

use super::answers::Border;
use super::handle::LockHandle;
use super::page::PagePerson;
use crate::base64;
use crate::certificate::request::SubjectField;
use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::lock::gmt0017::{Name, NewApplication};
use crate::secret::Pin;
use crate::session::{Delivery, ManageStep, Manager, PinAnswer, PinChange, PinTries, Production, Sealer};

/// Tries of an application that is made here: what locks of the trade have.
const TRIES: u8 = 10;

#[wasm_bindgen]
impl LockHandle {
    /// Everything that the lock tells without a PIN.
    pub fn inspect(&self, call: u32) {
        self.start(call, |lock, abort| {
            Box::pin(async move {
                let report = lock.session.inspect(&abort).await?;
                Ok(view::report(&report, lock.session.profile()))
            })
        });
    }

    /// Gives the lock a label.
    #[wasm_bindgen(js_name = setLabel)]
    pub fn set_label(&self, call: u32, label: String) {
        self.start(call, |lock, abort| {
            Box::pin(async move { lock.session.set_label(&label, &abort).await.map(|()| "null".to_owned()) })
        });
    }

    /// Changes the user PIN; old and new are asked for through `Host.pin`.
    #[wasm_bindgen(js_name = changePin)]
    pub fn change_pin(&self, call: u32) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let clerk = PageClerk { border: lock.border.clone(), call };
                lock.session.change_pin(&clerk, &abort).await.map(|()| "null".to_owned())
            })
        });
    }

    /// Has a certificate made on a blank lock. `application`, `admin_pin` and `device_key` are for a lock that has no
    /// application yet.
    #[allow(clippy::too_many_arguments, reason = "an object would cost the page a conversion library")]
    pub fn produce(
        &self,
        call: u32,
        organisation: Option<String>,
        name: String,
        resume: bool,
        application: Option<String>,
        admin_pin: Option<Vec<u8>>,
        device_key: Option<Vec<u8>>,
    ) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let mut subject = vec![(SubjectField::Country, "CN")];
                subject.extend(organisation.as_deref().map(|name| (SubjectField::Organisation, name)));
                subject.push((SubjectField::CommonName, &name));
                let application = match (application, admin_pin) {
                    (Some(name), Some(admin_pin)) => Some(NewApplication {
                        name: Name::from(name.as_bytes()),
                        admin_pin: Pin::new(&zeroize::Zeroizing::new(admin_pin))?,
                        admin_tries: TRIES,
                        user_tries: TRIES,
                    }),
                    _ => None,
                };
                let device_key = device_key.map(|key| <[u8; 16]>::try_from(key).map(zeroize::Zeroizing::new));
                let device_key =
                    device_key.transpose().map_err(|_| Error::because(Code::Parameter, "a device key has 16 bytes"))?;
                let order = Production {
                    subject: &subject,
                    resume,
                    application: application.as_ref().map(|application| (application, device_key.as_deref())),
                };
                let clerk = PageClerk { border: lock.border.clone(), call };
                lock.session.produce(&order, &clerk, &abort).await.map(|produced| view::produced(&produced))
            })
        });
    }

    /// Whether a PIN that the lock accepted serves the signatures after it.
    #[wasm_bindgen(js_name = keepPin)]
    pub fn keep_pin(&self, keep: bool) {
        self.session().keep_pin(keep);
    }

    /// Writes down what is said to the lock from now on, masked.
    #[wasm_bindgen(js_name = startRecording)]
    pub fn start_recording(&self) {
        self.session().start_recording();
    }

    /// Ends the recording and gives it; `undefined` when none was under way.
    #[wasm_bindgen(js_name = stopRecording)]
    #[must_use]
    pub fn stop_recording(&self) -> Option<String> {
        self.session().stop_recording().map(|recording| recording.text())
    }

    /// Clears away what an unfinished `produce` left.
    #[wasm_bindgen(js_name = clearUnfinished)]
    pub fn clear_unfinished(&self, call: u32) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let clerk = PageClerk { border: lock.border.clone(), call };
                lock.session.clear_unfinished(&clerk, &abort).await.map(|()| "null".to_owned())
            })
        });
    }
}

#[wasm_bindgen]
impl LockHandle {
    /// Signs the messages of documents that are sealed, with the certificate of that fingerprint.
    pub fn seal(&self, call: u32, certificate: String) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let sealer = PagePerson { border: lock.border.clone(), call };
                let count = lock.session.seal(&certificate, &sealer, &abort).await?;
                Ok(crate::hash::decimal(usize::try_from(count).unwrap_or_default()))
            })
        });
    }

    /// The content of a file in the lock, in base64.
    #[wasm_bindgen(js_name = readFile)]
    pub fn read_file(&self, call: u32, name: String) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let content = lock.session.read_file(&name, &abort).await?;
                Ok(Json::quoted(&base64::encode(&content)))
            })
        });
    }
}

impl Sealer for PagePerson {
    async fn next(&self, last: &[u8]) -> Result<Vec<u8>> {
        let mut answer = self.border.ask(|host, ticket| host.message(ticket, self.call, last)).await?;
        Ok(core::mem::take(&mut *answer))
    }
}

/// The page of one call: its person, and the CA that the page talks to.
struct PageClerk {
    border: Border,
    call: u32,
}

impl PageClerk {
    /// Asks for a PIN, or for two; one byte says whether the last try may be spent, the rest is what was typed.
    async fn ask(&self, tries: PinTries, both: bool) -> Result<(bool, zeroize::Zeroizing<Vec<u8>>)> {
        let question = view::tries(&tries, both);
        let mut answer = self.border.ask(|host, ticket| host.pin(ticket, self.call, &question)).await?;
        let spend = *answer.first().ok_or(Code::PinEmpty)?;
        // In place: a copy would have to be wiped too.
        answer.rotate_left(1);
        answer.pop();
        Ok((spend == 1, answer))
    }
}

impl Manager for PageClerk {
    async fn pin(&self, tries: PinTries) -> Result<PinAnswer> {
        let (spend_last_try, typed) = self.ask(tries, false).await?;
        Ok(PinAnswer { pin: Pin::new(&typed)?, spend_last_try })
    }

    /// The old PIN stands behind one byte that says how long it is, the new one behind it.
    async fn new_pin(&self, tries: PinTries) -> Result<PinChange> {
        let (spend_last_try, typed) = self.ask(tries, true).await?;
        let (&length, typed) = typed.split_first().ok_or(Code::PinEmpty)?;
        let (old, new) = typed.split_at_checked(length.into()).ok_or(Code::Parameter)?;
        let old = PinAnswer { pin: Pin::new(old)?, spend_last_try };
        Ok(PinChange { old, new: Pin::new(new)? })
    }

    /// What is delivered comes as three parts, each behind its length in four bytes, big-endian.
    async fn certify(&self, request: &[u8]) -> Result<Delivery> {
        let answer = self.border.ask(|host, ticket| host.certify(ticket, self.call, request)).await?;
        let mut rest = answer.as_slice();
        let mut part = || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (part, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            rest = after;
            Some(part.to_vec())
        };
        let parts = (part(), part(), part());
        let (Some(certificate), Some(encryption_certificate), Some(enveloped_key)) = parts else {
            return Err(Code::DeliveryInvalid.into());
        };
        Ok(Delivery { certificate, encryption_certificate, enveloped_key })
    }

    fn step(&self, step: ManageStep) {
        self.border.host.step(self.call, &view::step(step));
    }
}
