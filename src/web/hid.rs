//! Reports over WebHID.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

use super::browser::{HidDevice, InputReportEvent};
use super::environment::sleep;
use super::page_lock::PageLock;
use crate::error::{Code, Error, Result};
use crate::frame::longmai::Report;
use crate::link::Reports;

/// Other programs let go of a device slowly, so opening is tried again a few times.
const OPEN_PAUSES: [u64; 4] = [0, 100, 300, 600];

/// Longer than any answer; a device that floods the page loses its oldest reports.
const INBOX: usize = 4096;

/// A `HIDDevice` that is opened when first needed.
pub(super) struct HidReports {
    device: HidDevice,
    name: String,
    inbox: Rc<Inbox>,
    listener: Closure<dyn FnMut(InputReportEvent)>,
    listening: Cell<bool>,
    page_lock: RefCell<Option<PageLock>>,
}

#[derive(Default)]
struct Inbox {
    reports: RefCell<VecDeque<Vec<u8>>>,
    waiting: Cell<Option<Waker>>,
}

impl HidReports {
    pub(super) fn new(device: HidDevice) -> Self {
        let inbox = Rc::new(Inbox::default());
        let filled = inbox.clone();
        let listener = Closure::new(move |event: InputReportEvent| {
            let view = event.data();
            let bytes = Uint8Array::new_with_byte_offset_and_length(
                &view.buffer(),
                u32::try_from(view.byte_offset()).unwrap_or(0),
                u32::try_from(view.byte_length()).unwrap_or(0),
            );
            let mut reports = filled.reports.borrow_mut();
            if reports.len() == INBOX {
                reports.pop_front();
            }
            reports.push_back(bytes.to_vec());
            drop(reports);
            if let Some(waker) = filled.waiting.take() {
                waker.wake();
            }
        });
        // WebHID tells no serial number, so locks of one model share a turn.
        let mut name = String::from("calock:");
        for id in [device.vendor_id(), device.product_id()] {
            name.push_str(&crate::hash::hex(&id.to_be_bytes()));
        }
        Self { device, name, inbox, listener, listening: Cell::new(false), page_lock: RefCell::new(None) }
    }

    fn listener(&self) -> &Function {
        self.listener.as_ref().unchecked_ref()
    }

    async fn open(&self) -> Result<()> {
        if !self.listening.replace(true) {
            self.device.add_listener("inputreport", self.listener());
        }
        for pause in OPEN_PAUSES {
            sleep(Duration::from_millis(pause)).await;
            // Also true when the page itself, or the attempt before, opened it meanwhile.
            if self.device.opened() {
                return Ok(());
            }
            if settled(self.device.open()).await.is_ok() {
                return Ok(());
            }
        }
        Err(Error::because(Code::OpenFailed, "the browser cannot open the device"))
    }

    fn stop_listening(&self) {
        if self.listening.replace(false) {
            self.device.remove_listener("inputreport", self.listener());
        }
    }
}

impl Reports for HidReports {
    async fn enter(&self) -> Result<()> {
        let page_lock = PageLock::take(&self.name).await?;
        self.open().await?;
        *self.page_lock.borrow_mut() = Some(page_lock);
        Ok(())
    }

    fn leave(&self) {
        self.page_lock.borrow_mut().take();
    }

    async fn close(&self) {
        self.stop_listening();
        // What cannot be closed is gone already.
        let _ = settled(self.device.close()).await;
        self.page_lock.borrow_mut().take();
    }

    fn abandon(&self, reports: &[Report]) {
        self.stop_listening();
        for report in reports {
            forget(self.device.send_report(0, &Uint8Array::from(&report[..])));
        }
        forget(self.device.close());
        self.page_lock.borrow_mut().take();
    }

    async fn send(&self, report: &[u8]) -> Result<()> {
        settled(self.device.send_report(0, &Uint8Array::from(report)))
            .await
            .map(drop)
            .map_err(|_| Error::because(Code::Disconnected, "the browser cannot write to the lock"))
    }

    async fn receive(&self) -> Result<Vec<u8>> {
        poll_fn(|cx| match self.inbox.reports.borrow_mut().pop_front() {
            Some(report) => Poll::Ready(Ok(report)),
            None => {
                self.inbox.waiting.set(Some(cx.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }

    fn drain(&self) {
        self.inbox.reports.borrow_mut().clear();
    }
}

impl Drop for HidReports {
    fn drop(&mut self) {
        self.stop_listening();
    }
}

async fn settled(started: core::result::Result<Promise, JsValue>) -> core::result::Result<JsValue, JsValue> {
    JsFuture::from(started?).await
}

/// Lets a promise end by itself, without a report of its rejection: nobody is left to hear it.
fn forget(started: core::result::Result<Promise, JsValue>) {
    if let Ok(promise) = started {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}
