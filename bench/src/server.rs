//! The binary under test as a child process, killed when it is dropped.

use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::time::{Instant, sleep, timeout};

use crate::wire::{Connection, get};

/// How long a server may take until it is ready.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// How a server is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// The binary.
    pub(crate) binary: &'a Path,
    /// Its data directory.
    pub(crate) data: &'a Path,
    /// Another queue than the embedded one.
    pub(crate) queue: Option<&'a str>,
    /// One role instead of all.
    pub(crate) role: Option<&'a str>,
    /// Variables of the configuration.
    pub(crate) variables: &'a [(&'a str, &'a str)],
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first 200 of `/readyz`.
    pub(crate) ready_after: Duration,
}

/// Resident memory, in megabytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) resident: f64,
    /// The most so far.
    pub(crate) most: f64,
    /// Of `resident`, what the kernel can take back at any time: the binary's own pages, mostly.
    pub(crate) of_files: f64,
}

impl Start<'_> {
    /// A server on the embedded parts in `data`, with the default configuration.
    pub(crate) fn new<'a>(binary: &'a Path, data: &'a Path) -> Start<'a> {
        Start { binary, data, queue: None, role: None, variables: &[] }
    }

    /// Starts the server and waits until it is ready.
    pub(crate) async fn serve(self) -> anyhow::Result<Server> {
        let address = free_address()?;
        let log = self.data.with_extension(self.role.map_or("log".to_owned(), |role| format!("{role}.log")));
        let mut command = self.command(&log)?;
        command.arg("serve").arg("--data-dir").arg(self.data).arg("--listen").arg(address.to_string());
        if let Some(queue) = self.queue {
            command.arg("--queue").arg(queue);
        }
        if let Some(role) = self.role {
            command.arg("--role").arg(role);
        }
        let begin = Instant::now();
        let child = command.spawn().with_context(|| format!("starting {}", self.binary.display()))?;
        let mut server = Server { child, address, ready_after: Duration::ZERO };
        if let Err(error) = server.await_ready(begin).await {
            bail!("{error:#}; its log ends in:\n{}", tail(&log));
        }
        server.ready_after = begin.elapsed();
        Ok(server)
    }

    /// Adds a public site to the catalog of a server that does not run yet.
    pub(crate) fn add_site(self, id: &str) -> anyhow::Result<()> {
        let log = self.data.with_extension("log");
        let mut command = self.command(&log)?;
        command.args(["site", "add", id, "--public", "--data-dir"]).arg(self.data);
        let status = command.status().with_context(|| format!("starting {}", self.binary.display()))?;
        ensure!(status.success(), "'millrace site add {id}' failed: {}", tail(&log));
        Ok(())
    }

    /// The binary, its output in `log`, and no configuration but the one given here.
    fn command(self, log: &Path) -> anyhow::Result<Command> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = Command::new(self.binary);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MILLRACE") {
                command.env_remove(name);
            }
        }
        // A report is measured, not what was kept of it.
        command.env("MILLRACE__CACHE__URL", "none:").envs(self.variables.iter().copied());
        Ok(command)
    }
}

impl Server {
    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address).await
    }

    /// Ends it as a power cut would, as far as the process is concerned.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended before it was told to, with {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The unlabelled figure `name` of the metrics; 0 as long as there is none.
    pub(crate) async fn figure(&self, connection: &mut Connection, name: &str) -> anyhow::Result<u64> {
        Ok(self.figures(connection, [name]).await?[0] as u64)
    }

    /// Several of them, of one moment.
    pub(crate) async fn figures<const N: usize>(
        &self,
        connection: &mut Connection,
        names: [&str; N],
    ) -> anyhow::Result<[f64; N]> {
        let status = connection.send(&get("/metrics")).await?;
        ensure!(status == 200, "GET /metrics was answered with {status}");
        let text = connection.text();
        Ok(names.map(|name| {
            let value = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<f64>().ok());
            value.unwrap_or_default()
        }))
    }

    /// The memory it holds.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let megabytes = |field: &str| {
            let line =
                status.lines().find_map(|line| line.strip_prefix(field)).context("no memory in /proc")?;
            let kilobytes = line.trim().trim_end_matches("kB").trim().parse::<f64>()?;
            anyhow::Ok(kilobytes * 1.024e-3)
        };
        Ok(Memory {
            resident: megabytes("VmRSS:")?,
            most: megabytes("VmHWM:")?,
            of_files: megabytes("RssFile:")?,
        })
    }

    async fn await_ready(&mut self, begin: Instant) -> anyhow::Result<()> {
        let request = get("/readyz");
        let mut open: Option<Connection> = None;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at its start, with {status}");
            }
            let left = READY_WITHIN.saturating_sub(begin.elapsed());
            ensure!(!left.is_zero(), "the server was not ready within {} s", READY_WITHIN.as_secs());
            if open.is_none() {
                open = Connection::open(self.address).await.ok();
            }
            if let Some(connection) = &mut open {
                match timeout(left, connection.send(&request)).await {
                    Ok(Ok(200)) => return Ok(()),
                    Ok(Ok(_)) => {}
                    Ok(Err(_)) | Err(_) => open = None,
                }
            }
            sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on. Its port is below the ephemeral ones: a client that tries a port of those before
/// the server has it may be connected to itself.
fn free_address() -> anyhow::Result<SocketAddr> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 21_000;
    const PORTS: u16 = 10_000;
    for _ in 0..PORTS {
        let number =
            (std::process::id() as u16).wrapping_mul(31).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + number % PORTS));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port is free from {FIRST} on")
}

/// The end of a log.
fn tail(log: &PathBuf) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Syncs what was written and empties the page cache; answers whether that is allowed here.
pub(crate) fn drop_caches() -> bool {
    use std::io::Write;
    rustix::fs::sync();
    let file = File::options().write(true).open("/proc/sys/vm/drop_caches");
    file.and_then(|mut file| file.write_all(b"3\n")).is_ok()
}
