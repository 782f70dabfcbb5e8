//! Runs the calls of one lock: all of them, after every event, until none can go on.
//!
//! A handful of calls at most are under way, so asking each of them costs less than remembering who waits for what.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Waker};

use crate::prelude::*;
use crate::wait::Boxed;

/// The calls under way.
#[derive(Default)]
pub(super) struct Executor {
    tasks: RefCell<Vec<Boxed<'static, ()>>>,
    woken: Arc<Woken>,
    running: Cell<bool>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Executor {
    /// Takes a call on and runs it as far as it goes.
    pub(super) fn start(&self, task: Boxed<'static, ()>) {
        self.tasks.borrow_mut().push(task);
        self.run();
    }

    /// Something happened: asks every call whether it can go on.
    pub(super) fn run(&self) {
        self.woken.0.store(true, Ordering::Relaxed);
        // An event that arrives out of a wish being made is noticed by the loop that is already running.
        if self.running.replace(true) {
            return;
        }
        let waker = Waker::from(self.woken.clone());
        let mut context = Context::from_waker(&waker);
        while self.woken.0.swap(false, Ordering::Relaxed) {
            // Calls that start meanwhile line up behind.
            let mut tasks = self.tasks.take();
            tasks.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
            self.tasks.borrow_mut().splice(0..0, tasks);
        }
        self.running.set(false);
    }
}
