//! Scripts as locks: the examples for testers, and what a play that is not the script tells.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;
#[path = "support/recorded.rs"]
mod support;

use calock::error::Code;
use calock::script::{Exchange, Pattern, Play, Script};
use calock::virtual_lock::{Answering, Contents, Description, HolderDescription, Player, Problem};
use calock::{Phase, apdu};
use common::{Typist, lock_file};

use support::*;

// ---- the examples ----------------------------------------------------------------------------------------------------------

#[test]
fn a_login_is_played_until_its_signature_is_checked() {
    let bench = plugged(script("gm3000-login"));
    let typist = Typist::typing("any PIN will do");
    let error = login(&bench, &typist).unwrap_err();
    // What is signed differs each time, so no script holds the right signature.
    assert_eq!((error.code, error.phase), (Code::SignFailed, Some(Phase::Verify)));
    let question = &typist.asked.borrow()[0];
    assert_eq!((question.tries_left, question.tries_max), (Some(6), Some(6)));
    let holder = calock::certificate::holder(&question.entry.certificate, calock::text::GBK);
    assert_eq!(holder.name, "示例建设有限公司");
    assert_eq!(bench.port.exchanges(), 11);
}

#[test]
fn a_wrong_pin_counts_down_until_the_lock_is_locked() {
    let bench = plugged(script("wrong-pin"));
    let typist = Typist::typing("12345678");
    typist.spend_last_try.set(true);
    for left in [2, 1] {
        let error = login(&bench, &typist).unwrap_err();
        assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(left)));
    }
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLocked, Some(0)));
    assert!(typist.asked.borrow()[2].last_try);
    bench.run(bench.session.close());
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_that_falls_silent_while_it_signs() {
    let bench = plugged(script("silent-at-signing"));
    let error = login(&bench, &Typist::typing("12345678")).unwrap_err();
    assert_eq!((error.code, error.phase), (Code::Timeout, Some(Phase::Sign)));
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_that_refuses_to_sign() {
    let bench = plugged(script("refuses-to-sign"));
    let error = login(&bench, &Typist::typing("12345678")).unwrap_err();
    assert_eq!((error.code, error.status.map(u16::from)), (Code::LockStatus, Some(0x6982)));
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_without_get_pin_info_asks_without_a_number() {
    let bench = plugged(script("no-pin-info"));
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::SignFailed);
    assert_eq!(typist.asked.borrow()[0].tries_left, None);
}

#[test]
fn a_blank_lock() {
    let bench = plugged(script("blank-lock"));
    assert_eq!(login(&bench, &Typist::typing("12345678")).unwrap_err().code, Code::CertNotFound);
    let info = bench.run(bench.session.info(&bench.port.abort)).unwrap();
    assert_eq!(info.device.unwrap().label, "blank");
    assert_eq!(verdict(&bench), Ok(()));
}

/// Writes the examples anew: `UPDATE_SCRIPTS=1 cargo test --test scripts`. Otherwise sees that each is there and is played above.
#[test]
fn every_example_is_read() {
    if std::env::var_os("UPDATE_SCRIPTS").is_some() {
        examples::write();
    }
    let mut names: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let source = include_str!("scripts.rs");
    for name in &names {
        let script = script(name);
        assert!(Player::new(script.clone()).is_ok() && !script.exchanges.is_empty(), "{name}");
        assert!(source.contains(&format!("script(\"{name}\")")), "{name} is played by no test");
    }
    assert_eq!(names.len(), 6);
}

// ---- how a script is played ------------------------------------------------------------------------------------------------

fn player(body: &str) -> Player {
    Player::new(Script::parse(&format!("# calock-script:1\n{body}")).unwrap()).unwrap()
}

#[test]
fn a_wrong_command_is_told_with_its_line_and_what_was_expected() {
    let mut player = player("\n=> 80220000000000\n<= 41 0000 9000\n=> 80500000 0000 08\n<= ........ ........ 9000\n");
    assert_eq!(player.exchange(&ASK), [0x41, 0, 0, 0x90, 0]);
    let pin = [
        &[0x80, 0x18, 0, 1, 0, 0, 18, 0x10, 0][..],
        b"\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF\x00",
    ];
    assert_eq!(player.exchange(&pin.concat()), [0x6F, 0]);
    let told = player.verdict().unwrap_err().to_string();
    let masked = "..".repeat(16);
    let expected =
        format!("line 5: expected GenRandom 80500000000008, came VerifyPIN 801800010000121000{masked}; byte 2 differs");
    assert_eq!(told, expected, "what came is masked as a recording is");
    // After that nothing is answered: one mismatch is told, not its consequences.
    assert_eq!(player.exchange(&RANDOM), [0x6F, 0]);
    assert_eq!(player.verdict().unwrap_err().to_string(), told);
}

#[test]
fn what_was_not_asked_for_is_left_over() {
    let body = "=> 80220000000000\n<= 9000\n\n=> 80500000000008\n<= 9000\n=> 80500000000008\n<= 9000";
    let mut player = player(body);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 3 exchanges from line 2");
    player.exchange(&ASK);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 2 exchanges from line 5");
    player.exchange(&RANDOM);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 1 exchange, line 7");
    player.exchange(&RANDOM);
    assert_eq!(player.verdict(), Ok(()));
    player.exchange(&RANDOM);
    assert_eq!(player.verdict().unwrap_err().to_string(), "after the last line came GenRandom 80500000000008");
}

#[test]
fn losing_power_begins_anew_and_the_verdict_stays_until_then() {
    let mut player = player("=> 80220000000000\n<= 9000\n=> 80500000000008\n<= 9000");
    player.exchange(&ASK);
    player.power_off();
    let left = Problem::LeftOver { exchanges: 1, line: 4 };
    assert_eq!(player.verdict(), Err(left.clone()));
    player.power_off();
    assert_eq!(player.verdict(), Err(left), "nothing was played meanwhile");
    player.exchange(&ASK);
    player.exchange(&RANDOM);
    assert_eq!(player.verdict(), Ok(()));
}

#[test]
fn skipping_goes_past_what_was_not_asked_and_over_what_is_not_there() {
    let mut player = player(
        "# play: skipping\n=> 80220000000000\n<= 41 9000\n=> 80500000000008\n<= 42 9000\n=> 80220000000000\n<= 43 9000",
    );
    assert_eq!(player.exchange(&RANDOM), [0x42, 0x90, 0]);
    assert_eq!(player.exchange(&[0x80, 0x04, 0, 0, 0, 0, 0]), [0x6D, 0]);
    assert_eq!(player.exchange(&ASK), [0x43, 0x90, 0], "further down, not above");
    assert_eq!(player.verdict(), Ok(()));
}

#[test]
fn any_order_gives_the_answers_of_a_command_in_turn() {
    let mut player = player(
        "# play: any-order\n# masked: 5A\n=> 80220000000000\n<= 41 9000\n=> 80500000000008\n<= .. 9000\n=> 80220000000000\n<= 43 9000",
    );
    let answers: Vec<u8> = (0..5).map(|_| player.exchange(&ASK)[0]).collect();
    assert_eq!(answers, [0x41, 0x43, 0x41, 0x43, 0x41]);
    assert_eq!(player.verdict(), Err(Problem::LeftOver { exchanges: 1, line: 6 }));
    assert_eq!(player.exchange(&RANDOM), [0x5A, 0x90, 0]);
    assert_eq!(player.verdict(), Ok(()));
    assert_eq!(player.exchange(&[0x80, 0x04, 0, 0]), [0x6D, 0]);
    assert_eq!(player.verdict().unwrap_err().to_string(), "in no line: GetDevInfo 80040000");
}

#[test]
fn a_script_of_an_unknown_profile_is_refused() {
    let text = "# calock-script:1\n# profile: gm9000\n";
    assert_eq!(Contents::read(text).err().map(|error| error.code), Some(Code::Parameter));
    assert_eq!(Contents::read("# calock-script:1\n?").err().map(|error| error.code), Some(Code::Parameter));
    assert!(matches!(Contents::read("# calock-script:1\n"), Ok(Contents::Script(_))));
}

// ---- making the examples -----------------------------------------------------------------------------------------------------

mod examples {
    use super::*;

    /// Makes a lock of somebody invented, asks it as a login does, and varies what it said.
    pub(super) fn write() {
        let description = Description {
            holder: HolderDescription {
                name: "示例建设有限公司".into(),
                uscc: Some("911101050000000514".into()),
                province: Some("北京市".into()),
                ..HolderDescription::default()
            },
            not_before: Some("2026-01-01T00:00:00Z".into()),
            not_after: Some("2049-12-31T23:59:59Z".into()),
            encryption_pair: Some(false),
            label: Some("example".into()),
            serial: Some("0000000000000042".into()),
            tries_max: Some(6),
            ..Description::default()
        };
        let (signed, _, said) = recorded(card(&lock_file(&description)), "12345678");
        signed.unwrap();
        // GetDevInfo and the first EnumApplication are of reading the lock's label.
        let login = &said[2..];
        let all: Vec<Exchange> = login.iter().map(exchange).collect();
        let place = |ins: u8| login.iter().position(|(command, _)| command[1] == ins).unwrap();
        let (pin_info, verify, sign) = (place(0x14), place(0x18), place(0x74));
        let answering = |at: usize, answer: Option<&str>| {
            let mut exchanges = all[..=at].to_vec();
            exchanges[at].answer = answer.map(|answer| Pattern::known(&hex_bytes(answer)));
            exchanges
        };
        save(
            "gm3000-login",
            "一次登录 · one login, to the signature and until the lock is closed",
            Play::InOrder,
            all.clone(),
        );
        let silent = "签名时无响应 · the lock falls silent while it signs";
        save("silent-at-signing", silent, Play::InOrder, answering(sign, None));
        save(
            "refuses-to-sign",
            "拒绝签名 · the lock refuses to sign: 6982",
            Play::InOrder,
            answering(sign, Some("6982")),
        );

        let mut unknown = all.clone();
        unknown[pin_info].answer = Some(Pattern::known(&[0x6D, 0]));
        save(
            "no-pin-info",
            "不支持查询次数 · a lock without GetPINInfo: the tries left are not known",
            Play::InOrder,
            unknown,
        );

        let mut wrong = all[..verify].to_vec();
        let (info, tried) = (all[pin_info].clone(), all[verify].clone());
        let with = |exchange: &Exchange, answer: &str| Exchange {
            answer: Some(Pattern::known(&hex_bytes(answer))),
            ..exchange.clone()
        };
        wrong[pin_info] = with(&info, "0603009000");
        wrong.extend([with(&tried, "63C2"), with(&info, "0602009000"), with(&tried, "63C1")]);
        wrong.extend([with(&info, "0601009000"), with(&tried, "6983")]);
        wrong.push(all[place(0x44)].clone());
        save("wrong-pin", "密码错误，直到锁死 · any PIN is wrong, three tries are left", Play::AnyOrder, wrong);

        let mut blank: Vec<Exchange> = said[..2].iter().map(exchange).collect();
        let mut info = blank[0].answer.take().unwrap().filled(0);
        info[132..164].fill(0);
        info[132..137].copy_from_slice(b"blank");
        blank[0].answer = Some(Pattern::known(&info));
        blank.extend(all[1..3].iter().cloned());
        blank[3].answer = Some(Pattern::known(&[0, 0, 0x90, 0]));
        save("blank-lock", "空锁 · an application without containers", Play::AnyOrder, blank);
    }

    /// Any PIN and any digest will do.
    fn exchange((command, answer): &(Vec<u8>, Vec<u8>)) -> Exchange {
        let mut shown = Pattern::known(command);
        let masked = match command[1] {
            0x18 => 9,
            0x74 => 11,
            _ => command.len(),
        };
        let mut pattern = shown.take(masked);
        pattern.append(Pattern::masked(command.len() - masked));
        let note = apdu::Instruction::of(command).unwrap().name.to_owned();
        Exchange { line: 0, note, command: pattern, answer: Some(Pattern::known(answer)) }
    }

    fn save(name: &str, title: &str, play: Play, exchanges: Vec<Exchange>) {
        let script = Script { profile: Some("gm3000".into()), play, exchanges, ..Script::default() };
        let text = script.to_string();
        let (format, rest) = text.split_once('\n').unwrap();
        std::fs::write(format!("{FOLDER}/{name}.txt"), format!("{format}\n# {title}\n{rest}")).unwrap();
    }
}
