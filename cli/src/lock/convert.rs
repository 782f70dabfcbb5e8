//! `calock lock convert`: captures of real traffic into scripts, scripts into reports, and anything into what may be shown.

mod capture;

use std::fmt::Write as _;
use std::path::PathBuf;

use calock::apdu::Instruction;
use calock::frame::longmai::{Assembler, Direction, REPORT, encode};
use calock::hash::hex_upper;
use calock::recording::Recorder;
use calock::script::{Exchange, Pattern, Script};
use clap::{Args, ValueEnum};

use self::capture::Transfer;
use crate::outcome::{Failure, Outcome};
use crate::private::{read, write};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 输入 · a script, a list of reports ("> hex", "< hex"), or a text that Bus Hound saved
    file: PathBuf,
    /// 输出 · where the result goes; standard output when absent
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 输出格式 · what to make of it
    #[arg(long, value_enum, default_value_t = Form::Script)]
    to: Form,
    /// 不遮盖 · keep PIN blocks, names, codes and keys as they are: for a lock with invented data only
    #[arg(long)]
    unmasked: bool,
    /// 型号 · profile that the script is of, where the input does not say
    #[arg(long, default_value = "gm3000")]
    profile: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// commands and answers
    Script,
    /// Longmai frames in reports of 64 bytes
    Reports,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let name = arguments.file.display();
    let text = read(&arguments.file)?.ok_or_else(|| Failure::unusable(&name, "no such file"))?;
    let mut script = if Script::is_begun_by(&text) {
        Script::parse(&text).map_err(|malformed| Failure::unusable(&name, malformed))?
    } else {
        let transfers = capture::read(&text).map_err(|unread| Failure::unusable(&name, unread))?;
        let (exchanges, ignored) = exchanges(&transfers);
        if exchanges.is_empty() {
            return Err(Failure::unusable(&name, "no command in Longmai frames is in it"));
        }
        if ignored > 0 {
            eprintln!("calock: {ignored} reports belong to no exchange");
        }
        Script { profile: Some(arguments.profile.clone()), exchanges, ..Script::default() }
    };
    if !arguments.unmasked {
        script.exchanges = masked(&script);
    }
    for Exchange { note, command, .. } in &mut script.exchanges {
        *note = Instruction::of(&command.filled(0)).map_or("", |instruction| instruction.name).to_owned();
    }
    let made = match arguments.to {
        Form::Script => script.to_string(),
        Form::Reports => {
            reports(&script).ok_or_else(|| Failure::unusable(&name, "an APDU is too long for its frame"))?
        }
    };
    match &arguments.output {
        Some(path) => write(path, &made),
        None => {
            print!("{made}");
            Ok(())
        }
    }
}

/// Puts reports together to commands and answers. Also gives the number of reports that are part of none: of other devices and
/// programs, and cut off ones.
fn exchanges(transfers: &[Transfer]) -> (Vec<Exchange>, usize) {
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut waiting = None;
    let mut used = 0;
    let (mut out, mut back) = (Assembler::default(), Assembler::default());
    for Transfer { line, direction, bytes } in transfers {
        let assembler = if *direction == Direction::Request { &mut out } else { &mut back };
        let Ok(Some(message)) = assembler.feed(bytes) else { continue };
        let count = encode(*direction, message.sequence, &message.apdu).map_or(0, |reports| reports.len());
        match message.direction {
            _ if message.direction != *direction => continue,
            Direction::Request if message.apdu.len() >= 4 => {
                let command = Pattern::known(&message.apdu);
                exchanges.push(Exchange { line: *line, note: String::new(), command, answer: None });
                waiting = Some(message.sequence);
            }
            Direction::Response if waiting == Some(message.sequence) && message.apdu.len() >= 2 => {
                waiting = None;
                if let Some(last) = exchanges.last_mut() {
                    last.answer = Some(Pattern::known(&message.apdu));
                }
            }
            _ => continue,
        }
        used += count;
    }
    (exchanges, transfers.len().saturating_sub(used))
}

/// What may be shown of a script's exchanges; what is masked already stays so.
fn masked(script: &Script) -> Vec<Exchange> {
    let mut recorder = Recorder::unbounded("");
    for Exchange { command, answer, .. } in &script.exchanges {
        recorder.sent(&command.filled(0));
        if let Some(answer) = answer {
            recorder.received(&answer.filled(script.masked));
        }
    }
    let recording = recorder.finish();
    let shown = recording.script().exchanges.iter().cloned();
    let like = |(shown, original): (Exchange, &Exchange)| Exchange {
        command: shown.command.masked_like(&original.command),
        answer: shown.answer.zip(original.answer.as_ref()).map(|(shown, original)| shown.masked_like(original)),
        ..shown
    };
    shown.zip(&script.exchanges).map(like).collect()
}

/// A line a report, `>` to the lock and `<` from it; `None` when an APDU is too long. Masked bytes are written as they are played.
fn reports(script: &Script) -> Option<String> {
    /// With which the captured host begins (reference: token.md 3.3).
    const FIRST_SEQUENCE: u8 = 32;
    let mut text = String::new();
    let mut sequence = FIRST_SEQUENCE;
    for Exchange { command, answer, .. } in &script.exchanges {
        let answer = answer.as_ref().map(|answer| (Direction::Response, answer.filled(script.masked)));
        for (direction, apdu) in [Some((Direction::Request, command.filled(0))), answer].into_iter().flatten() {
            let mark = if direction == Direction::Request { '>' } else { '<' };
            for report in encode(direction, sequence, &apdu).ok()?.iter() {
                debug_assert_eq!(report.len(), REPORT);
                writeln!(text, "{mark} {}", hex_upper(report)).ok()?;
            }
        }
        sequence = sequence.wrapping_add(1);
    }
    Some(text)
}
