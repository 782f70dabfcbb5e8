//! The exports: one lock as an object, and what the module knows before any lock.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

use super::browser::{AbortSignal, Collection, HidDevice, ORIGIN};
use super::convert;
use super::environment::{Page, sleep};
use super::error::to_js;
use super::hid::HidReports;
use super::person::PagePerson;
use crate::error::{Code, Error, Phase, Result};
use crate::hash::{decimal, parse_digest};
use crate::link::ReportLink;
use crate::lock::profile::{self, PROFILES, Profile};
use crate::session::{Environment as _, LoginRequest, Session, Step};
use crate::statement::Purpose;
use crate::wait::{Boxed, Flag};

/// After a signature the lock forgets the PIN when nothing happens for this long.
const IDLE: Duration = Duration::from_secs(10);

/// What `navigator.hid.requestDevice` takes as `filters`, as JSON.
#[wasm_bindgen]
pub fn filters() -> String {
    let mut json = String::from("[");
    for (index, Profile { usb, .. }) in PROFILES.iter().enumerate() {
        let mut number = |name: &str, value: u16| {
            json.push_str(name);
            json.push_str(&decimal(value.into()));
        };
        number(if index == 0 { "{\"vendorId\":" } else { ",{\"vendorId\":" }, usb.vendor);
        if let Some(product) = usb.product {
            number(",\"productId\":", product);
        }
        number(",\"usagePage\":", usb.usage_page);
        number(",\"usage\":", usb.usage);
        json.push('}');
    }
    json.push(']');
    json
}

/// The module's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

type PageSession = Session<ReportLink<HidReports>, Page>;

/// One lock behind a `HIDDevice`.
#[wasm_bindgen]
pub struct LockHandle {
    session: Rc<PageSession>,
    /// Counts calls, so that the idle timer knows whether something came after it was set.
    calls: Rc<Cell<u32>>,
}

#[wasm_bindgen]
impl LockHandle {
    /// A handle; nothing is opened yet.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN` for a device that is no lock this module can talk to.
    #[wasm_bindgen(constructor)]
    pub fn new(device: HidDevice) -> core::result::Result<LockHandle, JsValue> {
        let collections: Vec<(u16, u16)> = device
            .collections()
            .iter()
            .map(|collection| {
                let collection: Collection = collection.unchecked_into();
                (collection.usage_page(), collection.usage())
            })
            .collect();
        let profile = profile::find(device.vendor_id(), device.product_id(), &collections)
            .ok_or_else(|| to_js(Error::new(Code::LockUnknown).at(Phase::Choose)))?;
        let mut first = [0];
        getrandom::fill(&mut first).map_err(|_| to_js(Error::because(Code::Internal, "no random source")))?;
        let link = ReportLink::new(HidReports::new(device), first[0]);
        Ok(Self { session: Rc::new(Session::new(link, Page, profile)), calls: Rc::default() })
    }

    /// Name of the lock's profile.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn profile(&self) -> String {
        self.session.profile().name.to_owned()
    }

    /// What to call the lock in a list.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn title(&self) -> String {
        self.session.profile().title.to_owned()
    }

    /// Exchanges with the lock so far, one line each: instructions, lengths and status words, no data.
    #[must_use]
    pub fn journal(&self) -> String {
        self.session.journal().text()
    }

    /// How many exchanges there were.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.session.journal().exchanges()
    }

    /// Label, serial number, manufacturer and applications.
    pub fn info(&self, signal: Option<AbortSignal>) -> Promise {
        let session = self.session.clone();
        self.run(signal, |abort| {
            Box::pin(async move { session.info(&abort).await.map(|info| convert::lock_info(&info)) })
        })
    }

    /// The certificates.
    pub fn certificates(&self, signal: Option<AbortSignal>) -> Promise {
        let session = self.session.clone();
        self.run(signal, |abort| {
            Box::pin(async move {
                let entries = session.certificates(&abort, &|_: Step<'_>| {}).await?;
                let now = Page.now();
                let infos: Array = entries.iter().map(|entry| convert::certificate(entry, now)).collect();
                Ok(infos.into())
            })
        })
    }

    /// Signs a statement.
    pub fn login(
        &self,
        request: JsValue,
        pin: Function,
        step: Option<Function>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let session = self.session.clone();
        let person = PagePerson { pin, step };
        self.run(signal, |abort| {
            Box::pin(async move {
                let fields = Fields::read(&request)?;
                let origin = ORIGIN.with(String::clone);
                let signed = session.login(&fields.request(&origin)?, &person, &abort).await?;
                Ok(convert::signed(&signed))
            })
        })
    }

    /// Leaves the lock as it was found.
    pub fn close(&self) -> Promise {
        let session = self.session.clone();
        future_to_promise(async move {
            session.close().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The same without waiting, for `pagehide`.
    pub fn release(&self) {
        self.session.abandon();
    }

    /// The browser said that the device is gone.
    pub fn disconnected(&self) {
        self.session.unplug();
    }

    /// Runs one call as a promise, with its abort signal, and sets the idle timer after it.
    fn run(&self, signal: Option<AbortSignal>, call: impl FnOnce(Flag) -> Call) -> Promise {
        let number = self.calls.get().wrapping_add(1);
        self.calls.set(number);
        let abort = Flag::default();
        let heard = signal.map(|signal| Heard::on(signal, abort.clone()));
        settle(self.session.clone(), self.calls.clone(), number, heard, call(abort))
    }
}

/// One call under way.
type Call = Boxed<'static, Result<JsValue>>;

fn settle(session: Rc<PageSession>, calls: Rc<Cell<u32>>, number: u32, heard: Option<Heard>, call: Call) -> Promise {
    future_to_promise(async move {
        let outcome = call.await;
        drop(heard);
        spawn_local(async move {
            sleep(IDLE).await;
            if calls.get() == number {
                // A lock that is gone has forgotten the PIN by itself.
                let _ = session.rest().await;
            }
        });
        outcome.map_err(to_js)
    })
}

/// A listener on an `AbortSignal`, taken away when the call is over.
struct Heard {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
}

impl Heard {
    fn on(signal: AbortSignal, abort: Flag) -> Self {
        if signal.aborted() {
            abort.raise();
        }
        let listener = Closure::new(move || abort.raise());
        signal.add_listener("abort", listener.as_ref().unchecked_ref());
        Self { signal, listener }
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        self.signal.remove_listener("abort", self.listener.as_ref().unchecked_ref());
    }
}

/// A request object's fields.
struct Fields {
    purpose: Option<String>,
    nonce: Option<String>,
    time: Option<String>,
    account: Option<String>,
    payload: Option<String>,
    certificate: Option<String>,
}

impl Fields {
    fn read(request: &JsValue) -> Result<Self> {
        let field = |name: &'static str| {
            let value = Reflect::get(request, &name.into())
                .map_err(|_| Error::because(Code::Parameter, "the request is no object"))?;
            match value.as_string() {
                Some(text) => Ok(Some(text)),
                None if value.is_null() || value.is_undefined() => Ok(None),
                None => Err(Error::because(Code::Parameter, "a field of the request is no string")),
            }
        };
        Ok(Self {
            purpose: field("purpose")?,
            nonce: field("nonce")?,
            time: field("time")?,
            account: field("account")?,
            payload: field("payload")?,
            certificate: field("certificate")?,
        })
    }

    fn request<'a>(&'a self, origin: &'a str) -> Result<LoginRequest<'a>> {
        let payload = match self.payload.as_deref() {
            Some(hex) => Some(
                parse_digest(hex)
                    .ok_or(Error::because(Code::ChallengeInvalid, "payload is no digest in hexadecimal"))?,
            ),
            None => None,
        };
        Ok(LoginRequest {
            purpose: self.purpose.as_deref().map_or(Ok(Purpose::Login), Purpose::parse)?,
            origin,
            nonce: self.nonce.as_deref().unwrap_or_default(),
            time: self.time.as_deref().unwrap_or_default(),
            account: self.account.as_deref(),
            payload,
            certificate: self.certificate.as_deref(),
        })
    }
}
