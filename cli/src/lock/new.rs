//! `calock lock new`: a lock file from a description, signed by a test CA that is made when it is not there yet.

use std::path::PathBuf;

use calock::lock::profile::{Card, PROFILES, named};
use calock::virtual_lock::{
    Algorithm, Ca, CertificateUsage, ContainerDescription, Description, HolderDescription, HolderKind, blank, issue,
};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::private::{read, write};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 空白锁 · a blank lock, to make a certificate on; of the other options only PIN, tries, label and serial count
    #[arg(long)]
    blank: bool,
    /// 锁文件 · where the lock file goes
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// 测试CA · file of the test CA; made when it is not there
    #[arg(long, value_name = "FILE", default_value = "calock-test-ca.json")]
    ca: PathBuf,
    /// 测试CA根证书 · also write the CA's roots as PEM, for a portal's trust folder
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
    /// 描述文件 · a description in JSON; the other options add to it or replace parts of it
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
    /// 持有人 · CN: name of the enterprise or person
    #[arg(long)]
    name: Option<String>,
    /// 单位 · O: the enterprise an employee belongs to
    #[arg(long)]
    organisation: Option<String>,
    /// 统一社会信用代码 · 18 characters
    #[arg(long)]
    uscc: Option<String>,
    /// 身份证号 · 18 characters
    #[arg(long)]
    person_id: Option<String>,
    /// 类型 · kind of holder
    #[arg(long)]
    kind: Option<Kind>,
    /// 密钥 · kind of keys; sm2 when absent, in a PIV card p256
    #[arg(long)]
    algorithm: Option<Keys>,
    /// 型号 · the profile of the lock it plays; gm3000 when absent
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PROFILES.iter().map(|profile| profile.name)))]
    profile: Option<String>,
    /// 容器 · name of the container; in a PIV card its slot, 9A or 9C
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    /// 其他容器 · another container with keys and certificates, such as ECCARSA1=rsa; may be given several times
    #[arg(long, value_name = "NAME=KEYS", value_parser = further)]
    further: Vec<ContainerDescription>,
    /// 生效时间 · first second, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    not_before: Option<String>,
    /// 到期时间 · last second
    #[arg(long, value_name = "TIME")]
    not_after: Option<String>,
    /// 证书用途 · what the certificate in the signing place says it is for
    #[arg(long)]
    usage: Option<Purpose>,
    /// 密码 · the PIN; 12345678 when absent
    #[arg(long)]
    pin: Option<String>,
    /// 最大次数 · tries after a right PIN, 1 to 15
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=15))]
    tries_max: Option<u8>,
    /// 剩余次数 · tries left; 0 makes a locked PIN
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=15))]
    tries_left: Option<u8>,
    /// 锁标签 · the lock's label
    #[arg(long)]
    label: Option<String>,
    /// 锁号 · the lock's serial number
    #[arg(long)]
    serial: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Enterprise,
    Employee,
    Person,
}

#[derive(Clone, Copy, ValueEnum)]
enum Keys {
    Sm2,
    Rsa,
    P256,
}

impl From<Keys> for Algorithm {
    fn from(keys: Keys) -> Self {
        match keys {
            Keys::Sm2 => Self::Sm2,
            Keys::Rsa => Self::Rsa,
            Keys::P256 => Self::P256,
        }
    }
}

fn further(text: &str) -> Result<ContainerDescription, String> {
    let (name, keys) = text.split_once('=').ok_or("not NAME=KEYS")?;
    let keys = Keys::from_str(keys, true)?;
    Ok(ContainerDescription { name: name.to_owned(), algorithm: keys.into() })
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Signing,
    Encryption,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let now = now();
    let mut ca = match read(&arguments.ca)? {
        Some(json) => Ca::from_json(&json).map_err(|error| Failure::unusable(arguments.ca.display(), error))?,
        None => Ca::generate("calock 测试CA", now).map_err(|error| Failure::unusable("test CA", error))?,
    };
    let description = describe(&arguments)?;
    let made = if arguments.blank { blank(&description) } else { issue(&description, &mut ca, now) };
    let lock = made.map_err(|error| Failure::unusable("description", error))?;
    let unusable = |error| Failure::unusable("lock", error);
    // The CA first: a lock whose CA is lost can log in nowhere.
    write(&arguments.ca, &ca.to_json().map_err(unusable)?)?;
    if let Some(path) = &arguments.roots {
        let roots: String = ca.roots().map_err(unusable)?.iter().map(|der| pem(der)).collect();
        write(path, &roots)?;
    }
    write(&arguments.output, &lock.to_json().map_err(unusable)?)?;
    println!("{}: {} {}", arguments.output.display(), lock.label, lock.serial);
    Ok(())
}

fn describe(arguments: &Arguments) -> Result<Description, Failure> {
    let mut made = match &arguments.description {
        None => Description::default(),
        Some(path) => {
            let json = read(path)?.ok_or_else(|| Failure::unusable(path.display(), "no such file"))?;
            serde_json::from_str(&json).map_err(|error| Failure::unusable(path.display(), error))?
        }
    };
    let set = |field: &mut Option<String>, given: &Option<String>| {
        if given.is_some() {
            field.clone_from(given);
        }
    };
    let HolderDescription { name, organisation, uscc, person_id, .. } = &mut made.holder;
    set(organisation, &arguments.organisation);
    set(uscc, &arguments.uscc);
    set(person_id, &arguments.person_id);
    if let Some(given) = &arguments.name {
        name.clone_from(given);
    }
    set(&mut made.not_before, &arguments.not_before);
    set(&mut made.not_after, &arguments.not_after);
    set(&mut made.pin, &arguments.pin);
    set(&mut made.label, &arguments.label);
    set(&mut made.serial, &arguments.serial);
    set(&mut made.profile, &arguments.profile);
    set(&mut made.container, &arguments.container);
    made.tries_max = arguments.tries_max.or(made.tries_max);
    made.tries_left = arguments.tries_left.or(made.tries_left);
    if let Some(kind) = arguments.kind {
        made.kind = match kind {
            Kind::Enterprise => HolderKind::Enterprise,
            Kind::Employee => HolderKind::Employee,
            Kind::Person => HolderKind::Person,
        };
    }
    if let Some(keys) = arguments.algorithm {
        made.algorithm = keys.into();
    }
    made.further.extend_from_slice(&arguments.further);
    let piv = made.profile.as_deref().and_then(named).is_some_and(|profile| profile.card == Card::Piv);
    if piv && arguments.algorithm.is_none() && arguments.description.is_none() {
        made.algorithm = Algorithm::P256;
    }
    if let Some(usage) = arguments.usage {
        made.usage = match usage {
            Purpose::Signing => CertificateUsage::Signing,
            Purpose::Encryption => CertificateUsage::Encryption,
        };
    }
    Ok(made)
}

fn pem(der: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    let text = Base64::encode_string(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}
