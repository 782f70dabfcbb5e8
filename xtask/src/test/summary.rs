//! The table at the end of a test run.

use std::time::Duration;

use anyhow::Result;

use super::Outcome;

/// What became of each stage, in order.
#[derive(Default)]
pub(super) struct Summary {
    lines: Vec<Line>,
}

struct Line {
    stage: &'static str,
    verdict: &'static str,
    reason: String,
    seconds: f32,
}

const FAILED: &str = "FAILED";

impl Summary {
    /// Records how a stage ended, and says it at once.
    pub(super) fn add(&mut self, stage: &'static str, result: Result<Outcome>, time: Duration) {
        let (verdict, reason) = match result {
            Ok(Outcome::Passed) => ("ok", String::new()),
            Ok(Outcome::Skipped(reason)) => ("skipped", reason),
            Err(error) => (FAILED, format!("{error:#}")),
        };
        let line = Line { stage, verdict, reason, seconds: time.as_secs_f32() };
        println!("    {}", line.text());
        self.lines.push(line);
    }

    pub(super) fn failed(&self) -> bool {
        self.lines.iter().any(|line| line.verdict == FAILED)
    }

    pub(super) fn print(&self) {
        println!("\n=== summary");
        for line in &self.lines {
            println!("    {}", line.text());
        }
        let failed = self.lines.iter().filter(|line| line.verdict == FAILED).count();
        let seconds: f32 = self.lines.iter().map(|line| line.seconds).sum();
        println!("    {} stages, {failed} failed, {seconds:.0} s", self.lines.len());
    }
}

impl Line {
    fn text(&self) -> String {
        let text = format!("{:<8} {:<8} {:7.1} s  {}", self.stage, self.verdict, self.seconds, self.reason);
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_enough_and_a_skip_is_none() {
        let mut summary = Summary::default();
        summary.add("a", Ok(Outcome::Passed), Duration::from_secs(1));
        summary.add("b", Ok(Outcome::Skipped("no nightly".into())), Duration::ZERO);
        assert!(!summary.failed());
        summary.add("c", Err(anyhow::anyhow!("exit status: 1")), Duration::ZERO);
        assert!(summary.failed());
        assert!(summary.lines[2].text().contains("exit status: 1"));
    }
}
