//! Where a fault can strike: the exchanges of a call that nothing goes wrong with, and what each is for.

use std::time::Duration;

use calock::apdu::Status;
use calock::certificate::Certificate;
use calock::error::Phase;
use calock::virtual_lock::{Cable, Exchange};

/// Bytes of an answer in one message of the virtual reader.
const MESSAGE: usize = 261;

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Names of the applications (GM/T 0017).
    Applications,
    /// Opening one (GM/T 0017).
    Application,
    /// Names of the containers (GM/T 0017).
    Containers,
    /// What is in one (GM/T 0017).
    ContainerInfo,
    /// Opening it (GM/T 0017).
    Container,
    /// Selecting the application (PIV).
    Select,
    /// A certificate.
    Certificate,
    /// The certificate of a slot that has none (PIV).
    NoCertificate,
    /// The tries left.
    Tries,
    /// A challenge for the PIN (GM/T 0017).
    Challenge,
    /// The PIN.
    Pin,
    /// What is to be signed, but for its end (PIV).
    ToSign,
    /// The signature.
    Signature,
}

/// One exchange.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub number: u32,
    pub role: Role,
    /// Whether the lock speaks PIV, and not GM/T 0017.
    pub piv: bool,
    /// Whether its key is RSA's.
    pub rsa: bool,
    /// Whether it asks, and does not fetch more of the answer before.
    pub first: bool,
    /// Whether more of its answer is fetched by the next one.
    pub unfinished: bool,
    /// For a part of a certificate: whether it would still be read with noise behind the part. What comes then may be nothing but
    /// the issuer's signature, which a login leaves to the backend.
    pub readable: bool,
    /// Whether its answer takes several messages with questions in between, as long ones do over USB.
    pub asked_for: bool,
    /// Whether it is the call's last.
    pub last: bool,
    /// The phase of what follows.
    pub next: Phase,
}

impl Place {
    /// The places of a call, by what the lock remembers of it.
    pub fn all(log: &[Exchange], cable: Cable, rsa: bool, certificate: &[u8]) -> Vec<Self> {
        let mut places: Vec<Self> = Vec::new();
        let mut fetched = 0;
        for (at, one) in log.iter().enumerate() {
            let (data, status) = one.answered.unwrap();
            let before = places.last().filter(|before| before.unfinished);
            let piv = one.class < 0x80;
            let role = before.map_or_else(|| role(one, status), |before| before.role);
            fetched = before.map_or(0, |_| fetched) + data;
            let place = Self {
                number: one.number,
                role,
                piv,
                rsa,
                first: before.is_none(),
                unfinished: status == Status::MORE_DATA || status.more_waiting().is_some(),
                readable: role == Role::Certificate && with_noise(certificate, fetched - if piv { 8 } else { 4 }),
                asked_for: cable == Cable::Ccid && data + 2 > MESSAGE,
                last: at + 1 == log.len(),
                next: Phase::Verify,
            };
            if let Some(before) = places.last_mut() {
                before.next = place.phase();
            }
            places.push(place);
        }
        places
    }

    pub fn phase(self) -> Phase {
        match self.role {
            Role::Tries | Role::Challenge | Role::Pin => Phase::Pin,
            Role::ToSign | Role::Signature => Phase::Sign,
            _ => Phase::Read,
        }
    }
}

/// The longest that a step of this phase may take.
pub fn deadline(phase: Phase) -> Duration {
    Duration::from_secs(match phase {
        Phase::Open => 8,
        Phase::Pin => 10,
        Phase::Sign => 30,
        _ => 5,
    })
}

/// What is looked at twice: each may be asked of a lock once for each time that a person is asked.
pub fn is_pin(exchange: &Exchange) -> bool {
    // A VERIFY without data asks for the tries left.
    exchange.name == "VerifyPIN" || exchange.name == "Verify" && exchange.sent > 5
}

/// The same for signatures; only the last link of a chain has the lock sign.
pub fn is_signature(exchange: &Exchange) -> bool {
    let chained = exchange.class == 0x10;
    matches!(exchange.name, "ECCSignData" | "RSASignData" | "GeneralAuthenticate") && !chained
}

fn role(one: &Exchange, status: Status) -> Role {
    match one.name {
        "EnumApplication" => Role::Applications,
        "OpenApplication" => Role::Application,
        "EnumContainer" => Role::Containers,
        "GetContainerInfo" => Role::ContainerInfo,
        "OpenContainer" => Role::Container,
        "ExportCertificate" => Role::Certificate,
        "GetPINInfo" => Role::Tries,
        "GenRandom" => Role::Challenge,
        "Select" => Role::Select,
        "GetData" if status == Status::FILE_NOT_FOUND => Role::NoCertificate,
        "GetData" => Role::Certificate,
        "Verify" if !is_pin(one) => Role::Tries,
        _ if is_pin(one) => Role::Pin,
        _ if is_signature(one) => Role::Signature,
        "GeneralAuthenticate" => Role::ToSign,
        name => panic!("a command that no login needs: {name}"),
    }
}

/// Whether a certificate is still read when noise stands in it from `at` on, and it ends where it did.
fn with_noise(certificate: &[u8], at: usize) -> bool {
    let (before, after) = certificate.split_at(at.min(certificate.len()));
    let noisy = [before, &[0xFF; 256], after].concat();
    Certificate::from_der(&noisy[..certificate.len()]).is_ok()
}
