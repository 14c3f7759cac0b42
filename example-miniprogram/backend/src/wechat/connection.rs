//! Requests to WeChat's server.
//!
//! It must be known whether a failed request certainly did not go out, or may
//! have. So each connection is used once, nothing is retried, and no redirect
//! is followed: that could send a message twice, or the secret to another host.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use axum::body::Bytes;
use http_body_util::{BodyExt, Limited};
use reqwest::{Client, RequestBuilder, StatusCode, redirect, retry};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::wechat::client::Timing;

/// Largest answer read, in bytes. WeChat's have some hundred.
const LIMIT: usize = 64 * 1024;

/// Why there is no answer. Neither text quotes the request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum CallError {
    /// The request certainly did not go out.
    NotSent(String),
    /// It may have been received.
    Unanswered(String),
}

impl Display for CallError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Self::NotSent(why) | Self::Unanswered(why)) = self;
        f.write_str(why)
    }
}

impl CallError {
    /// The address is left out: it holds the token.
    fn of(error: reqwest::Error) -> Self {
        let sent = !error.is_connect() && !error.is_builder();
        let error = error.without_url();
        let (mut why, mut cause) = (error.to_string(), error.source());
        while let Some(error) = cause {
            why = format!("{why}: {error}");
            cause = error.source();
        }
        if sent { Self::Unanswered(why) } else { Self::NotSent(why) }
    }
}

/// A client for WeChat's server.
///
/// # Errors
/// TLS cannot be set up.
pub(crate) fn client(timing: &Timing) -> Result<Client, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    client_trusting(roots, timing)
}

fn client_trusting(roots: RootCertStore, timing: &Timing) -> Result<Client, String> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .pool_max_idle_per_host(0)
        .retry(retry::never())
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(timing.connect)
        .timeout(timing.answer)
        .build()
        .map_err(|error| error.to_string())
}

/// The status and the body of the reply to a request.
pub(crate) async fn call(request: RequestBuilder) -> Result<(StatusCode, Bytes), CallError> {
    let response = request.send().await.map_err(CallError::of)?;
    let status = response.status();
    let body = Limited::new(reqwest::Body::from(response), LIMIT).collect().await;
    let body =
        body.map_err(|error| CallError::Unanswered(format!("the answer broke off: {error}")))?;
    Ok((status, body.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};
    use std::io::{BufRead, BufReader, Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;
    use std::time::Duration;

    /// Serves one request over TLS on `localhost`; returns its address and its
    /// certificate authority.
    fn secure_server() -> (String, RootCertStore) {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let chain = vec![leaf.signed_by(&key, &issuer).unwrap().der().clone()];
        let mut roots = RootCertStore::empty();
        roots.add(root.der().clone()).unwrap();

        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream =
                BufReader::new(StreamOwned::new(connection, listener.accept().unwrap().0));
            let mut line = String::new();
            // A client that does not trust the certificate closes the
            // connection here.
            while stream.read_line(&mut line).is_ok_and(|read| read > 2) {}
            let mut body = [0; 2];
            if stream.read_exact(&mut body).is_ok() {
                let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
                stream.get_mut().write_all(reply).unwrap();
            }
        });
        (format!("https://localhost:{port}/a"), roots)
    }

    fn post(roots: RootCertStore, url: &str) -> Result<(StatusCode, Bytes), CallError> {
        let ten = Duration::from_secs(10);
        let timing = Timing { connect: ten, answer: ten, ..Timing::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = client_trusting(roots, &timing).unwrap();
        runtime.block_on(call(client.post(url).body("{}")))
    }

    #[test]
    fn a_server_whose_certificate_is_trusted_is_spoken_to() {
        let (url, roots) = secure_server();
        assert_eq!(post(roots, &url), Ok((StatusCode::OK, Bytes::from_static(b"secure"))));
    }

    #[test]
    fn nothing_is_sent_to_a_server_whose_certificate_is_not_trusted() {
        let (url, _) = secure_server();
        let (_, others) = secure_server();
        let Err(CallError::NotSent(why)) = post(others, &url) else { panic!("not sent") };
        assert!(why.contains("certificate"), "{why}");
    }
}
