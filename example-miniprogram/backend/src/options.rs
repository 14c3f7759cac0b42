//! The options of the program.

use std::env::{VarError, var};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use lexopt::ValueExt;
use lexopt::prelude::{Long, Short};
use wx_subscribe_backend::push::PushConfig;
use wx_subscribe_backend::{Account, ApiUrl, Identity, Secret, Timing};

/// The environment variables that hold what nobody else may know.
const SECRET: &str = "WECHAT_SECRET";
const PUSH_TOKEN: &str = "WECHAT_PUSH_TOKEN";
const PUSH_AES_KEY: &str = "WECHAT_PUSH_AES_KEY";

pub const USAGE: &str = "\
Back end of the example mini-program, on 127.0.0.1 only.

Usage: wx-subscribe-backend [--port N] [--database PATH] [--public-host HOST]...
                            [--appid ID [--secret-file PATH] [--wechat-api URL]
                             [--miniprogram-state STATE] [--push-mode MODE]]
                            [--trust-open-id]

  --port N          port to listen on; 0 takes a free one (default: 8787)
  --database PATH   SQLite file, made and seeded if it is not there
                    (default: ./subscriptions.sqlite3)
  --public-host HOST
                    a host that requests may name beside localhost, 127.0.0.1
                    and [::1], as clients write it, such as shop.example.com:
                    for a proxy in front; may be given more than once
  --appid ID        the mini-program whose users sign in and get messages;
                    without it POST /session and sending answer notConfigured
  --secret-file PATH
                    file that holds the mini-program's secret (default: the
                    secret is taken from the environment, as WECHAT_SECRET)
  --wechat-api URL  WeChat's server API, or a local gateway in its place
                    (default: https://api.weixin.qq.com)
  --miniprogram-state STATE
                    which release a tap on a message opens: formal, trial or
                    developer (default: formal)
  --push-mode MODE  takes WeChat's message push at /wechat/push: secure refuses
                    what is not encrypted, plain takes that as well. The token is
                    WECHAT_PUSH_TOKEN and the EncodingAESKey WECHAT_PUSH_AES_KEY
                    in the environment (default: there is no such address)
  --trust-open-id   believes the openId that a request names, and needs no
                    session: for tests on one machine, never with --public-host
  --version         print the version
  --help            print this

Once it listens it prints one line on stdout: listening on http://127.0.0.1:PORT
Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 failed, 2 wrong options.
";

/// What the program is asked to do.
pub enum Asked {
    Help,
    Version,
    Serve(Box<Options>),
}

#[derive(Default)]
pub struct Options {
    pub port: u16,
    pub database: PathBuf,
    pub account: Option<AskedAccount>,
    pub public_hosts: Vec<String>,
    pub identity: Identity,
}

/// An account whose secrets have not been read yet.
pub struct AskedAccount {
    appid: String,
    secret_file: Option<PathBuf>,
    api: ApiUrl,
    miniprogram_state: String,
    push_mode: Option<String>,
}

impl AskedAccount {
    /// The account with its secret, and what pushes are checked with. No message
    /// holds what the file or the environment do.
    pub fn read(self) -> Result<(Account, Option<PushConfig>), String> {
        let Self { appid, secret_file, api, miniprogram_state, push_mode } = self;
        let secret = match secret_file {
            Some(path) => {
                let place = format!("the file {}", path.display());
                let text = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {place}: {error}"))?;
                not_empty(&text, &place)?
            }
            None => environment(SECRET)?
                .ok_or_else(|| format!("--appid needs --secret-file or {SECRET}"))?,
        };
        let push = push_mode.map(|mode| push(&mode, &appid)).transpose()?;
        let secret = Secret::new(secret);
        let timing = Timing::default();
        Ok((Account { appid, secret, api, miniprogram_state, timing }, push))
    }
}

fn push(mode: &str, appid: &str) -> Result<PushConfig, String> {
    let token = environment(PUSH_TOKEN)?;
    let token = token.ok_or_else(|| format!("--push-mode needs {PUSH_TOKEN}"))?;
    let aes_key = environment(PUSH_AES_KEY)?
        .map(|key| key.parse().map_err(|error| format!("{PUSH_AES_KEY}: {error}")))
        .transpose()?;
    let secure = mode == "secure";
    if secure && aes_key.is_none() {
        return Err(format!("--push-mode secure needs {PUSH_AES_KEY}"));
    }
    Ok(PushConfig { token: Secret::new(token), aes_key, appid: appid.to_owned(), secure })
}

fn environment(name: &str) -> Result<Option<String>, String> {
    match var(name) {
        Ok(text) => not_empty(&text, name).map(Some),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}

fn not_empty(text: &str, place: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(format!("{place} holds no secret")),
        text => Ok(text.to_owned()),
    }
}

/// What the options ask for. Every error names its option.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut options = Options {
        port: 8787,
        database: PathBuf::from("subscriptions.sqlite3"),
        ..Options::default()
    };
    let (mut appid, mut secret_file, mut api) = (None, None, None);
    let (mut state, mut push_mode) = (None, None);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let name = match argument {
            Long("help") | Short('h') => return Ok(Asked::Help),
            Long("version") | Short('V') => return Ok(Asked::Version),
            Long("trust-open-id") => {
                options.identity = Identity::TrustedOpenId;
                continue;
            }
            Long(name) if OPTIONS.contains(&name) => name.to_owned(),
            _ => return Err(argument.unexpected().to_string()),
        };
        let value = parser.value().map_err(|_| format!("--{name} needs a value"))?;
        if value.to_string_lossy().trim().is_empty() {
            // SQLite takes an empty path for a database that is deleted at the end.
            return Err(format!("--{name} needs a value"));
        }
        let path = PathBuf::from(&value);
        let text = value.string().map_err(|_| format!("--{name} is not UTF-8"));
        match name.as_str() {
            "database" => options.database = path,
            "secret-file" => secret_file = Some(path),
            "port" => {
                let text = text?;
                options.port = text.parse().map_err(|error| format!("--port {text}: {error}"))?;
            }
            "appid" => appid = Some(text?),
            "public-host" => options.public_hosts.push(text?),
            "wechat-api" => {
                let url = text?;
                api = Some(url.parse().map_err(|error| format!("--wechat-api {url} {error}"))?);
            }
            "miniprogram-state" => {
                state = Some(one_of(&name, text?, &["formal", "trial", "developer"])?);
            }
            _ => push_mode = Some(one_of(&name, text?, &["plain", "secure"])?),
        }
    }
    if options.identity == Identity::TrustedOpenId && !options.public_hosts.is_empty() {
        return Err("--trust-open-id must not be given with --public-host".to_owned());
    }
    if let Some(appid) = appid {
        options.account = Some(AskedAccount {
            appid,
            secret_file,
            api: api.map_or_else(|| ApiUrl::WECHAT.parse(), Ok)?,
            miniprogram_state: state.unwrap_or_else(|| "formal".to_owned()),
            push_mode,
        });
    } else if secret_file.is_some() || api.is_some() || state.is_some() || push_mode.is_some() {
        return Err(
            "--secret-file, --wechat-api, --miniprogram-state and --push-mode need --appid"
                .to_owned(),
        );
    }
    Ok(Asked::Serve(Box::new(options)))
}

/// The options that have a value.
const OPTIONS: [&str; 8] = [
    "port",
    "database",
    "public-host",
    "appid",
    "secret-file",
    "wechat-api",
    "miniprogram-state",
    "push-mode",
];

fn one_of(name: &str, word: String, words: &[&str]) -> Result<String, String> {
    if words.contains(&word.as_str()) {
        return Ok(word);
    }
    Err(format!("--{name} {word} is none of {}", words.join(", ")))
}
