//! A private Redis.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use rustix::process::Signal;

use crate::{Folder, end, free_port, program, spawn, wait_until_ready};

/// A Redis server that ends with this value.
#[derive(Debug)]
pub struct Redis {
    folder: Folder,
    port: u16,
    options: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// Starts one that syncs every write before it answers, which is what Millrace recommends.
    ///
    /// # Errors
    /// Where Redis is not installed or does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(None, &["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// Starts one in `folder`, or in a temporary one, with these options of the command line.
    ///
    /// # Errors
    /// The same.
    pub fn start_with(folder: Option<&Path>, options: &[&str]) -> anyhow::Result<Self> {
        let folder = Folder::open(folder)?;
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut redis = Self { folder, port: free_port()?, options, child: None };
        redis.restart()?;
        Ok(redis)
    }

    /// Starts it again, on the same port and folder, after it ended.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.stop();
        let log = self.log();
        let mut command = Command::new(program("redis-server", &[])?);
        command.args(["--bind", "127.0.0.1", "--save", "", "--port", &self.port.to_string(), "--dir"]);
        command.arg(self.folder.path()).args(&self.options);
        let mut child = spawn(&mut command, &self.folder, &log)?;
        let (port, pid) = (self.port, child.id());
        wait_until_ready(&mut child, &log, || is_ready(port, pid))?;
        self.child = Some(child);
        Ok(())
    }

    /// `redis://127.0.0.1:PORT/`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process, for signals; nothing where it does not run.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Where it writes its log.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("redis.log")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::KILL);
        }
    }

    /// Ends it as an operator would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::TERM);
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether the process `pid` answers, and has read its files: until then the answer to PING is `-LOADING`. Who else
/// got hold of the port would answer too.
fn is_ready(port: u16, pid: u32) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let mut answer = String::new();
    stream.write_all(b"PING\r\nINFO server\r\nQUIT\r\n").is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("+PONG\r\n")
        && answer.contains(&format!("process_id:{pid}\r\n"))
}
