//! The options of the program.

use std::env::{VarError, var};
use std::fs;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, ValueExt};
use wx_subscribe_backend::{Account, ApiUrl, Secret, Timing};

/// The environment variable that holds the secret.
const SECRET: &str = "WECHAT_SECRET";

pub const USAGE: &str = "\
Back end of the example mini-program, on 127.0.0.1 only.

Usage: wx-subscribe-backend [--port N] [--database PATH] [--public-host HOST]...
                            [--appid ID [--secret-file PATH] [--wechat-api URL]
                             [--miniprogram-state STATE]]

  --port N          port to listen on; 0 takes a free one (default: 8787)
  --database PATH   SQLite file, made and seeded if it is not there
                    (default: ./subscriptions.sqlite3)
  --public-host HOST
                    a host that requests may name beside localhost, 127.0.0.1
                    and [::1], as clients write it, such as shop.example.com:
                    for a proxy in front; may be given more than once
  --appid ID        the mini-program whose messages are sent; without it
                    everything else works, and sending answers notConfigured
  --secret-file PATH
                    file that holds the mini-program's secret (default: the
                    secret is taken from the environment, as WECHAT_SECRET)
  --wechat-api URL  WeChat's server API, or a local gateway in its place
                    (default: https://api.weixin.qq.com)
  --miniprogram-state STATE
                    which release a tap on a message opens: formal, trial or
                    developer (default: formal)
  --help            print this

Once it listens it prints one line on stdout: listening on http://127.0.0.1:PORT
Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 failed, 2 wrong options.
";

pub struct Options {
    pub port: u16,
    pub database: PathBuf,
    pub account: Option<AskedAccount>,
    pub public_hosts: Vec<String>,
}

/// An account whose secret has not been read yet.
pub struct AskedAccount {
    appid: String,
    secret_file: Option<PathBuf>,
    api: ApiUrl,
    miniprogram_state: String,
}

impl AskedAccount {
    /// The account with its secret. No message holds what the file or the
    /// environment do.
    pub fn read(self) -> Result<Account, String> {
        let Self { appid, secret_file, api, miniprogram_state } = self;
        let (secret, place) = match secret_file {
            Some(path) => {
                let place = format!("the file {}", path.display());
                let text = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {place}: {error}"))?;
                (text, place)
            }
            None => match var(SECRET) {
                Ok(text) => (text, SECRET.to_owned()),
                Err(VarError::NotPresent) => {
                    return Err(format!("--appid needs --secret-file or {SECRET}"));
                }
                Err(VarError::NotUnicode(_)) => return Err(format!("{SECRET} is not UTF-8")),
            },
        };
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(format!("{place} holds no secret"));
        }
        Ok(Account {
            appid,
            secret: Secret::new(secret),
            api,
            miniprogram_state,
            timing: Timing::default(),
        })
    }
}

/// The options, or `None` if only the usage was asked for.
pub fn read() -> Result<Option<Options>, lexopt::Error> {
    let (mut port, mut database) = (8787, PathBuf::from("subscriptions.sqlite3"));
    let (mut appid, mut secret_file, mut api, mut state) = (None, None, None, None);
    let mut public_hosts = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => port = parser.value()?.parse()?,
            Long("database") => {
                database = parser.value()?.into();
                // SQLite takes this for a database that is deleted at the end.
                if database.as_os_str().is_empty() {
                    return Err("--database needs a path".into());
                }
            }
            Long("appid") => {
                let id = parser.value()?.string()?;
                if id.trim().is_empty() {
                    return Err("--appid needs an id".into());
                }
                appid = Some(id);
            }
            Long("public-host") => {
                let host = parser.value()?.string()?;
                if host.trim().is_empty() {
                    return Err("--public-host needs a host".into());
                }
                public_hosts.push(host);
            }
            Long("secret-file") => secret_file = Some(PathBuf::from(parser.value()?)),
            Long("wechat-api") => {
                let url = parser.value()?.string()?;
                api = Some(url.parse().map_err(|error| format!("--wechat-api {url} {error}"))?);
            }
            Long("miniprogram-state") => {
                let word = parser.value()?.string()?;
                if !["formal", "trial", "developer"].contains(&word.as_str()) {
                    let error =
                        format!("--miniprogram-state {word} is none of formal, trial, developer");
                    return Err(error.into());
                }
                state = Some(word);
            }
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    let Some(appid) = appid else {
        if secret_file.is_some() || api.is_some() || state.is_some() {
            return Err("--secret-file, --wechat-api and --miniprogram-state need --appid".into());
        }
        return Ok(Some(Options { port, database, account: None, public_hosts }));
    };
    let account = AskedAccount {
        appid,
        secret_file,
        api: api.map_or_else(|| ApiUrl::WECHAT.parse(), Ok)?,
        miniprogram_state: state.unwrap_or_else(|| "formal".to_owned()),
    };
    Ok(Some(Options { port, database, account: Some(account), public_hosts }))
}
