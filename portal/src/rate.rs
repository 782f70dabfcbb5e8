//! How often one address or one name may ask, across all processes of a portal.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use calock::Code;

use crate::portal::Portal;
use crate::refusal::Refusal;

/// How often something may be asked.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once, after a rest.
    pub burst: u32,
    /// In the long run.
    pub per_minute: u32,
}

/// What is limited. Generous where many sit behind one address, as a company's do; tight where something is guessed.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Challenges of an address.
    pub challenge: Rate,
    /// Statements of an address, each of which costs a verification.
    pub statement: Rate,
    /// Passwords of an address.
    pub password: Rate,
    /// Registrations and questions about names and codes of an address.
    pub register: Rate,
    /// Files of an account.
    pub upload: Rate,
    /// Pieces of uploads of an account.
    pub piece: Rate,
    /// Codes tried at one account or request.
    pub code: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            challenge: Rate { burst: 300, per_minute: 300 },
            statement: Rate { burst: 300, per_minute: 300 },
            password: Rate { burst: 60, per_minute: 20 },
            register: Rate { burst: 60, per_minute: 20 },
            upload: Rate { burst: 60, per_minute: 20 },
            piece: Rate { burst: 600, per_minute: 600 },
            code: Rate { burst: 5, per_minute: 1 },
        }
    }
}

/// Whose request it is, as far as limits are concerned: an IPv4 address, or the network of an IPv6 one.
pub(crate) struct Address(String);

impl FromRequestParts<Portal> for Address {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Refusal> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = || {
            // A proxy of ours writes the last one; what stands before it was written by whoever asked.
            let header = parts.headers.get_all("x-forwarded-for").iter().next_back()?;
            header.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let address = if portal.config().behind_proxy { forwarded().or(connected) } else { connected };
        Ok(Self(address.map_or_else(|| "-".into(), network)))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One customer has a whole /64 of IPv6.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Portal {
    /// Takes one token: `what` and `whose` name the bucket.
    ///
    /// # Errors
    /// `RATE_LIMITED` with `retryAfter`, `STORE_UNAVAILABLE`.
    pub(crate) async fn limit(&self, what: &str, whose: impl std::fmt::Display, rate: Rate) -> Result<(), Refusal> {
        let interval = 60_000 / u64::from(rate.per_minute.max(1));
        let now = self.now().saturating_mul(1000);
        let taken = self.store().take(&format!("{what}:{whose}"), now, interval, rate.burst.into()).await?;
        taken.map_err(|wait| Refusal::new(Code::RateLimited).with("retryAfter", wait.div_ceil(1000).max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_customer() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::ffff"));
        assert_ne!(of("2001:db8:1:2::4"), of("2001:db8:1:3::4"));
    }
}
