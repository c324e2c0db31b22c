//! The real binary as a child process, and a plain HTTP client for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A running server. Killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    addr: SocketAddr,
    log: Arc<Mutex<String>>,
    data_dir: PathBuf,
    _own_dir: Option<TempDir>,
}

/// Options of a start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) args: Vec<String>,
    /// The catalog is somewhere else, and has its sites.
    pub(crate) elsewhere: bool,
}

impl Server {
    /// A server with an empty data directory and a public site `demo`.
    pub(crate) fn start() -> Self {
        Self::start_with(Start::default())
    }

    pub(crate) fn start_with(start: Start) -> Self {
        let mut own_dir = None;
        let data_dir = start
            .data_dir
            .unwrap_or_else(|| own_dir.insert(tempfile::tempdir().expect("a folder")).path().to_owned());
        if !start.elsewhere && !data_dir.join("catalog.sqlite").exists() {
            add_site(&data_dir, "demo");
        }
        let mut child = millrace(&data_dir, &["serve", "--listen", "127.0.0.1:0"])
            .args(&start.args)
            // Reports that a test asks for again and again are new each time.
            .env("MILLRACE__CACHE__TTL_SECONDS", "0")
            .envs(start.env)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
        let addr = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("the server did not start: {:?}\n{}", child.wait(), log.lock().expect("log"));
            };
            let found = line
                .split_once("listening on http://")
                .and_then(|(_, rest)| rest.split_whitespace().next().map(str::to_owned));
            log.lock().expect("log").push_str(&(line + "\n"));
            if let Some(addr) = found {
                break addr.parse().expect("an address");
            }
        };
        let copy = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                copy.lock().expect("log").push_str(&(line + "\n"));
            }
        });
        Self { child, addr, log, data_dir, _own_dir: own_dir }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("log").clone()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        request(self.addr, "GET", path, &[], b"").expect("an answer")
    }

    /// The JSON of a 200.
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        request(self.addr, "POST", path, &headers, body.to_string().as_bytes()).expect("an answer")
    }

    /// Waits until it answers that it is ready.
    pub(crate) fn wait_ready(&self) {
        wait_for("the server to be ready", || self.get("/readyz").status == 200);
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) -> Option<TempDir> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        self._own_dir.take()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).expect("a process");
        rustix::process::kill_process(pid, signal).expect("signalled");
    }

    /// SIGTERM; answers how it ended and how long that took.
    pub(crate) fn terminate(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        self.signal(rustix::process::Signal::TERM);
        let status = self.child.wait().expect("ended");
        (status, start.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the server's log\n{}", self.log());
        }
    }
}

/// The binary with a data directory and nothing of this shell's configuration.
pub(crate) fn millrace(data_dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_millrace"));
    command.args(args).arg("--data-dir").arg(data_dir).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Runs a subcommand that has to succeed; answers what it printed.
pub(crate) fn run(data_dir: &Path, args: &[&str]) -> String {
    let output = millrace(data_dir, args).stderr(Stdio::piped()).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

pub(crate) fn add_site(data_dir: &Path, id: &str) {
    run(data_dir, &["site", "add", id, "--public"]);
}

/// What `/analytics/recent` answers for the `n` latest events of the site `demo`.
pub(crate) fn recent(server: &Server, n: usize) -> Value {
    server.get_json(&format!("/analytics/recent?site_id=demo&limit={n}"))
}

/// Waits, up to a minute, until `done`.
pub(crate) fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One request on a connection of its own. An error is a connection that failed or an answer that broke off.
pub(crate) fn request(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n");
    if !body.is_empty() || method == "POST" {
        head += &format!("content-length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    stream.write_all(body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        // A connection that is closed before a byte of the answer is a request that was not taken.
        return Err(std::io::ErrorKind::ConnectionAborted.into());
    }
    parse(&bytes).ok_or_else(|| std::io::Error::other("half an answer"))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer { status, head, body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked")) {
        answer.body = unchunk(&answer.body)?;
    } else if let Some(length) = answer.header("content-length")
        && answer.body.len() != length.parse::<usize>().ok()?
    {
        return None;
    }
    Some(answer)
}

fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..line]).ok()?.trim(), 16).ok()?;
        let chunk = bytes.get(line + 2..line + 2 + length)?;
        body.extend_from_slice(chunk);
        if length == 0 {
            return Some(body);
        }
        bytes = bytes.get(line + 4 + length..)?;
    }
}
