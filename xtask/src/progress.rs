//! What people see while something takes its time: which step of how many, and the seconds since the start.

use std::time::Instant;

/// A numbered list of steps that is being worked through.
pub(crate) struct Progress {
    start: Instant,
    total: usize,
    step: usize,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self { start: Instant::now(), total, step: 0 }
    }

    /// Announces the next step.
    pub(crate) fn step(&mut self, title: &str) {
        self.step += 1;
        println!("[{}/{}] {:6.1} s  {title}", self.step, self.total, self.seconds());
    }

    /// Says that all is done.
    pub(crate) fn done(&self, what: &str) {
        println!("      {:6.1} s  {what}", self.seconds());
    }

    fn seconds(&self) -> f32 {
        self.start.elapsed().as_secs_f32()
    }
}
