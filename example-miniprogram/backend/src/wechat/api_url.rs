//! The address of WeChat's API, or of a gateway in its place.

use std::str::FromStr;

use reqwest::Url;

/// Where WeChat's API is: `https://api.weixin.qq.com`, or a gateway in its
/// place. The secret is sent there, so `http://` is accepted for this machine
/// only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl(Url);

impl ApiUrl {
    /// WeChat's own address.
    pub const WECHAT: &str = "https://api.weixin.qq.com";

    /// The address of a call, such as `/cgi-bin/stable_token`.
    pub(crate) fn call(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }
}

impl FromStr for ApiUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "must be an http:// or https:// address without a query".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        let plain = !url.has_authority()
            || !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if plain || !["http", "https"].contains(&url.scheme()) {
            return Err(wrong());
        }
        if url.scheme() == "http" && !is_this_machine(&url) {
            return Err("would carry the secret in plain text: http:// must name a loopback \
                        address such as 127.0.0.1, any other https://"
                .to_owned());
        }
        Ok(Self(url))
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_or_https_without_a_query() {
        let wechat: ApiUrl = ApiUrl::WECHAT.parse().unwrap();
        assert_eq!(wechat.call("/a").as_str(), "https://api.weixin.qq.com/a");
        let local: ApiUrl = "http://[::1]:8788/wechat/".parse().unwrap();
        assert_eq!(local.call("/a/b").as_str(), "http://[::1]:8788/wechat/a/b");
        for text in [
            "",
            "a",
            "/a",
            "ftp://a",
            "http://",
            "http://u:p@localhost",
            "http://localhost/?b",
            "http://localhost/#b",
            "http://localhost:99999",
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
