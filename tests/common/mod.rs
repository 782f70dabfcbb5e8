//! A world for sessions: a clock that only moves when everybody waits, and virtual locks behind faulty cables.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

pub mod direct;
pub mod openssl;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use calock::certificate::PublicKey;
use calock::error::Code;
use calock::frame::ccid::Reader;
use calock::frame::longmai::Report;
use calock::link::{AnyLink, CcidLink, Pipes, ReportLink, Reports, Transfer};
use calock::lock::profile::Face;
use calock::lock::{Profile, profile};
use calock::session::{Environment, LoginRequest, Person, PinAnswer, PinQuestion, Session, Step};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{
    Algorithm, Ca, Cable, Contents, Description, Event, HolderDescription, HolderKind, LockFile, Plugged, issue,
};
use calock::wait::{Flag, race};

/// 2026-06-01T00:00:00Z.
pub const NOW: u64 = 1_780_272_000;
/// The same in the backend's words.
pub const TIME: &str = "2026-06-01T00:00:00Z";
/// Whose page it is.
pub const ORIGIN: &str = "https://portal.example.cn";
/// The backend's nonce.
pub const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A login as a portal asks for it, with any certificate or only with this one.
pub fn request(certificate: Option<&str>) -> LoginRequest<'_> {
    let (origin, nonce, time) = (ORIGIN, NONCE, TIME);
    LoginRequest { purpose: Purpose::Login, origin, nonce, time, account: None, payload: None, certificate }
}

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

/// A port that a virtual lock is plugged into: the host's end of its cable.
pub struct Port {
    lock: Rc<RefCell<Plugged>>,
    clock: Clock,
    /// What is still to happen, and from when on, in the order in which it was caused.
    coming: RefCell<Vec<(Duration, VecDeque<Event>)>>,
    inbox: RefCell<VecDeque<Vec<u8>>>,
    /// Everything sent, without the tag bytes of the reports.
    pub wire: RefCell<Vec<u8>>,
    /// The caller aborts when this exchange was sent.
    pub abort_at: Cell<Option<u32>>,
    pub abort: Flag,
    pub unplugged: Flag,
    pub entered: Cell<u32>,
    pub closed: Cell<bool>,
    /// The device is never closed, as one that was pulled out.
    pub closing_hangs: Cell<bool>,
    /// This many of the next bulk-IN transfers stall.
    pub stalls: Cell<u32>,
    /// How often a stall was cleared.
    pub cleared: Cell<u32>,
}

impl Port {
    pub fn new(lock: Rc<RefCell<Plugged>>, clock: Clock) -> Rc<Self> {
        lock.borrow_mut().plug();
        Rc::new(Self {
            lock,
            clock,
            coming: RefCell::default(),
            inbox: RefCell::default(),
            wire: RefCell::default(),
            abort_at: Cell::new(None),
            abort: Flag::default(),
            unplugged: Flag::default(),
            entered: Cell::new(0),
            closed: Cell::new(false),
            closing_hangs: Cell::new(false),
            stalls: Cell::new(0),
            cleared: Cell::new(0),
        })
    }

    fn enter(&self) -> calock::Result<()> {
        let mut lock = self.lock.borrow_mut();
        if !lock.is_open() {
            lock.open().map_err(|_| Code::OpenFailed)?;
        }
        self.entered.set(self.entered.get() + 1);
        Ok(())
    }

    fn leave(&self) {
        self.entered.set(self.entered.get() - 1);
    }

    async fn close(&self) {
        if self.closing_hangs.get() {
            return std::future::pending().await;
        }
        self.lock.borrow_mut().close();
        self.closed.set(true);
    }

    fn abandon<'f>(&self, frames: impl Iterator<Item = &'f [u8]>) {
        frames.for_each(|frame| drop(self.lock.borrow_mut().send(frame)));
        self.lock.borrow_mut().close();
        self.closed.set(true);
    }

    /// `stalled`: how a page's host tells that the frame was refused.
    async fn send(&self, frame: &[u8], stalled: Code) -> calock::Result<()> {
        let before = self.exchanges();
        let events = self.lock.borrow_mut().send(frame);
        if self.exchanges() > before && self.abort_at.get() == Some(self.exchanges()) {
            self.abort.raise();
        }
        let taken = events.first().cloned();
        self.coming.borrow_mut().push((self.clock.elapsed(), events.into()));
        turn().await;
        match taken {
            Some(Event::Hang) => std::future::pending().await,
            Some(Event::Stall) => Err(stalled.into()),
            _ => Ok(()),
        }
    }

    async fn receive(&self) -> Vec<u8> {
        poll_fn(|_| self.inbox.borrow_mut().pop_front().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Exchanges since the lock was plugged in.
    pub fn exchanges(&self) -> u32 {
        self.lock.borrow().log().last().map_or(0, |exchange| exchange.number)
    }

    /// How often an instruction was sent to the lock, whatever became of it.
    pub fn count(&self, instruction: u8) -> usize {
        self.lock.borrow().log().iter().filter(|exchange| exchange.instruction == instruction).count()
    }

    /// Lets one thing happen that is due. Without one says when the next is due, if any.
    fn step(&self) -> Result<(), Option<Duration>> {
        let now = self.clock.elapsed();
        let mut coming = self.coming.borrow_mut();
        coming.retain(|(_, events)| !events.is_empty());
        let Some((from, events)) = coming.iter_mut().filter(|(from, _)| *from <= now).min_by_key(|(from, _)| *from)
        else {
            return Err(coming.iter().map(|(from, _)| *from).min());
        };
        match events.pop_front() {
            Some(Event::Deliver(bytes)) => self.inbox.borrow_mut().push_back(bytes),
            Some(Event::Wait(time)) => *from += time,
            Some(Event::Unplug) => self.unplugged.raise(),
            Some(Event::Hang | Event::Stall) | None => {}
        }
        Ok(())
    }

    /// Lets everything happen in its time, one event a turn, as a browser's queue of tasks does.
    async fn pump<T>(&self) -> T {
        loop {
            match self.step() {
                Ok(()) => turn().await,
                Err(None) => poll_fn(|_| self.idle()).await,
                Err(Some(due)) => {
                    let sleep = self.clock.sleep(due.saturating_sub(self.clock.elapsed()));
                    race(sleep, poll_fn(|_| self.idle())).await;
                }
            }
        }
    }

    /// Ends when something is due. Whoever causes something wakes everybody.
    fn idle(&self) -> Poll<()> {
        let now = self.clock.elapsed();
        let due = self.coming.borrow().iter().any(|(from, events)| *from <= now && !events.is_empty());
        if due { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Lets everybody else have a turn.
async fn turn() {
    let mut had = false;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if std::mem::replace(&mut had, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// The session's end of a [`Port`].
pub struct Plug(pub Rc<Port>);

impl Reports for Plug {
    async fn enter(&self) -> calock::Result<()> {
        self.0.enter()
    }

    fn leave(&self) {
        self.0.leave();
    }

    fn close(&self) -> impl Future<Output = ()> {
        self.0.close()
    }

    fn abandon(&self, reports: &[Report]) {
        self.0.abandon(reports.iter().map(|report| &report[..]));
    }

    fn send(&self, report: &[u8]) -> impl Future<Output = calock::Result<()>> {
        self.0.wire.borrow_mut().extend_from_slice(&report[1..]);
        self.0.send(report, Code::Disconnected)
    }

    async fn receive(&self) -> calock::Result<Vec<u8>> {
        Ok(self.0.receive().await)
    }

    fn drain(&self) {
        self.0.inbox.borrow_mut().clear();
    }
}

impl Pipes for Plug {
    async fn enter(&self) -> calock::Result<()> {
        self.0.enter()
    }

    fn leave(&self) {
        self.0.leave();
    }

    fn close(&self) -> impl Future<Output = ()> {
        self.0.close()
    }

    fn abandon(&self, message: Option<&[u8]>) {
        self.0.abandon(message.into_iter());
    }

    async fn reader(&self) -> calock::Result<Reader> {
        let (_, configuration) = self.0.lock.borrow().reader().ok_or(Code::LockUnknown)?;
        Reader::find(&configuration, 0).ok_or(Code::LockUnknown.into())
    }

    fn send(&self, message: &[u8]) -> impl Future<Output = calock::Result<()>> {
        self.0.wire.borrow_mut().extend_from_slice(message);
        self.0.send(message, Code::BadFrame)
    }

    async fn receive(&self, most: usize) -> calock::Result<Transfer> {
        if self.0.stalls.get() > 0 {
            self.0.stalls.set(self.0.stalls.get() - 1);
            return Ok(Transfer::Stall);
        }
        let bytes = self.0.receive().await;
        Ok(if bytes.len() > most { Transfer::Babble } else { Transfer::Data(bytes.into()) })
    }

    async fn clear_stall(&self) -> calock::Result<()> {
        self.0.cleared.set(self.0.cleared.get() + 1);
        Ok(())
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

    async fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> calock::Result<()> {
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
    async fn pin(&self, question: PinQuestion) -> calock::Result<PinAnswer> {
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
    pub port: Rc<Port>,
    pub lock: Rc<RefCell<Plugged>>,
    pub session: Session<AnyLink<Plug, Plug>, TestEnvironment>,
}

impl Bench {
    /// A lock over HID.
    pub fn new(file: &LockFile) -> Self {
        Self::on(Cable::Hid, file)
    }

    /// The same lock on USB.
    pub fn on_usb(file: &LockFile) -> Self {
        Self::on(Cable::Ccid, file)
    }

    pub fn on(cable: Cable, file: &LockFile) -> Self {
        let contents = Contents::new(file).unwrap();
        Self::plug(Rc::new(RefCell::new(Plugged::new(contents, cable))), Clock::default())
    }

    /// Plugs a lock in: also one that was pulled out before.
    pub fn plug(lock: Rc<RefCell<Plugged>>, clock: Clock) -> Self {
        let (usb, cable) = (lock.borrow().identity(), lock.borrow().cable());
        let profile = match cable {
            Cable::Hid => profile::find(usb.vendor, usb.product, &[(0xFFA0, 1)]),
            Cable::Ccid => profile::find_usb(usb.vendor, usb.product),
        };
        Self::plug_as(profile.unwrap(), lock, clock)
    }

    /// The same for a lock that is taken for another model.
    pub fn plug_as(profile: &'static Profile, lock: Rc<RefCell<Plugged>>, clock: Clock) -> Self {
        let port = Port::new(lock.clone(), clock.clone());
        let plug = Plug(port.clone());
        let link = match profile.face {
            Face::Hid { .. } => AnyLink::Reports(ReportLink::new(plug, 32)),
            Face::Usb => AnyLink::Ccid(CcidLink::new(plug, profile.form)),
        };
        let session = Session::new(link, TestEnvironment(clock.clone()), profile);
        Self { clock, port, lock, session }
    }

    /// PIN tries left in the lock.
    pub fn tries_left(&self) -> Option<u8> {
        self.lock.borrow().contents().card().tries_left()
    }

    /// Runs a future while what the lock does reaches the session, its unplugging as the browser's event does.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let watch = async {
            self.port.unplugged.raised().await;
            self.session.unplug();
            std::future::pending::<T>().await
        };
        self.clock.run(race(self.port.pump(), race(watch, future)))
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
