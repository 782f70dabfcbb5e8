//! The virtual lock in a page: the device side, for `virtual.js` to put behind a `HIDDevice`. Never in the production module.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::error::to_js;
use crate::apdu::Status;
use crate::error::{Code, Error};
use crate::virtual_lock::{Ca, Cable, Contents, Description, Event, Exchange, Fault, Plugged, Refused, issue};

/// A virtual lock on a cable.
#[wasm_bindgen]
pub struct VirtualLock {
    lock: RefCell<Plugged>,
}

#[wasm_bindgen]
impl VirtualLock {
    /// From a lock file's text; on USB when `usb` is true, as a HID device otherwise.
    ///
    /// # Errors
    /// `PARAMETER` when it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, usb: Option<bool>) -> Result<VirtualLock, JsValue> {
        let contents = Contents::read(text).map_err(to_js)?;
        let cable = if usb == Some(true) { Cable::Ccid } else { Cable::Hid };
        Ok(Self { lock: RefCell::new(Plugged::new(contents, cable)) })
    }

    /// Makes a lock file from a description's JSON, with a test CA made on the spot.
    ///
    /// # Errors
    /// `PARAMETER` when it is no description.
    pub fn describe(description: &str) -> Result<String, JsValue> {
        let description: Description = serde_json::from_str(description)
            .map_err(|_| to_js(Error::because(Code::Parameter, "not a lock description")))?;
        // Milliseconds since 1970 as a float: whole seconds fit u64 until long after the module's life.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let now = (js_sys::Date::now() / 1000.0) as u64;
        let made = Ca::generate("calock page CA", now).and_then(|mut ca| issue(&description, &mut ca, now));
        made.and_then(|file| file.to_json()).map_err(to_js)
    }

    /// What is inside, as a lock file with everything that was changed; `undefined` for contents that are never changed.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        match self.lock.borrow().contents() {
            Contents::Gmt0017(card) => card.to_file().and_then(|file| file.to_json()).ok(),
            _ => None,
        }
    }

    /// USB vendor id.
    #[wasm_bindgen(getter, js_name = vendorId)]
    #[must_use]
    pub fn vendor_id(&self) -> u16 {
        self.lock.borrow().identity().vendor
    }

    /// USB product id.
    #[wasm_bindgen(getter, js_name = productId)]
    #[must_use]
    pub fn product_id(&self) -> u16 {
        self.lock.borrow().identity().product
    }

    /// USB product string.
    #[wasm_bindgen(getter, js_name = productName)]
    #[must_use]
    pub fn product_name(&self) -> String {
        self.lock.borrow().identity().product_name.to_owned()
    }

    /// USB manufacturer string.
    #[wasm_bindgen(getter, js_name = manufacturerName)]
    #[must_use]
    pub fn manufacturer_name(&self) -> String {
        self.lock.borrow().identity().manufacturer.to_owned()
    }

    /// USB serial number string; `undefined` for a face that shows none.
    #[wasm_bindgen(getter, js_name = serialNumber)]
    #[must_use]
    pub fn serial_number(&self) -> Option<String> {
        self.lock.borrow().identity().serial
    }

    /// The configuration descriptor; `undefined` for a lock that is not on USB with a face of its own.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn configuration(&self) -> Option<Vec<u8>> {
        self.lock.borrow().reader().map(|(_, configuration)| configuration)
    }

    /// What is inside, by the label that its maker gave it.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn title(&self) -> String {
        self.lock.borrow().contents().card().title()
    }

    /// Its serial number; `undefined` for contents that have none.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn serial(&self) -> Option<String> {
        self.lock.borrow().contents().card().serial()
    }

    /// PIN tries left; `undefined` for contents that have no PIN.
    #[wasm_bindgen(getter, js_name = triesLeft)]
    #[must_use]
    pub fn tries_left(&self) -> Option<u8> {
        self.lock.borrow().contents().card().tries_left()
    }

    /// Whether it is plugged in.
    #[wasm_bindgen(getter, js_name = isPlugged)]
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.lock.borrow().is_plugged()
    }

    /// Plugs it in again; it is plugged in when it is made.
    pub fn plug(&self) {
        self.lock.borrow_mut().plug();
    }

    /// Pulls it out: what was opened and proven is forgotten.
    pub fn unplug(&self) {
        self.lock.borrow_mut().unplug();
    }

    /// Opens the device: `opened`, `fails` or `taken`.
    #[must_use]
    pub fn open(&self) -> String {
        let outcome = match self.lock.borrow_mut().open() {
            Ok(()) => "opened",
            Err(Refused::Fails) => "fails",
            Err(Refused::Taken) => "taken",
        };
        outcome.to_owned()
    }

    /// Closes the device.
    pub fn close(&self) {
        self.lock.borrow_mut().close();
    }

    /// Takes one output report, and gives what follows, in order: bytes to deliver, a number of milliseconds to wait, `hang`,
    /// `stall` or `unplug`.
    #[must_use]
    pub fn send(&self, report: &[u8]) -> Vec<JsValue> {
        let events = self.lock.borrow_mut().send(report);
        events
            .into_iter()
            .map(|event| match event {
                Event::Deliver(bytes) => js_sys::Uint8Array::from(&bytes[..]).into(),
                Event::Wait(time) => (time.as_secs_f64() * 1000.0).into(),
                Event::Hang => "hang".into(),
                Event::Stall => "stall".into(),
                Event::Unplug => "unplug".into(),
            })
            .collect()
    }

    /// Has something go wrong: `KIND@WHEN[:UNTIL]`.
    ///
    /// # Errors
    /// `PARAMETER` when the text is no fault.
    pub fn inject(&self, fault: &str) -> Result<(), JsValue> {
        let fault: Fault = fault.parse().map_err(to_js)?;
        self.lock.borrow_mut().inject(fault);
        Ok(())
    }

    /// The faults that are still to strike, as text.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.lock.borrow().faults().iter().map(Fault::to_string).collect()
    }

    /// Takes all faults back.
    #[wasm_bindgen(js_name = clearFaults)]
    pub fn clear_faults(&self) {
        self.lock.borrow_mut().clear_faults();
    }

    /// The exchanges so far as a JSON list, without anything that has to be hidden: `number` since it was plugged in, `name` of the
    /// command (empty when unknown), `class` and `instruction` bytes, `sent` and `received` bytes, `status` word (both `null`
    /// without an answer), `fault` as text or `null`.
    ///
    /// # Errors
    /// `INTERNAL`, should serialisation fail.
    pub fn log(&self) -> Result<String, JsValue> {
        let lock = self.lock.borrow();
        let rows: Vec<Row<'_>> = lock.log().iter().map(Row::of).collect();
        serde_json::to_string(&rows).map_err(|_| to_js(Error::because(Code::Internal, "log")))
    }
}

/// One exchange as JSON.
#[derive(serde::Serialize)]
struct Row<'a> {
    number: u32,
    name: &'a str,
    class: u8,
    instruction: u8,
    sent: usize,
    received: Option<usize>,
    status: Option<u16>,
    fault: Option<String>,
}

impl<'a> Row<'a> {
    fn of(exchange: &'a Exchange) -> Self {
        let &Exchange { number, name, class, instruction, sent, answered, fault } = exchange;
        Self {
            number,
            name,
            class,
            instruction,
            sent,
            received: answered.map(|(bytes, _)| bytes),
            status: answered.map(|(_, Status(word))| word),
            fault: fault.map(|fault| fault.to_string()),
        }
    }
}
