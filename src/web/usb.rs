//! Bulk transfers over WebUSB.

use super::answers::Border;
use crate::error::{Code, Error, Result};
use crate::frame::ccid::Reader;
use crate::link::{Pipes, Transfer};

/// The pipes of a `USBDevice`.
pub(super) struct UsbPipes {
    border: Border,
}

impl UsbPipes {
    pub(super) fn new(border: Border) -> Self {
        Self { border }
    }
}

impl Pipes for UsbPipes {
    async fn enter(&self) -> Result<()> {
        self.border.ask(|host, ticket| host.enter(ticket)).await.map(drop)
    }

    fn leave(&self) {
        self.border.host.leave();
    }

    async fn close(&self) {
        // What cannot be closed is gone already.
        let _ = self.border.ask(|host, ticket| host.close(ticket)).await;
    }

    fn abandon(&self, message: Option<&[u8]>) {
        self.border.host.abandon(message.unwrap_or_default());
    }

    async fn reader(&self) -> Result<Reader> {
        let answer = self.border.ask(|host, ticket| host.describe(ticket)).await?;
        let reader =
            answer.split_first().and_then(|(interface, configuration)| Reader::find(configuration, *interface));
        reader.ok_or(Error::because(Code::LockUnknown, "the interface has no class descriptor of a reader"))
    }

    async fn send(&self, message: &[u8]) -> Result<()> {
        self.border.ask(|host, ticket| host.send(ticket, message)).await.map(drop)
    }

    async fn receive(&self, most: usize) -> Result<Transfer> {
        let most = u32::try_from(most).map_err(|_| Code::Internal)?;
        let mut answer = self.border.ask(|host, ticket| host.receive(ticket, most)).await?;
        match answer.first() {
            Some(0) => {
                answer.remove(0);
                Ok(Transfer::Data(answer))
            }
            Some(1) => Ok(Transfer::Stall),
            _ => Ok(Transfer::Babble),
        }
    }

    async fn clear_stall(&self) -> Result<()> {
        self.border.ask(|host, ticket| host.clear(ticket)).await.map(drop)
    }

    fn drain(&self) {
        self.border.host.drain();
    }
}
