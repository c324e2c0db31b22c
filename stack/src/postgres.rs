//! A private PostgreSQL.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use rustix::process::Signal;

use crate::{Folder, end, free_port, program, spawn, wait_until_ready};

/// A PostgreSQL server that ends with this value. Its only account, `millrace`, may do everything and has no
/// password.
#[derive(Debug)]
pub struct Postgres {
    folder: Folder,
    port: u16,
    options: Vec<String>,
    child: Option<Child>,
}

impl Postgres {
    /// Starts one that keeps its promises: a commit is on disk.
    ///
    /// # Errors
    /// Where PostgreSQL is not installed or does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(None, &[])
    }

    /// Starts one that would lose its data in a power cut, for tests that ask for the answers only.
    ///
    /// # Errors
    /// The same.
    pub fn start_careless() -> anyhow::Result<Self> {
        Self::start_with(None, &["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
    }

    /// Starts one in `folder`, or in a temporary one, with these settings, each `name=value`.
    ///
    /// # Errors
    /// The same.
    pub fn start_with(folder: Option<&Path>, settings: &[&str]) -> anyhow::Result<Self> {
        let folder = Folder::open(folder)?;
        let options = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut postgres = Self { folder, port: free_port()?, options, child: None };
        if !postgres.data().join("PG_VERSION").is_file() {
            postgres.make_data()?;
        }
        postgres.restart()?;
        Ok(postgres)
    }

    /// Starts it again, on the same port and folder, after it ended.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.stop();
        let (log, port) = (self.log(), self.port);
        let mut command = as_unprivileged("postgres")?;
        command.arg("-D").arg(self.data()).args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        command.args(["-c", "unix_socket_directories="]);
        for option in &self.options {
            command.args(["-c", option]);
        }
        let mut child = spawn(&mut command, &self.folder, &log)?;
        let ready = program("pg_isready", &folders())?;
        wait_until_ready(&mut child, &log, || {
            let mut asked = Command::new(&ready);
            asked.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        })?;
        self.child = Some(child);
        Ok(())
    }

    /// `postgres://millrace@127.0.0.1:PORT/postgres`
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The URL of a database on it.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://millrace@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and answers its URL.
    ///
    /// # Errors
    /// Where the server refuses: most often there is one of this name.
    pub fn create_database(&self, name: &str) -> anyhow::Result<String> {
        self.run("postgres", &format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url_of(name))
    }

    /// Runs SQL with `psql` and answers what it prints, one line a row, columns divided by `|`.
    ///
    /// # Errors
    /// What the server says.
    pub fn run(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let mut command = Command::new(program("psql", &folders())?);
        command.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.url_of(database),
            "-c",
            sql,
        ]);
        let output = command.output().context("psql")?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its first process; nothing where it does not run.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Where it writes its log.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("postgres.log")
    }

    /// `kill -9` of every process of it: what a power cut leaves, but for what the disk had not written.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The others notice that the first has gone and end by themselves, but not at once.
            let parent = child.id();
            let children = children_of(parent);
            end(&mut child, Signal::KILL);
            for pid in children {
                if let Some(pid) = rustix::process::Pid::from_raw(pid as i32) {
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                }
            }
            let _ = std::fs::remove_file(self.data().join("postmaster.pid"));
        }
    }

    /// Ends it as an operator would who does not wait for clients.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::INT);
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn make_data(&self) -> anyhow::Result<()> {
        if let Some((user, group)) = unprivileged()? {
            chown(self.folder.path(), Some(user), Some(group))?;
        }
        let mut command = as_unprivileged("initdb")?;
        command.arg("-D").arg(self.data());
        command.args(["-U", "millrace", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let output = command.output().context("initdb")?;
        anyhow::ensure!(
            output.status.success(),
            "initdb: {}(it runs as the user 'postgres', who has to be able to reach '{}')",
            String::from_utf8_lossy(&output.stderr),
            self.folder.path().display()
        );
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The folders where Debian keeps PostgreSQL's programs, the newest version first.
fn folders() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, path)| path).collect()
}

/// A command for one of PostgreSQL's programs. It refuses to run as root: then the user of the package runs it.
fn as_unprivileged(name: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program(name, &folders())?);
    command.current_dir("/").env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = unprivileged()? {
        command.uid(user).gid(group);
    }
    Ok(command)
}

/// User and group that run the server where this process is root's.
fn unprivileged() -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let found = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    found
        .map(Some)
        .context("there is no user 'postgres': 'make services' installs PostgreSQL, which makes it")
}

fn children_of(parent: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
