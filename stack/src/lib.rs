//! Private PostgreSQL and Redis servers: for tests, the benchmark, and `make stack`.
//!
//! Each server has a folder and a free port of its own, listens on the loopback alone, and ends with its value.
//! The programs come from the distribution's packages (`make services` installs them). Nothing here is part of the
//! product.

mod postgres;
mod proxy;
mod redis;

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

pub use postgres::Postgres;
pub use proxy::{Fault, Proxy};
pub use redis::Redis;

/// How long a server may take to start. A machine under load takes its time.
const START: Duration = Duration::from_secs(60);

/// A folder of a server: a temporary one goes with its value, a named one stays.
#[derive(Debug)]
enum Folder {
    Temporary(tempfile::TempDir),
    Named(PathBuf),
}

impl Folder {
    /// The folder `named`, made where it is missing, or a temporary one.
    fn open(named: Option<&Path>) -> anyhow::Result<Self> {
        match named {
            None => Ok(Self::Temporary(tempfile::tempdir()?)),
            Some(path) => {
                std::fs::create_dir_all(path).with_context(|| format!("folder '{}'", path.display()))?;
                Ok(Self::Named(path.canonicalize()?))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(dir) => dir.path(),
            Self::Named(path) => path,
        }
    }
}

/// A port that nobody listens on just now.
///
/// # Errors
/// Where the loopback has none left.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Finds a program in the search path or in one of `folders`.
fn program(name: &str, folders: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let found = folders.iter().cloned().chain(std::env::split_paths(&search));
    found
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("'{name}' is not installed: 'make services' does it"))
}

/// Starts `command` with its output in `log`. A server with a folder that stays is ended by whoever started it, in its
/// turn, and not by a Ctrl-C that the terminal sends to all.
fn spawn(command: &mut Command, folder: &Folder, log: &Path) -> anyhow::Result<Child> {
    if let Folder::Named(_) = folder {
        command.process_group(0);
    }
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
    let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
    child.with_context(|| format!("{command:?}"))
}

/// Waits until `ready`; an error with the end of `log` where the process ends first or takes too long.
fn wait_until_ready(child: &mut Child, log: &Path, ready: impl Fn() -> bool) -> anyhow::Result<()> {
    let start = Instant::now();
    loop {
        if ready() {
            return Ok(());
        }
        let ended = child.try_wait()?;
        if ended.is_some() || start.elapsed() > START {
            let text = std::fs::read(log).unwrap_or_default();
            let tail = String::from_utf8_lossy(&text[text.len().saturating_sub(2_000)..]).into_owned();
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!("a server did not start ({ended:?}); the end of its log:\n{tail}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Sends `signal` and waits for the end.
fn end(child: &mut Child, signal: rustix::process::Signal) {
    if let Some(pid) = rustix::process::Pid::from_raw(child.id() as i32)
        && matches!(child.try_wait(), Ok(None))
    {
        let _ = rustix::process::kill_process(pid, signal);
    }
    let _ = child.wait();
}
