//! `calock lock plug`: a lock that an unmodified browser of this machine sees as a device.
//!
//! Where the kernel takes devices from programs (uhid for the HID face, vhci_hcd for the USB one) the lock is plugged into the machine.
//! Elsewhere a browser that is started here sees it, in a private view of the machine (the rig).

mod advice;
mod identity;
mod introduction;
mod orders;
mod rig;
mod socket;
mod uhid;
mod usb;
mod vhci;

use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use clap::Args;

use super::speak::{FaceName as Face, Speaking, What};
use super::wire;
use crate::outcome::{Failure, Outcome};
use orders::{Happening, Order};
use rig::InRig;
use socket::{OnMachine, Socket};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    what: What,
    /// 接口类 · classes of the USB interfaces, such as ff,0b,03,08: the first is the lock's, the others are for show
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    interfaces: Vec<u8>,
    /// 授权来源 · an origin whose pages may use the lock without a chooser; only in the rig
    #[arg(long, value_name = "URL")]
    origin: Vec<String>,
    /// 不用内核 · run COMMAND in the rig even where the kernel could make a device
    #[arg(long, requires = "command")]
    rig: bool,
    /// 浏览器命令 · started when the lock is plugged in; the lock is pulled out when it ends
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

fn class(text: &str) -> Result<u8, String> {
    u8::from_str_radix(text, 16).map_err(|_| "not a class code such as ff".into())
}

/// Plugs the lock in until there is an order to quit, a signal, or the command has ended.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let lock = Speaking::new(&arguments.what)?;
    let face = lock.face();
    let (happenings, happened) = channel();
    orders::listen(&happenings)?;
    println!("calock lock: {}", lock.title());
    let in_rig = arguments.rig || (!socket::kernel_has(face) && !arguments.command.is_empty());
    if in_rig {
        let (socket, child) = InRig::start(lock, &arguments.interfaces, &arguments.origin, &arguments.command)?;
        advice::orders();
        return until_the_end(socket, Some(child), &happenings, &happened);
    }
    let mut socket = OnMachine::new(lock, &arguments.interfaces, happenings.clone());
    socket.plug().map_err(|error| Failure::Unusable(advice::no_kernel(face, &error)))?;
    advice::orders();
    let child = match arguments.command.split_first() {
        Some((program, words)) => {
            let started = Command::new(program).args(words).stdin(std::process::Stdio::null()).spawn();
            Some(started.map_err(|error| Failure::unusable(program, error))?)
        }
        None => None,
    };
    until_the_end(socket, child, &happenings, &happened)
}

fn until_the_end(
    mut socket: impl Socket,
    child: Option<Child>,
    happenings: &Sender<Happening>,
    happened: &Receiver<Happening>,
) -> Outcome {
    if let Some(mut child) = child {
        let happenings = happenings.clone();
        thread::spawn(move || {
            if let Ok(status) = child.wait() {
                let _ = happenings.send(Happening::Ended(status));
            }
        });
    }
    while let Ok(happening) = happened.recv() {
        match happening {
            Happening::Typed(line) => match Order::parse(&line) {
                Ok(Order::Quit) => break,
                Ok(order) => tell(obey(&mut socket, order)),
                Err(wrong) => tell(Err(wrong)),
            },
            Happening::Gone(time) => {
                if socket.gone(time) {
                    println!("已拔出 · pulled out");
                }
            }
            Happening::Stop => break,
            Happening::Ended(status) if status.success() => return Ok(()),
            Happening::Ended(status) => return Err(Failure::NotValid(format!("COMMAND: {status}"))),
        }
    }
    socket.end();
    Ok(())
}

fn obey(socket: &mut impl Socket, order: Order) -> Result<(), String> {
    match order {
        Order::Plug => socket.plug(),
        Order::Unplug => socket.unplug(),
        Order::Fault(fault) => socket.fault(Some(&fault.to_string())),
        Order::Clear => socket.fault(None),
        Order::Quit => Ok(()),
    }
}

/// One line for each order, so that a program that gives orders can wait for it.
fn tell(done: Result<(), String>) {
    match done {
        Ok(()) => println!("好 · done"),
        Err(error) => println!("不行 · no: {error}"),
    }
}
