//! Listening on loopback, serving, stopping.

use std::future::Future;
use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::portal::Portal;

/// How long open requests may take to end once the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// The sockets of `localhost`: browsers may try either address first.
pub struct Listeners {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listeners {
    /// Binds 127.0.0.1 and, where the machine has it, `[::1]`. Port 0 takes a free one, the same for both.
    ///
    /// # Errors
    /// The system's own, above all a port in use.
    pub async fn localhost(port: u16) -> Result<Self> {
        let mut left = 16;
        loop {
            let v4 = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
            let bound = v4.local_addr()?.port();
            match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, bound))).await {
                Ok(v6) => return Ok(Self { sockets: vec![v4, v6], port: bound }),
                // The free port of one address may be taken on the other.
                Err(error) if error.kind() == ErrorKind::AddrInUse && port == 0 && left > 0 => left -= 1,
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
                // A machine without IPv6.
                Err(_) => return Ok(Self { sockets: vec![v4], port: bound }),
            }
        }
    }

    /// The port that was bound.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Serves until `stop` resolves, then lets open requests end and closes the database.
///
/// # Errors
/// The system's own.
pub async fn serve(portal: Portal, listeners: Listeners, stop: impl Future<Output = ()>) -> Result<()> {
    let (stopping, _) = watch::channel(false);
    let mut servers = JoinSet::new();
    for socket in listeners.sockets {
        let mut told = stopping.subscribe();
        // Small answers leave at once instead of waiting for more to send.
        let socket = socket.tap_io(|stream| drop(stream.set_nodelay(true)));
        let server = axum::serve(socket, portal.router().into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                drop(told.wait_for(|stop| *stop).await);
            });
        servers.spawn(async move { server.await });
    }
    let tidy = portal.clone();
    let tidy = tokio::spawn(async move { tidy.keep_tidy().await });
    stop.await;
    stopping.send_replace(true);
    let ended = tokio::time::timeout(FAREWELL, async {
        while let Some(ended) = servers.join_next().await {
            ended.map_err(Error::other)??;
        }
        Ok(())
    })
    .await;
    tidy.abort();
    // Whoever still holds a request open after the farewell is cut off.
    drop(servers);
    portal.store().close().await;
    ended.unwrap_or(Ok(()))
}

/// Resolves at SIGINT (Ctrl-C) or SIGTERM.
///
/// # Errors
/// When the system takes no signal handler.
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}
