//! One request to WeChat's server: connect, ask, read the answer.
//!
//! Each connection is used once, because it must be known whether a failed
//! request certainly did not go out, or may have. A connection pool blurs that;
//! a client that retries or follows redirects could send a message twice, or
//! the secret to another host.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::wechat::api_url::ApiUrl;

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

/// Makes requests to one address.
#[derive(Clone)]
pub(crate) struct Connector {
    url: ApiUrl,
    tls: TlsConnector,
    connect_timeout: Duration,
    answer_timeout: Duration,
}

impl Connector {
    /// # Errors
    /// TLS cannot be set up.
    pub(crate) fn new(
        url: ApiUrl,
        connect_timeout: Duration,
        answer_timeout: Duration,
    ) -> Result<Self, String> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self::trusting(roots, url, connect_timeout, answer_timeout)
    }

    fn trusting(
        roots: RootCertStore,
        url: ApiUrl,
        connect_timeout: Duration,
        answer_timeout: Duration,
    ) -> Result<Self, String> {
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        Ok(Self { url, tls, connect_timeout, answer_timeout })
    }

    /// Posts a JSON body; returns the status and the body of the reply.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: String,
    ) -> Result<(StatusCode, Bytes), CallError> {
        let not_sent = |why: String| CallError::NotSent(why);
        let request = Request::post(format!("{}{path}", self.url.path))
            .header(header::HOST, &self.url.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| not_sent("the request cannot be written as HTTP".to_owned()))?;
        let late = |limit: Duration| format!("no answer within {} ms", limit.as_millis());
        let stream = timeout(self.connect_timeout, self.connect())
            .await
            .map_err(|_| not_sent(format!("connecting: {}", late(self.connect_timeout))))?
            .map_err(|error| not_sent(format!("connecting: {error}")))?;
        timeout(self.answer_timeout, exchange(stream, request))
            .await
            .map_err(|_| CallError::Unanswered(late(self.answer_timeout)))?
            .map_err(CallError::Unanswered)
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await?;
        stream.set_nodelay(true)?;
        if !self.url.secure {
            return Ok(Box::new(TokioIo::new(stream)));
        }
        let name = ServerName::try_from(self.url.host.clone()).map_err(std::io::Error::other)?;
        Ok(Box::new(TokioIo::new(self.tls.connect(name, stream).await?)))
    }
}

/// What HTTP is spoken over.
trait Stream: Read + Write + Send + Unpin {}
impl<T: Read + Write + Send + Unpin> Stream for T {}

async fn exchange(
    stream: Box<dyn Stream>,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), String> {
    let (mut sender, connection) =
        http1::handshake(stream).await.map_err(|error| error.to_string())?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LIMIT)
            .collect()
            .await
            .map_err(|error| format!("the answer broke off: {error}"))?;
        Ok((status, body.to_bytes()))
    };
    // The end of the connection adds nothing to the answer.
    let driver = async {
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = answer => answer,
        () = driver => Err("the connection ended".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use std::io::{BufRead, BufReader, Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;
    use tokio_rustls::rustls::pki_types::PrivateKeyDer;
    use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

    /// Serves one request over TLS on `localhost`; returns its address and its
    /// certificate authority.
    fn secure_server() -> (ApiUrl, RootCertStore) {
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

        let provider = Arc::new(crypto::ring::default_provider());
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
        (format!("https://localhost:{port}").parse().unwrap(), roots)
    }

    fn post(connector: &Connector) -> Result<(StatusCode, Bytes), CallError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(connector.post("/a", "{}".to_owned()))
    }

    const LIMITS: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(10));

    #[test]
    fn a_server_whose_certificate_is_trusted_is_spoken_to() {
        let (url, roots) = secure_server();
        let connector = Connector::trusting(roots, url, LIMITS.0, LIMITS.1).unwrap();
        assert_eq!(post(&connector), Ok((StatusCode::OK, Bytes::from_static(b"secure"))));
    }

    #[test]
    fn nothing_is_sent_to_a_server_whose_certificate_is_not_trusted() {
        let (url, _) = secure_server();
        let connector = Connector::new(url, LIMITS.0, LIMITS.1).unwrap();
        let Err(CallError::NotSent(why)) = post(&connector) else { panic!("not sent") };
        assert!(why.contains("UnknownIssuer"), "{why}");
    }
}
