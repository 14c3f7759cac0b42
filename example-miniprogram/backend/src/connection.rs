//! One request to WeChat's server: connect, ask, read the answer.
//!
//! The connection is made by hand and used once, since one thing matters more
//! here than speed: a request that failed either did certainly not go out, or
//! may have. A pool of kept connections blurs that, and a client that retries
//! or follows redirects by itself would send a message twice, or the secret to
//! somebody else.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::uri::Scheme;
use axum::http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// The largest answer that is read, in bytes. WeChat's have some hundred.
const LIMIT: usize = 64 * 1024;

/// Where WeChat's API is: `https://api.weixin.qq.com`, or a local gateway's
/// `http://` address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl {
    secure: bool,
    host: String,
    port: u16,
    /// Host and port as they were given, for the `Host` header.
    authority: String,
    /// What comes before `/cgi-bin`, without a slash at the end.
    path: String,
}

impl Default for ApiUrl {
    fn default() -> Self {
        let host = "api.weixin.qq.com".to_owned();
        Self { secure: true, authority: host.clone(), host, port: 443, path: String::new() }
    }
}

impl FromStr for ApiUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "must be an http:// or https:// address without a query".to_owned();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?;
        if uri.query().is_some() || authority.as_str().contains('@') || authority.host().is_empty()
        {
            return Err(wrong());
        }
        Ok(Self {
            secure,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.as_str().to_owned(),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// Why there is no answer. Neither text holds anything of the request.
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

    /// Posts a JSON body; answers the status and the body of the reply.
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
    // The connection's own end says nothing that the answer does not.
    let driver = async {
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = answer => answer,
        () = driver => Err("the connection ended".to_owned()),
    }
}
