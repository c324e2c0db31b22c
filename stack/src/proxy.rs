//! A TCP proxy that can be told to fail.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the proxy does with what the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: everything passes.
    None,
    /// Requests pass, answers are withheld until the fault is gone.
    HoldAnswers,
    /// Requests pass; the next answer is thrown away and its connection cut.
    LoseAnswer,
    /// Requests pass; half of the next answer passes, and its connection is cut.
    CutAnswer,
    /// New connections are refused and the open ones cut.
    Refuse,
}

/// A proxy on a port of its own; ends its connections when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    target: u16,
    fault: AtomicU8,
    /// Connections so far, and how many of them hang.
    connections: AtomicU64,
    hang: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Shared {
    fn new(target: u16) -> Arc<Self> {
        Arc::new(Self {
            target,
            fault: AtomicU8::new(0),
            connections: AtomicU64::new(0),
            hang: AtomicU64::new(0),
            open: Mutex::new(Vec::new()),
        })
    }
}

const FAULTS: [Fault; 5] =
    [Fault::None, Fault::HoldAnswers, Fault::LoseAnswer, Fault::CutAnswer, Fault::Refuse];

impl Proxy {
    /// Forwards a free port of the loopback to the port `target`.
    ///
    /// # Errors
    /// Where there is no port to be had.
    pub fn start(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Shared::new(target);
        let weak = Arc::downgrade(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Some(shared) = weak.upgrade() else { return };
                if shared.fault() != Fault::Refuse
                    && let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.target))
                {
                    connect(&shared, client, server);
                }
            }
        });
        Ok(Self { port, shared })
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on does this. [`Fault::LoseAnswer`] and [`Fault::CutAnswer`] are over after one answer.
    pub fn set(&self, fault: Fault) {
        let place = FAULTS.iter().position(|known| *known == fault).unwrap_or_default();
        self.shared.fault.store(place as u8, Ordering::SeqCst);
        if fault == Fault::Refuse {
            self.cut();
        }
    }

    /// What it does now.
    pub fn fault(&self) -> Fault {
        self.shared.fault()
    }

    /// From now on nothing passes on the connections that are open, and nobody is told: what a network does that is cut.
    /// New connections work.
    pub fn hang(&self) {
        self.shared.hang.store(self.shared.connections.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        if let Ok(mut open) = self.shared.open.lock() {
            for stream in open.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Fault::Refuse);
        // The listening thread sees that nobody needs it at its next connection: this one.
        let port = self.port;
        drop(std::mem::replace(&mut self.shared, Shared::new(0)));
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    }
}

impl Shared {
    fn fault(&self) -> Fault {
        FAULTS[usize::from(self.fault.load(Ordering::SeqCst)) % FAULTS.len()]
    }

    /// Whether this caller is the one to carry out `fault`, which is then over.
    fn take(&self, fault: Fault) -> bool {
        let place = FAULTS.iter().position(|known| *known == fault).unwrap_or_default() as u8;
        self.fault.compare_exchange(place, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

fn connect(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else { return };
    if let (Ok(mut open), Ok(one), Ok(other)) = (shared.open.lock(), client.try_clone(), server.try_clone()) {
        open.extend([one, other]);
    }
    std::thread::spawn(move || requests(client, server));
    let number = shared.connections.fetch_add(1, Ordering::SeqCst);
    let shared = Arc::clone(shared);
    std::thread::spawn(move || answers(&shared, number, server_again, client_again));
}

fn requests(mut client: TcpStream, mut server: TcpStream) {
    let _ = std::io::copy(&mut client, &mut server);
    let _ = server.shutdown(Shutdown::Both);
}

fn answers(shared: &Shared, number: u64, mut server: TcpStream, mut client: TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length) = server.read(&mut buffer) {
        if length == 0 {
            break;
        }
        let hangs = || number < shared.hang.load(Ordering::SeqCst) && shared.fault() != Fault::Refuse;
        while shared.fault() == Fault::HoldAnswers || hangs() {
            std::thread::sleep(Duration::from_millis(2));
        }
        if shared.take(Fault::LoseAnswer) {
            break;
        }
        if shared.take(Fault::CutAnswer) {
            let _ = client.write_all(&buffer[..length / 2]);
            break;
        }
        if client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}
