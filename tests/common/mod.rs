//! A world for sessions: a clock that only moves when everybody waits, and virtual locks behind faulty cables.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use calock::certificate::PublicKey;
use calock::error::Result;
use calock::frame::longmai::{self, Assembler, Direction, Report};
use calock::link::{ReportLink, Reports};
use calock::lock::profile;
use calock::session::{Environment, Person, PinAnswer, PinQuestion, Session, Step};
use calock::signature;
use calock::virtual_lock::{Algorithm, Ca, Description, Device, HolderDescription, HolderKind, LockFile, issue};
use calock::wait::Flag;

/// 2026-06-01T00:00:00Z.
pub const NOW: u64 = 1_780_272_000;

/// A clock of its own: it jumps to the next timer when nobody can go on without it.
#[derive(Clone, Default)]
pub struct Clock(Rc<RefCell<ClockState>>);

#[derive(Default)]
struct ClockState {
    now: Duration,
    timers: Vec<(Duration, Waker)>,
}

impl Clock {
    pub fn elapsed(&self) -> Duration {
        self.0.borrow().now
    }

    pub async fn sleep(&self, duration: Duration) {
        let until = self.elapsed() + duration;
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            if state.now >= until {
                return Poll::Ready(());
            }
            state.timers.push((until, cx.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// Runs a future to its end. Panics when it waits for something that will never come: a promise that does not settle.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return value;
                }
            }
            let next = self.0.borrow().timers.iter().map(|(until, _)| *until).min();
            let next = next.expect("nobody will ever wake this future: it would hang for ever");
            assert!(next < Duration::from_secs(3600), "a step waits for an hour");
            let due = {
                let mut state = self.0.borrow_mut();
                state.now = state.now.max(next);
                let (due, later) = std::mem::take(&mut state.timers).into_iter().partition(|(until, _)| *until <= next);
                state.timers = later;
                let due: Vec<(Duration, Waker)> = due;
                due
            };
            due.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The lock is pulled out before the command reaches it.
    UnplugBefore,
    /// The lock is pulled out after it did its work, before its answer arrives.
    UnplugAfter,
    /// The lock never answers.
    Silent,
    /// Sending never ends, as a pulled-out lock's `sendReport` does in Chromium.
    SendHangs,
    /// The answer's header is damaged.
    Garbled,
    /// The answer's last report is lost.
    Truncated,
    /// The answer carries another sequence byte: it is somebody else's.
    Stranger,
    /// The answer is one byte long.
    NoStatus,
    /// The caller aborts while the lock works.
    Abort,
}

impl Fault {
    pub const ALL: [Self; 9] = [
        Self::UnplugBefore,
        Self::UnplugAfter,
        Self::Silent,
        Self::SendHangs,
        Self::Garbled,
        Self::Truncated,
        Self::Stranger,
        Self::NoStatus,
        Self::Abort,
    ];
}

/// A cable between session and virtual lock that spoils one exchange.
pub struct Cable {
    device: Rc<RefCell<Device>>,
    host: RefCell<Assembler>,
    inbox: RefCell<Vec<Report>>,
    pub fault: Cell<Option<(u32, Fault)>>,
    pub exchanges: Cell<u32>,
    /// The APDUs that reached the lock.
    pub sent: RefCell<Vec<Vec<u8>>>,
    pub unplugged: Flag,
    pub abort: Flag,
    pub entered: Cell<u32>,
    pub closed: Cell<bool>,
    /// The device is never closed, as one that was pulled out.
    pub closing_hangs: Cell<bool>,
}

impl Cable {
    pub fn new(device: Rc<RefCell<Device>>) -> Rc<Self> {
        Rc::new(Self {
            device,
            host: RefCell::default(),
            inbox: RefCell::default(),
            fault: Cell::new(None),
            exchanges: Cell::new(0),
            sent: RefCell::default(),
            unplugged: Flag::default(),
            abort: Flag::default(),
            entered: Cell::new(0),
            closed: Cell::new(false),
            closing_hangs: Cell::new(false),
        })
    }

    /// How often an instruction reached the lock.
    pub fn count(&self, instruction: u8) -> usize {
        self.sent.borrow().iter().filter(|apdu| apdu.get(1) == Some(&instruction)).count()
    }

    fn fault_now(&self) -> Option<Fault> {
        self.fault.get().filter(|(at, _)| *at == self.exchanges.get()).map(|(_, fault)| fault)
    }

    fn deliver(&self, fault: Option<Fault>) {
        let mut reports: Vec<Report> = std::iter::from_fn(|| self.device.borrow_mut().read()).collect();
        match fault {
            None => {}
            Some(Fault::Garbled) => reports[0][1] ^= 0xFF,
            Some(Fault::Truncated) => drop(reports.pop()),
            Some(Fault::Stranger) => reports[0][20] = reports[0][20].wrapping_add(77),
            Some(Fault::NoStatus) => {
                let sequence = reports[0][20];
                reports = longmai::encode(Direction::Response, sequence, &[0x90]).unwrap().to_vec();
            }
            Some(_) => reports.clear(),
        }
        self.inbox.borrow_mut().extend(reports);
    }
}

/// The session's end of a [`Cable`].
pub struct Plug(pub Rc<Cable>);

impl Reports for Plug {
    async fn enter(&self) -> Result<()> {
        self.0.entered.set(self.0.entered.get() + 1);
        Ok(())
    }

    fn leave(&self) {
        self.0.entered.set(self.0.entered.get() - 1);
    }

    async fn close(&self) {
        if self.0.closing_hangs.get() {
            return std::future::pending().await;
        }
        self.0.closed.set(true);
    }

    fn abandon(&self, reports: &[Report]) {
        reports.iter().for_each(|report| self.0.device.borrow_mut().write(report));
        self.0.closed.set(true);
    }

    async fn send(&self, report: &[u8]) -> Result<()> {
        let cable = &self.0;
        let whole = cable.host.borrow_mut().feed(report).unwrap();
        let Some(message) = whole else {
            cable.device.borrow_mut().write(report);
            return Ok(());
        };
        cable.exchanges.set(cable.exchanges.get() + 1);
        let fault = cable.fault_now();
        if fault == Some(Fault::SendHangs) {
            return std::future::pending().await;
        }
        if fault == Some(Fault::UnplugBefore) {
            cable.device.borrow_mut().unplug();
            cable.unplugged.raise();
            return std::future::pending().await;
        }
        cable.sent.borrow_mut().push(message.apdu.to_vec());
        cable.device.borrow_mut().write(report);
        cable.deliver(fault);
        match fault {
            Some(Fault::UnplugAfter) => {
                cable.device.borrow_mut().unplug();
                cable.unplugged.raise();
            }
            Some(Fault::Abort) => cable.abort.raise(),
            _ => {}
        }
        Ok(())
    }

    async fn receive(&self) -> Result<Vec<u8>> {
        let next = {
            let mut inbox = self.0.inbox.borrow_mut();
            if inbox.is_empty() { None } else { Some(inbox.remove(0)) }
        };
        match next {
            Some(report) => Ok(report.to_vec()),
            None => std::future::pending().await,
        }
    }

    fn drain(&self) {
        self.0.inbox.borrow_mut().clear();
    }
}

/// The test's clock and the crate's own verification.
pub struct TestEnvironment(pub Clock);

impl Environment for TestEnvironment {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.0.sleep(duration)
    }

    fn now(&self) -> u64 {
        NOW
    }

    async fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
        signature::verify(key, message, signature)
    }
}

/// Somebody who types the same PIN each time and remembers what was asked.
pub struct Typist {
    pub pin: Cell<&'static str>,
    pub spend_last_try: Cell<bool>,
    pub asked: RefCell<Vec<PinQuestion>>,
    pub steps: RefCell<Vec<String>>,
}

impl Typist {
    pub fn typing(pin: &'static str) -> Self {
        Self {
            pin: Cell::new(pin),
            spend_last_try: Cell::new(false),
            asked: RefCell::default(),
            steps: RefCell::default(),
        }
    }
}

impl Person for Typist {
    async fn pin(&self, question: PinQuestion) -> Result<PinAnswer> {
        self.asked.borrow_mut().push(question);
        let pin = calock::secret::Pin::new(self.pin.get().as_bytes())?;
        Ok(PinAnswer { pin, spend_last_try: self.spend_last_try.get() })
    }

    fn step(&self, step: Step<'_>) {
        let name = format!("{step:?}");
        let name = name.split(['(', ' ']).next().unwrap_or_default().to_owned();
        self.steps.borrow_mut().push(name);
    }
}

/// A plugged-in virtual lock and the session with it.
pub struct Bench {
    pub clock: Clock,
    pub cable: Rc<Cable>,
    pub device: Rc<RefCell<Device>>,
    pub session: Session<ReportLink<Plug>, TestEnvironment>,
}

impl Bench {
    pub fn new(file: &LockFile) -> Self {
        let device = Rc::new(RefCell::new(Device::new(file).unwrap()));
        Self::plug(device, Clock::default())
    }

    /// Plugs a device in: also one that was pulled out before.
    pub fn plug(device: Rc<RefCell<Device>>, clock: Clock) -> Self {
        let cable = Cable::new(device.clone());
        let profile = profile::find(0x055C, 0xE618, &[(0xFFA0, 1)]).unwrap();
        let link = ReportLink::new(Plug(cable.clone()), 32);
        let session = Session::new(link, TestEnvironment(clock.clone()), profile);
        Self { clock, cable, device, session }
    }

    /// Runs a future while the cable's unplugging reaches the session, as the browser's event does.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let watch = async {
            self.cable.unplugged.raised().await;
            self.session.unplug();
            std::future::pending::<T>().await
        };
        self.clock.run(calock::wait::race(watch, future))
    }
}

/// An enterprise with valid check digits that does not exist.
pub fn enterprise(algorithm: Algorithm) -> Description {
    Description {
        holder: HolderDescription {
            name: "测试样例建设有限公司".into(),
            uscc: Some("91110000MA0CAL0C8K".into()),
            province: Some("北京市".into()),
            ..HolderDescription::default()
        },
        kind: HolderKind::Enterprise,
        algorithm,
        ..Description::default()
    }
}

/// A lock file made from a description with a fresh CA.
pub fn lock_file(description: &Description) -> LockFile {
    issue(description, &mut Ca::generate("calock test CA", NOW).unwrap(), NOW).unwrap()
}
