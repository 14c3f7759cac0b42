//! The names this server may be called by.
//!
//! A website can make its own name resolve to 127.0.0.1 and then read the
//! answers of a local server (DNS rebinding). The browser still sends the name
//! of the website as `Host`, which distinguishes such a request from those of
//! local programs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::http::error::ApiError;

/// Port of `http` where a `Host` names none.
const HTTP: u16 = 80;

/// The names of a server, for [`only_for_hosts`].
#[derive(Clone, Debug)]
pub struct Hosts {
    /// The port that goes with a loopback name.
    loopback: Option<u16>,
    public: Vec<String>,
}

impl Hosts {
    /// The names of a server that listens at `address`: the loopback names with
    /// its port, and each of `public` as clients write it, such as
    /// `shop.example.com`. One that does not listen at a loopback address, and
    /// has no public name, is answered by any name.
    #[must_use]
    pub fn new(address: SocketAddr, public: Vec<String>) -> Self {
        Self { loopback: address.ip().is_loopback().then_some(address.port()), public }
    }

    fn allow(&self, host: &str) -> bool {
        match self.loopback {
            _ if self.public.iter().any(|name| name.eq_ignore_ascii_case(host)) => true,
            Some(port) => is_loopback(host, port),
            None => self.public.is_empty(),
        }
    }
}

fn is_loopback(host: &str, port: u16) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let named = ["localhost", "127.0.0.1", "[::1]"].iter().any(|it| name.eq_ignore_ascii_case(it));
    let after = host.get(name.len()..).unwrap_or_default();
    let given = match after.strip_prefix(':') {
        Some(digits) => digits.parse().ok(),
        None => after.is_empty().then_some(HTTP),
    };
    named && given == Some(port)
}

/// `app` for requests to these hosts; any other is refused with 421.
pub fn only_for_hosts(app: Router, hosts: Hosts) -> Router {
    app.layer(middleware::from_fn_with_state(Arc::new(hosts), check))
}

async fn check(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let once = match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    // A request line with a whole address goes before the header.
    let target = request.uri().authority().map(Authority::as_str);
    let allowed = once.is_some_and(|host| hosts.allow(host))
        && target.is_none_or(|target| hosts.allow(target));
    if allowed {
        return Ok(next.run(request).await);
    }
    let message = "this server is not the host that the request names; --public-host allows one";
    let error = ApiError::new(StatusCode::MISDIRECTED_REQUEST, "foreignHost", message);
    Err(error.of_field("Host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(address: &str, public: &[&str]) -> Hosts {
        let public = public.iter().map(|name| (*name).to_owned()).collect();
        Hosts::new(address.parse().unwrap(), public)
    }

    #[test]
    fn a_loopback_server_has_the_loopback_names_with_its_port() {
        let local = hosts("127.0.0.1:8787", &[]);
        for host in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
            assert!(local.allow(host), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:80",
            "127.0.0.1:8788",
            "127.0.0.1:",
            "127.0.0.1:8787:8787",
            "127.0.0.1.evil.example:8787",
            "localhost.evil.example:8787",
            "localhost.:8787",
            "evil.example:8787",
            "localhost:8787@evil.example",
            "evil@localhost:8787",
            "::1:8787",
            "127.0.0.1:8787/",
            "0.0.0.0:8787",
        ] {
            assert!(!local.allow(host), "{host}");
        }
        assert!(hosts("127.0.0.1:80", &[]).allow("localhost"), "80 is not written");
        assert!(hosts("[::1]:8787", &[]).allow("localhost:8787"));
    }

    #[test]
    fn a_public_name_is_allowed_as_it_is_given() {
        let named = hosts("127.0.0.1:8787", &["shop.example.com", "shop.example.com:8443"]);
        for host in ["shop.example.com", "SHOP.example.com:8443", "127.0.0.1:8787"] {
            assert!(named.allow(host), "{host}");
        }
        assert!(!named.allow("shop.example.com:1") && !named.allow("a.shop.example.com"));
        assert!(hosts("192.0.2.1:80", &[]).allow("anything.example"));
        let public = hosts("192.0.2.1:80", &["shop.example.com"]);
        assert!(public.allow("shop.example.com") && !public.allow("anything.example"));
    }
}
