//! Where a lock is plugged in, and what can be done with it there.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::identity::Identity;
use super::introduction::Introduction;
use super::orders::Happening;
use super::wire::{self, Line};
use super::{Face, Speaking, advice, uhid, vhci};

/// A place for one lock. Errors are for the person who gave the order.
pub(super) trait Socket {
    /// Plugs it in.
    fn plug(&mut self) -> Result<(), String>;
    /// Pulls it out.
    fn unplug(&mut self) -> Result<(), String>;
    /// Injects a fault, or takes all back.
    fn fault(&mut self, fault: Option<&str>) -> Result<(), String>;
    /// The device plugged in as the n-th is gone; whether that is news.
    fn gone(&mut self, time: u32) -> bool;
    /// The end: nothing is left behind.
    fn end(&mut self);
}

/// Whether this kernel takes a device with this face from a program.
pub(super) fn kernel_has(face: Face) -> bool {
    match face {
        Face::Hid => Path::new(uhid::NODE).exists(),
        Face::Ccid => vhci::there(),
    }
}

/// The machine itself.
pub(super) struct OnMachine {
    /// Where the lock takes the streams of its hosts from.
    hosts: Sender<io::Result<UnixStream>>,
    classes: Vec<u8>,
    happenings: Sender<Happening>,
    times: u32,
    device: Option<(Arc<Line>, JoinHandle<()>)>,
}

impl OnMachine {
    pub(super) fn new(lock: Speaking, classes: &[u8], happenings: Sender<Happening>) -> Self {
        let (hosts, streams) = channel();
        thread::spawn(move || lock.serve(streams));
        Self { hosts, classes: classes.to_vec(), happenings, times: 0, device: None }
    }

    fn plug_in(&mut self) -> io::Result<()> {
        let (mut stream, locks) = UnixStream::pair()?;
        self.hosts.send(Ok(locks)).map_err(io::Error::other)?;
        let who = Introduction::read(&mut stream)?;
        let line = Arc::new(Line::new(stream.try_clone()?));
        let identity = Identity::new(who.clone(), &self.classes).map_err(io::Error::other)?;
        let place = format!("calock-plug-{}/{}", std::process::id(), self.times);
        let device = match who.face {
            Face::Hid => uhid::plug(stream, line.clone(), &who, &place)?,
            Face::Ccid => vhci::plug(stream, line.clone(), identity)?,
        };
        self.times += 1;
        let (time, happenings) = (self.times, self.happenings.clone());
        let watched = thread::spawn(move || {
            let _ = device.join();
            let _ = happenings.send(Happening::Gone(time));
        });
        self.device = Some((line, watched));
        advice::plugged(&who, node(&who, &place).as_deref());
        Ok(())
    }
}

impl Socket for OnMachine {
    fn plug(&mut self) -> Result<(), String> {
        match self.device {
            Some(_) => Err("已插入 · it is plugged in".into()),
            None => self.plug_in().map_err(|error| error.to_string()),
        }
    }

    fn unplug(&mut self) -> Result<(), String> {
        let (line, watched) = self.device.take().ok_or("未插入 · it is not plugged in")?;
        line.shut();
        watched.join().map_err(|_| "the device did not end well".into())
    }

    fn fault(&mut self, fault: Option<&str>) -> Result<(), String> {
        let (line, _) = self.device.as_ref().ok_or("未插入 · it is not plugged in")?;
        let told = match fault {
            Some(fault) => line.tell(wire::FAULT, fault.as_bytes()),
            None => line.tell(wire::CLEAR, &[]),
        };
        told.map_err(|error| error.to_string())
    }

    fn gone(&mut self, time: u32) -> bool {
        time == self.times && self.device.take().is_some()
    }

    fn end(&mut self) {
        let _ = self.unplug();
    }
}

/// The file in /dev that a browser opens, where it is easy to tell: the kernel makes it a moment later.
fn node(who: &Introduction, place: &str) -> Option<String> {
    let deadline = Instant::now() + Duration::from_secs(1);
    while who.face == Face::Hid && Instant::now() < deadline {
        if let Some(node) = advice::hidraw(place) {
            return Some(node);
        }
        thread::sleep(Duration::from_millis(20));
    }
    None
}
