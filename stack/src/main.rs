//! `millrace-stack`: the reference stack on one machine, without containers. A private PostgreSQL and Redis, the three
//! roles as processes of their own, and a generator; Ctrl-C ends them all, in the order of the data.
//!
//! `deploy/compose.yml` is the same with containers.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use millrace_stack::{Postgres, Redis, free_port};
use rustix::process::{Pid, Signal, kill_process};

/// Runs Millrace over PostgreSQL and Redis.
#[derive(Debug, Parser)]
#[command(name = "millrace-stack", version, about)]
struct Args {
    /// The binary to run
    #[arg(long, value_name = "PATH", default_value = "target/release/millrace")]
    millrace: PathBuf,
    /// Where the servers keep their data
    #[arg(long, value_name = "DIR", default_value = ".stack")]
    dir: PathBuf,
    /// Port of the dashboard and the reports
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// Workers
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: usize,
    /// Generated events a second; 0: none
    #[arg(long, value_name = "N", default_value_t = 50)]
    rate: u32,
}

const SITE: &str = "demo";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("millrace-stack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let binary = args.millrace.canonicalize();
    let binary =
        binary.with_context(|| format!("{}: 'make stack' builds it first", args.millrace.display()))?;
    std::fs::create_dir_all(&args.dir)?;
    let dir = args.dir.canonicalize()?;
    let _lock = lock(&dir)?;
    end_leftovers(&dir);
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;

    let redis =
        Redis::start_with(Some(&dir.join("redis")), &["--appendonly", "yes", "--appendfsync", "always"])?;
    let postgres = Postgres::start_with(Some(&dir.join("postgres")), &[])?;
    // Its second start finds it there.
    let _ = postgres.create_database("millrace");
    let stack = Stack { binary, dir, redis: redis.url(), postgres: postgres.url_of("millrace") };
    stack.note(&[redis.pid(), postgres.pid()])?;
    // There it is after the first start.
    let _ = stack
        .command(&["site", "add", SITE, "--public"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status();

    let mut processes = Vec::new();
    let ingest = free_port()?;
    for number in 1..=args.workers {
        processes.push(stack.serve(&["worker"], &format!("worker-{number}"), free_port()?)?);
    }
    // The first of them makes the tables that the API needs.
    for worker in &mut processes {
        worker.wait_until_ready().await?;
    }
    processes.push(stack.serve(&["ingest"], "ingest", ingest)?);
    // The API takes events as well: the page's test event goes where the page came from. A reverse proxy that divides
    // the two is what a real installation has.
    processes.push(stack.serve(&["api", "ingest"], "api", args.port)?);
    for process in &mut processes {
        process.wait_until_ready().await?;
    }
    if args.rate > 0 {
        processes.push(stack.generate(ingest, args.rate)?);
    }
    println!("dashboard  http://127.0.0.1:{}/?site={SITE}", args.port);
    println!("ingestion  http://127.0.0.1:{ingest}/api/events");
    println!("workers    {}", args.workers);
    println!("PostgreSQL {}", stack.postgres);
    println!("Redis      {}", stack.redis);
    println!("logs       {}/*.log", stack.dir.display());
    println!("lag        {} lag --watch --queue {}", stack.binary.display(), stack.redis);
    println!("Ctrl-C ends them all");
    stack.note(&processes.iter().map(|process| Some(process.child.id())).collect::<Vec<_>>())?;

    let ended = loop {
        tokio::select! {
            _ = interrupt.recv() => break None,
            _ = terminate.recv() => break None,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
        let ended = processes.iter_mut().find_map(|process| {
            let status = process.child.try_wait().ok().flatten()?;
            Some(anyhow::anyhow!(
                "{} ended by itself ({status}): see {}",
                process.name,
                process.log.display()
            ))
        });
        if ended.is_some() {
            break ended;
        }
    };
    println!("stopping");
    // The generator first, the workers last: what was acknowledged is stored, or waits in Redis.
    while let Some(mut process) = processes.pop() {
        process.end();
    }
    drop((postgres, redis));
    ended.map_or(Ok(()), Err)
}

/// What every process of the stack is told.
struct Stack {
    binary: PathBuf,
    dir: PathBuf,
    redis: String,
    postgres: String,
}

struct Process {
    name: String,
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Stack {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).arg("--data-dir").arg(self.dir.join("data")).args(["--catalog", &self.postgres]);
        command.stdin(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    fn serve(&self, roles: &[&str], name: &str, port: u16) -> anyhow::Result<Process> {
        let listen = format!("127.0.0.1:{port}");
        let mut command = self.command(&["serve", "--listen", &listen]);
        roles.iter().for_each(|role| {
            command.args(["--role", role]);
        });
        command.args([
            "--queue",
            &self.redis,
            "--store",
            &self.postgres,
            "--cache",
            &format!("{}1", self.redis),
        ]);
        self.spawn(command, name, port)
    }

    fn generate(&self, port: u16, rate: u32) -> anyhow::Result<Process> {
        let (to, rate) = (format!("http://127.0.0.1:{port}"), rate.to_string());
        let mut command = Command::new(&self.binary);
        command.args(["generate", "--to", &to, "--site", SITE, "--rate", &rate]).stdin(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        self.spawn(command, "generator", port)
    }

    fn spawn(&self, mut command: Command, name: &str, port: u16) -> anyhow::Result<Process> {
        let log = self.dir.join(format!("{name}.log"));
        let file = File::create(&log)?;
        let child =
            command.stdout(file.try_clone()?).stderr(file).spawn().with_context(|| format!("{command:?}"))?;
        Ok(Process { name: name.to_owned(), child, port, log })
    }

    /// Notes what runs, for a next start that finds it still running.
    fn note(&self, pids: &[Option<u32>]) -> anyhow::Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.dir.join("pids"))?;
        for pid in pids.iter().flatten() {
            writeln!(file, "{pid}")?;
        }
        Ok(())
    }
}

impl Process {
    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let begin = Instant::now();
        while !is_ready(self.port) {
            let ended = self.child.try_wait()?;
            anyhow::ensure!(
                ended.is_none() && begin.elapsed() < Duration::from_secs(60),
                "{} does not become ready ({ended:?}); its log:\n{}",
                self.name,
                std::fs::read_to_string(&self.log).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn end(&mut self) {
        if let Some(pid) = Pid::from_raw(self.child.id() as i32)
            && matches!(self.child.try_wait(), Ok(None))
        {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn is_ready(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(6)));
    let request = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut answer = [0; 12];
    stream.write_all(request).is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b" 200")
}

/// One stack a folder.
fn lock(dir: &Path) -> anyhow::Result<File> {
    let file = File::create(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => anyhow::bail!("a stack runs in '{}' already", dir.display()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Ends what a stack left that was killed: two servers must not write one folder's files.
fn end_leftovers(dir: &Path) {
    let pids = std::fs::read_to_string(dir.join("pids")).unwrap_or_default();
    for pid in pids.lines().filter_map(|line| line.parse::<i32>().ok()) {
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let ours = String::from_utf8_lossy(&command).contains(&*dir.to_string_lossy());
        if let Some(pid) = Pid::from_raw(pid).filter(|_| ours) {
            let _ = kill_process(pid, Signal::INT);
        }
    }
    let _ = std::fs::remove_file(dir.join("pids"));
}
