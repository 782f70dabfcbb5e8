//! Containers: two key pairs and their certificates.

use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::error::Result;
use crate::virtual_lock::Algorithm;
use crate::virtual_lock::file::{ContainerFile, KeyEntry, from_base64, to_base64};
use crate::virtual_lock::key::PrivateKey;

/// One container of the card.
pub(super) struct Container {
    pub(super) name: String,
    pub(super) open: bool,
    pub(super) signing: Option<Pair>,
    pub(super) encryption: Option<Pair>,
}

/// A private key and its certificate, which is empty until one is imported.
pub(super) struct Pair {
    pub(super) key: PrivateKey,
    pub(super) certificate: Vec<u8>,
}

/// The first byte of a container's handle; the second counts from 1, as captured (`30 01`).
pub(super) const HANDLE: u8 = 0x30;

impl Container {
    pub(super) fn new(file: &ContainerFile) -> Result<Self> {
        let pair = |entry: &KeyEntry| -> Result<Pair> {
            Ok(Pair {
                key: PrivateKey::from_pkcs8(&from_base64(&entry.key)?)?,
                certificate: from_base64(&entry.certificate)?,
            })
        };
        Ok(Self {
            name: file.name.clone(),
            open: false,
            signing: file.signing.as_ref().map(pair).transpose()?,
            encryption: file.encryption.as_ref().map(pair).transpose()?,
        })
    }

    /// What GetContainerInfo answers; `long` writes a number in the card's order.
    fn info(&self, long: impl Fn(u32) -> [u8; 4]) -> Vec<u8> {
        let bits = |pair: &Option<Pair>| long(pair.as_ref().map_or(0, |pair| pair.key.bits()));
        let kind = match self.signing.as_ref().or(self.encryption.as_ref()).map(|pair| pair.key.algorithm()) {
            None => 0,
            Some(Algorithm::Rsa) => 1,
            Some(Algorithm::Sm2) => 2,
            // Nothing that GM/T 0017 has a number for.
            Some(Algorithm::P256) => 0xFF,
        };
        let certified = |pair: &Option<Pair>| pair.as_ref().is_some_and(|pair| !pair.certificate.is_empty());
        let there = [u8::from(certified(&self.signing)), u8::from(certified(&self.encryption))];
        [&[kind][..], &bits(&self.signing), &bits(&self.encryption), &there].concat()
    }

    pub(super) fn file(&self) -> Result<ContainerFile> {
        let entry = |pair: &Pair| -> Result<KeyEntry> {
            Ok(KeyEntry { key: to_base64(&pair.key.to_pkcs8()?), certificate: to_base64(&pair.certificate) })
        };
        Ok(ContainerFile {
            name: self.name.clone(),
            signing: self.signing.as_ref().map(entry).transpose()?,
            encryption: self.encryption.as_ref().map(entry).transpose()?,
        })
    }
}

impl Card {
    pub(super) fn enum_containers(&self, command: &Command) -> Outcome {
        self.in_application(command.data())?;
        let mut names: Vec<u8> =
            self.containers.iter().flat_map(|container| container.name.bytes().chain([0])).collect();
        names.push(0);
        Ok(names)
    }

    pub(super) fn open_container(&mut self, command: &Command) -> Outcome {
        let at = self.named(command)?;
        self.containers[at].open = true;
        Ok(vec![HANDLE, u8::try_from(at + 1).map_err(|_| Status::NO_CONTAINER_NAME)?])
    }

    pub(super) fn container_info(&self, command: &Command) -> Outcome {
        Ok(self.containers[self.named(command)?].info(|number| self.long(number)))
    }

    pub(super) fn close_container(&mut self, command: &Command) -> Outcome {
        let (at, _) = self.opened(command.data())?;
        self.containers[at].open = false;
        Ok(Vec::new())
    }

    pub(super) fn export_certificate(&self, command: &Command) -> Outcome {
        let (at, _) = self.opened(command.data())?;
        let pair = match command.p1 {
            0 => &self.containers[at].encryption,
            1 => &self.containers[at].signing,
            _ => return Err(Status::BAD_P1P2),
        };
        let certified = pair.as_ref().filter(|pair| !pair.certificate.is_empty());
        let certificate = &certified.ok_or(Status::NO_CERTIFICATE)?.certificate;
        let length = u32::try_from(certificate.len()).map_err(|_| Status::NO_CERTIFICATE)?;
        Ok([&self.long(length)[..], certificate].concat())
    }

    /// The place of the container whose handle follows the application's, and what follows both.
    pub(super) fn opened<'d>(&self, data: &'d [u8]) -> core::result::Result<(usize, &'d [u8]), Status> {
        let (&[kind, number], rest) =
            self.in_application(data)?.split_first_chunk::<2>().ok_or(Status::WRONG_LENGTH)?;
        let at = usize::from(number).checked_sub(1).filter(|_| kind == HANDLE).ok_or(Status::NO_CONTAINER)?;
        match self.containers.get(at) {
            Some(container) if container.open => Ok((at, rest)),
            _ => Err(Status::NO_CONTAINER),
        }
    }

    pub(super) fn named(&self, command: &Command) -> core::result::Result<usize, Status> {
        let name = self.in_application(command.data())?;
        let place = self.containers.iter().position(|container| container.name.as_bytes() == name);
        place.ok_or(Status::NO_CONTAINER_NAME)
    }
}
