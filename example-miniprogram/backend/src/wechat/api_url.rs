//! The address of WeChat's API, or of a gateway in its place.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::Scheme;

/// Where WeChat's API is: `https://api.weixin.qq.com`, or a gateway in its
/// place. The secret is sent there, so `http://` is accepted for this machine
/// only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl {
    pub(crate) secure: bool,
    /// For the look-up, without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Host and port as they were given, for the `Host` header.
    pub(crate) authority: String,
    /// What comes before `/cgi-bin`, without a slash at the end.
    pub(crate) path: String,
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
        let (host, given) = (authority.host(), authority.as_str());
        let port = match given.strip_prefix(host) {
            Some("") => Some(if secure { 443 } else { 80 }),
            Some(rest) => rest.strip_prefix(':').and_then(|port| port.parse().ok()),
            // A user and a password.
            None => None,
        };
        if uri.query().is_some() || host.is_empty() {
            return Err(wrong());
        }
        let host = host.trim_matches(['[', ']']);
        if !secure && !is_this_machine(host) {
            return Err("would carry the secret in plain text: http:// must name a loopback \
                        address such as 127.0.0.1, any other https://"
                .to_owned());
        }
        Ok(Self {
            secure,
            host: host.to_owned(),
            port: port.ok_or_else(wrong)?,
            authority: given.to_owned(),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_or_https_without_a_query() {
        let secure: ApiUrl = "https://api.weixin.qq.com".parse().unwrap();
        assert_eq!(secure, ApiUrl::default());
        let local: ApiUrl = "http://[::1]:8788/wechat/".parse().unwrap();
        assert_eq!(
            (local.host.as_str(), local.port, local.path.as_str()),
            ("::1", 8788, "/wechat")
        );
        assert_eq!((local.authority.as_str(), local.secure), ("[::1]:8788", false));
        for text in [
            "",
            "a",
            "/a",
            "ftp://a",
            "http://",
            "http://u:p@a",
            "http://a/?b",
            "http://a:99999",
            "http://a:",
        ] {
            assert!(text.parse::<ApiUrl>().is_err(), "{text}");
        }
    }
    #[test]
    fn plain_http_is_taken_only_of_this_machine() {
        for text in
            ["http://127.0.0.1:1", "http://127.9.8.7", "http://LocalHost:80/a", "http://[::1]"]
        {
            assert!(text.parse::<ApiUrl>().is_ok(), "{text}");
        }
        for text in [
            "http://api.weixin.qq.com",
            "http://192.168.0.2:8788",
            "http://0.0.0.0",
            "http://[::]:1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
        ] {
            let error = text.parse::<ApiUrl>().unwrap_err();
            assert!(error.contains("plain text") && error.contains("loopback"), "{text}: {error}");
            assert!(text.replace("http:", "https:").parse::<ApiUrl>().is_ok());
        }
    }
}
