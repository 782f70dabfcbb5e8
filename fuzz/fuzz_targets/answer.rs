//! Answers that take several exchanges (6A9E, 61xx, 6Cxx): a lock that says anything in any order never makes the collector
//! panic, run for ever, or send a command that is no APDU.
//!
//! Input: `form, n, n bytes of a command, then (length, bytes) for each response`; the responses repeat until the answer ends.
#![no_main]

use calock::Code;
use calock::apdu::{Answer, Command, Form, Next, Response, Status};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [form, length, rest @ ..] = data else { return };
    let Some((command, script)) = rest.split_at_checked(usize::from(*length)) else { return };
    let Ok((command, _)) = Command::parse(command) else { return };
    let form = if form & 1 == 0 { Form::Short } else { Form::Extended };

    // Only such a command is sent again when there is more; to any other, 6A9E is an answer like a refusal.
    let goes_on = command.cla & 0x80 != 0 && command.expected().is_some();
    let mut answer = Answer::to(command, form);
    let Ok(first) = answer.first() else { return };
    Command::parse(&first).expect("the first command is one");

    let responses = responses(script);
    // More than the most rounds an answer may take.
    for response in responses.iter().cycle().take(2000) {
        match answer.feed(response.clone()) {
            Err(error) => return assert!(matches!(error.code, Code::BadReply | Code::Parameter), "{error}"),
            Ok(Next::Send(next)) => drop(Command::parse(&next).expect("what is sent next is a command")),
            Ok(Next::Done(done)) => {
                assert!(done.status != Status::MORE_DATA || !goes_on, "stopped where more was waiting");
                assert_eq!(done.status.more_waiting(), None);
                return;
            }
        }
    }
    assert!(responses.is_empty(), "an answer without end");
});

fn responses(mut script: &[u8]) -> Vec<Response> {
    let mut responses = Vec::new();
    while let [length, rest @ ..] = script {
        let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
        match Response::parse(bytes) {
            Ok(response) => {
                assert_eq!(response.encode(), bytes);
                responses.push(response);
            }
            Err(error) => assert!(error.code == Code::BadReply && bytes.len() < 2),
        }
        script = after;
    }
    responses
}
