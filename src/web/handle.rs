//! The exports: one lock as an object, and what the module knows before any lock.
//!
//! Calls are numbered by JavaScript and end through `Host.settle`; `www/calock/handle.js` makes promises of them.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::time::Duration;

use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::answers::Border;
use super::executor::Executor;
use super::host::Host;
use super::page::{HidReports, Page, PagePerson};
#[cfg(feature = "full")]
use super::usb::UsbPipes;
use super::view;
use crate::error::{Error, Field, Result};
use crate::hash::parse_digest;
use crate::json::Json;
use crate::link::ReportLink;
#[cfg(feature = "full")]
use crate::link::{AnyLink, CcidLink};
#[cfg(feature = "full")]
use crate::lock::profile::Face;
use crate::lock::profile::{self, PROFILES, Profile};
use crate::prelude::*;
use crate::session::{Environment as _, LoginRequest, Session, Step};
use crate::statement::Purpose;
use crate::wait::{Boxed, Flag};

/// After a signature the lock forgets the PIN when nothing happens for this long.
const IDLE: Duration = Duration::from_secs(10);

/// What `navigator.hid.requestDevice` takes as `filters`, as JSON.
#[wasm_bindgen]
pub fn filters() -> String {
    Json::array(PROFILES.iter().filter(|profile| profile.collection().is_some()).map(|profile| {
        Json::object(|json| {
            json.number("vendorId", Some(profile.vendor.into()));
            if let Some(product) = profile.product {
                json.number("productId", Some(product.into()));
            }
            let collection = profile.collection();
            json.number("usagePage", collection.map(|(usage_page, _)| usage_page.into()));
            json.number("usage", collection.map(|(_, usage)| usage.into()));
        })
    }))
}

/// What `navigator.usb.requestDevice` takes as `filters`, as JSON.
#[cfg(feature = "full")]
#[wasm_bindgen(js_name = usbFilters)]
pub fn usb_filters() -> String {
    Json::array(PROFILES.iter().filter(|profile| profile.face == Face::Usb).map(|profile| {
        Json::object(|json| {
            json.number("vendorId", Some(profile.vendor.into()));
            if let Some(product) = profile.product {
                json.number("productId", Some(product.into()));
            }
        })
    }))
}

/// The module's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[cfg(not(feature = "full"))]
type PageLink = ReportLink<HidReports>;
#[cfg(feature = "full")]
type PageLink = AnyLink<HidReports, UsbPipes>;

/// One lock behind a `HIDDevice`, or a `USBDevice`.
#[wasm_bindgen]
pub struct LockHandle(Rc<Lock>);

pub(super) struct Lock {
    pub(super) session: Session<PageLink, Page>,
    pub(super) border: Border,
    executor: Executor,
    /// The calls under way that can be aborted.
    aborts: RefCell<Vec<(u32, Flag)>>,
    /// Counts calls, so that the idle timer knows whether something came after it was set.
    started: Cell<u32>,
}

#[wasm_bindgen]
impl LockHandle {
    /// A handle for a device of these ids; `collections` are its (usage page, usage) pairs, one after the other. Nothing is opened
    /// yet. `undefined` for a device that is no lock this module can talk to.
    pub fn find(host: Host, vendor: u16, product: u16, collections: &[u16]) -> Option<LockHandle> {
        let pairs: Vec<(u16, u16)> = collections.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let profile = profile::find(vendor, product, &pairs)?;
        // Tabs that share a lock start from different numbers, so that their answers do not look alike.
        let mut first = [0];
        getrandom::fill(&mut first).ok()?;
        let border = Border::new(host);
        let link = ReportLink::new(HidReports::new(border.clone()), first[0]);
        #[cfg(feature = "full")]
        let link = AnyLink::Reports(link);
        Some(Self::new(border, link, profile))
    }

    /// The same for a device with a vendor-class USB interface.
    #[cfg(feature = "full")]
    #[wasm_bindgen(js_name = findUsb)]
    pub fn find_usb(host: Host, vendor: u16, product: u16) -> Option<LockHandle> {
        let profile = profile::find_usb(vendor, product)?;
        let border = Border::new(host);
        let link = AnyLink::Ccid(CcidLink::new(UsbPipes::new(border.clone()), profile.form));
        Some(Self::new(border, link, profile))
    }

    /// Name of the lock's profile.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn profile(&self) -> String {
        self.0.session.profile().name.to_owned()
    }

    /// What to call the lock in a list.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn title(&self) -> String {
        self.0.session.profile().title.to_owned()
    }

    /// Exchanges with the lock so far, one line each: instructions, lengths and status words, no data.
    #[must_use]
    pub fn journal(&self) -> String {
        self.0.session.journal().text()
    }

    /// How many exchanges there were.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.0.session.journal().exchanges()
    }

    /// Label, serial number, manufacturer and applications.
    pub fn info(&self, call: u32) {
        self.start(call, |lock, abort| {
            Box::pin(async move { lock.session.info(&abort).await.map(|info| view::lock_info(&info)) })
        });
    }

    /// The certificates.
    pub fn certificates(&self, call: u32) {
        self.start(call, |lock, abort| {
            Box::pin(async move {
                let entries = lock.session.certificates(&abort, &|_: Step<'_>| {}).await?;
                Ok(Json::array(entries.iter().map(|entry| view::certificate(entry))))
            })
        });
    }

    /// Signs a statement. The origin is the page's own.
    #[allow(clippy::too_many_arguments, reason = "an object would cost the page a conversion library")]
    pub fn login(
        &self,
        call: u32,
        purpose: String,
        nonce: String,
        time: String,
        account: Option<String>,
        payload: Option<String>,
        certificate: Option<String>,
    ) {
        self.start(call, move |lock, abort| {
            Box::pin(async move {
                let payload = match payload.as_deref().map(parse_digest) {
                    Some(None) => {
                        return Err(Error::challenge(Field::Payload));
                    }
                    Some(digest) => digest,
                    None => None,
                };
                let request = LoginRequest {
                    purpose: Purpose::parse(&purpose)?,
                    origin: &lock.border.host.origin(),
                    nonce: &nonce,
                    time: &time,
                    account: account.as_deref(),
                    payload,
                    certificate: certificate.as_deref(),
                };
                let person = PagePerson { border: lock.border.clone(), call };
                lock.session.login(&request, &person, &abort).await.map(|signed| view::signed(&signed))
            })
        });
    }

    /// Leaves the lock as it was found. Never fails.
    pub fn close(&self, call: u32) {
        self.start(call, |lock, _| {
            Box::pin(async move {
                lock.session.close().await;
                Ok("null".to_owned())
            })
        });
    }

    /// The same without waiting, for `pagehide`.
    pub fn release(&self) {
        self.0.session.abandon();
        self.0.executor.run();
    }

    /// The caller of `call` no longer wants it.
    pub fn abort(&self, call: u32) {
        if let Some((_, flag)) = self.0.aborts.borrow().iter().find(|(number, _)| *number == call) {
            flag.raise();
        }
        self.0.executor.run();
    }

    /// The browser said that the device is gone.
    pub fn disconnected(&self) {
        self.0.session.unplug();
        self.0.executor.run();
    }

    /// An input report arrived.
    pub fn report(&self, bytes: Vec<u8>) {
        #[cfg(not(feature = "full"))]
        self.0.session.link().reports().arrived(bytes);
        #[cfg(feature = "full")]
        if let AnyLink::Reports(link) = self.0.session.link() {
            link.reports().arrived(bytes);
        }
        self.0.executor.run();
    }

    /// The answer to a wish: bytes, or a code.
    pub fn answered(&self, ticket: u32, code: Option<String>, bytes: Option<Vec<u8>>) {
        self.0.border.answered(ticket, code.as_deref(), Zeroizing::new(bytes.unwrap_or_default()));
        self.0.executor.run();
    }

    #[cfg(feature = "full")]
    pub(super) fn session(&self) -> &Session<PageLink, Page> {
        &self.0.session
    }

    /// Runs one call to its end, tells JavaScript, and sets the idle timer after it.
    pub(super) fn start(&self, call: u32, work: impl FnOnce(Rc<Lock>, Flag) -> Boxed<'static, Result<String>>) {
        let abort = Flag::default();
        self.0.aborts.borrow_mut().push((call, abort.clone()));
        self.0.executor.start(settle(self.0.clone(), call, work(self.0.clone(), abort)));
    }
}

impl LockHandle {
    fn new(border: Border, link: PageLink, profile: &'static Profile) -> Self {
        Self(Rc::new(Lock {
            session: Session::new(link, Page(border.clone()), profile),
            border,
            executor: Executor::default(),
            aborts: RefCell::default(),
            started: Cell::default(),
        }))
    }
}

fn settle(lock: Rc<Lock>, call: u32, work: Boxed<'static, Result<String>>) -> Boxed<'static, ()> {
    Box::pin(async move {
        let number = lock.started.get().wrapping_add(1);
        lock.started.set(number);
        let outcome = work.await;
        lock.aborts.borrow_mut().retain(|(one, _)| *one != call);
        match outcome {
            Ok(json) => lock.border.host.settle(call, false, &json),
            Err(error) => lock.border.host.settle(call, true, &view::error(&error)),
        }
        Page(lock.border.clone()).sleep(IDLE).await;
        if lock.started.get() == number {
            // A lock that is gone has forgotten the PIN by itself.
            let _ = lock.session.rest().await;
        }
    })
}
