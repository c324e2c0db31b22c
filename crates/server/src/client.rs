//! A lean HTTP/1.1 client for sending events: one connection kept alive, one POST at a time.
//!
//! The load generator shares its machine with the server under test, so a request costs it one write, one read and
//! no allocation to speak of. Whatever goes wrong between two machines is an error of [`Client::post`], after which
//! the next call connects again; every answer of a server, of whatever status, is a [`Response`].

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use bytes::{Buf, BytesMut};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take, from the request's first byte to the answer's last.
const ANSWER: Duration = Duration::from_secs(60);
/// Bytes of an answer: 10,000 rejections fit, a stray download does not.
const ANSWER_BYTES: usize = 8 << 20;
/// Bytes of an answer's head.
const HEAD_BYTES: usize = 64 << 10;
const HEADERS: usize = 64;

/// A server's base URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `host:port`, to connect to.
    address: String,
    /// As the Host header has it.
    authority: String,
    /// What comes before a route, without a slash at its end; often empty.
    prefix: String,
}

impl Endpoint {
    /// Reads `http://host[:port][/prefix]`.
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            ensure!(
                !url.starts_with("https://"),
                "'{url}': https is not spoken here, give the server's http address"
            );
            bail!("'{url}' is no address of a server: it looks like http://127.0.0.1:8080");
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b"?#@".contains(&b));
        ensure!(!authority.is_empty() && plain(rest), "'{url}' is no plain address of a server");
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { address, authority: authority.to_owned(), prefix: path.trim_end_matches('/').to_owned() })
    }
}

/// What a server answered.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    /// When it asks to be asked again, in whole seconds from now.
    pub(crate) retry_after: Option<Duration>,
    /// The body.
    pub(crate) body: BytesMut,
}

/// An answer that is none of success, in one line.
pub(crate) fn refusal(status: u16, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        error: Error<'a>,
    }
    #[derive(Deserialize)]
    struct Error<'a> {
        #[serde(borrow)]
        code: Cow<'a, str>,
        #[serde(borrow)]
        message: Cow<'a, str>,
    }
    match serde_json::from_slice::<Envelope<'_>>(body) {
        Ok(Envelope { error }) => format!("{status} {}: {}", error.code, error.message),
        Err(_) => format!("status {status}"),
    }
}

/// One connection to one route.
#[derive(Debug)]
pub(crate) struct Client {
    endpoint: Endpoint,
    /// The request's head up to the length of its body.
    head: Vec<u8>,
    stream: Option<TcpStream>,
    read: BytesMut,
}

impl Client {
    /// A client that will POST JSON to `route`. Connects at the first request.
    pub(crate) fn new(
        endpoint: &Endpoint,
        route: &str,
        user_agent: &str,
        key: Option<&str>,
    ) -> anyhow::Result<Self> {
        let mut head = format!(
            "POST {}{route} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {user_agent}\r\nContent-Type: application/json\r\n",
            endpoint.prefix, endpoint.authority
        );
        if let Some(key) = key {
            ensure!(key.bytes().all(|b| b.is_ascii_graphic()), "the key has characters that no key has");
            head.push_str(&format!("X-API-Key: {key}\r\n"));
        }
        head.push_str("Content-Length: ");
        Ok(Self { endpoint: endpoint.clone(), head: head.into_bytes(), stream: None, read: BytesMut::new() })
    }

    /// Sends one body and waits for its answer. After an error it is unknown whether the server took the body.
    pub(crate) async fn post(&mut self, body: &[u8]) -> anyhow::Result<Response> {
        let mut stream = match self.stream.take().filter(is_open) {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let exchange = exchange(&mut stream, &self.head, body, &mut self.read);
        let answered = timeout(ANSWER, exchange).await;
        let (response, keep) =
            answered.with_context(|| format!("no answer within {} seconds", ANSWER.as_secs()))??;
        if keep && self.read.is_empty() {
            self.stream = Some(stream);
        }
        Ok(response)
    }

    async fn connect(&mut self) -> anyhow::Result<TcpStream> {
        self.read.clear();
        let address = self.endpoint.address.as_str();
        let connected = timeout(CONNECT, TcpStream::connect(address)).await;
        let stream = connected
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Whether the server has neither closed the connection nor said anything unasked.
fn is_open(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// One request and its answer; also whether the connection may be used again.
async fn exchange(
    stream: &mut TcpStream,
    head: &[u8],
    body: &[u8],
    read: &mut BytesMut,
) -> anyhow::Result<(Response, bool)> {
    let mut length = itoa::Buffer::new();
    let length = length.format(body.len());
    let mut request = Buf::chain(head, length.as_bytes()).chain(&b"\r\n\r\n"[..]).chain(body);
    // A server that refuses a request may answer before it has read all of it and close; the answer counts.
    let written = stream.write_all_buf(&mut request).await;
    match answer(stream, read).await {
        Ok((response, keep)) => Ok((response, keep && written.is_ok())),
        Err(error) => Err(written.err().map_or(error, Into::into)),
    }
}

async fn answer(stream: &mut TcpStream, read: &mut BytesMut) -> anyhow::Result<(Response, bool)> {
    let head = loop {
        match parse_head(read)? {
            // 100 and its like announce the answer, they are none.
            Some(head) if head.status < 200 => read.advance(head.bytes),
            Some(head) => break head,
            None => {
                ensure!(read.len() < HEAD_BYTES, "the answer's head is over {HEAD_BYTES} bytes");
                more(stream, read).await?;
            }
        }
    };
    read.advance(head.bytes);
    let (body, delimited) = match head.length {
        Length::Known(length) => {
            ensure!(length <= ANSWER_BYTES, "the answer has {length} bytes");
            while read.len() < length {
                more(stream, read).await?;
            }
            (read.split_to(length), true)
        }
        Length::Chunked => (chunks(stream, read).await?, true),
        Length::UntilClosed => {
            while stream.read_buf(read).await? > 0 {
                ensure!(read.len() <= ANSWER_BYTES, "the answer is over {ANSWER_BYTES} bytes");
            }
            (read.split(), false)
        }
    };
    let Head { status, retry_after, keep_alive, .. } = head;
    Ok((Response { status, retry_after, body }, keep_alive && delimited))
}

struct Head {
    bytes: usize,
    status: u16,
    retry_after: Option<Duration>,
    keep_alive: bool,
    length: Length,
}

enum Length {
    Known(usize),
    Chunked,
    UntilClosed,
}

fn parse_head(read: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let bytes = match response.parse(read).context("the answer is not HTTP")? {
        httparse::Status::Complete(bytes) => bytes,
        httparse::Status::Partial => return Ok(None),
    };
    let status = response.code.unwrap_or_default();
    let mut head = Head {
        bytes,
        status,
        retry_after: None,
        keep_alive: response.version == Some(1),
        length: if matches!(status, 204 | 304) { Length::Known(0) } else { Length::UntilClosed },
    };
    for header in response.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        if header.name.eq_ignore_ascii_case("content-length") && !matches!(head.length, Length::Chunked) {
            head.length = Length::Known(value.parse().context("the answer's Content-Length is no number")?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            head.length = Length::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            head.keep_alive &= !value.eq_ignore_ascii_case("close");
        } else if header.name.eq_ignore_ascii_case("retry-after") {
            head.retry_after = value.parse().ok().map(Duration::from_secs);
        }
    }
    Ok(Some(head))
}

/// A chunked body (RFC 9112, section 7.1); trailers are passed over.
async fn chunks(stream: &mut TcpStream, read: &mut BytesMut) -> anyhow::Result<BytesMut> {
    let mut body = BytesMut::new();
    loop {
        let size = line(stream, read).await?;
        let digits = std::str::from_utf8(&size).unwrap_or_default().split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(digits.trim(), 16).context("the answer's chunks are damaged")?;
        if size == 0 {
            while !line(stream, read).await?.is_empty() {}
            return Ok(body);
        }
        ensure!(body.len().saturating_add(size) <= ANSWER_BYTES, "the answer is over {ANSWER_BYTES} bytes");
        while read.len() < size + 2 {
            more(stream, read).await?;
        }
        body.extend_from_slice(&read[..size]);
        read.advance(size + 2);
    }
}

async fn line(stream: &mut TcpStream, read: &mut BytesMut) -> anyhow::Result<BytesMut> {
    loop {
        if let Some(end) = memchr::memchr(b'\n', read) {
            let mut line = read.split_to(end + 1);
            line.truncate(line.trim_ascii_end().len());
            return Ok(line);
        }
        ensure!(read.len() < HEAD_BYTES, "the answer's chunks are damaged");
        more(stream, read).await?;
    }
}

async fn more(stream: &mut TcpStream, read: &mut BytesMut) -> anyhow::Result<()> {
    read.reserve(4096);
    let count = stream.read_buf(read).await?;
    ensure!(count > 0, "the server closed the connection in the middle of its answer");
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let parse = |url| {
            let Endpoint { address, authority, prefix } = Endpoint::parse(url).ok()?;
            Some((address, authority, prefix))
        };
        for (url, address, authority, prefix) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", "127.0.0.1:8080", ""),
            ("http://stats.example/", "stats.example:80", "stats.example", ""),
            ("http://stats.example/a/b/", "stats.example:80", "stats.example", "/a/b"),
            ("http://[::1]:8080", "[::1]:8080", "[::1]:8080", ""),
            ("http://[::1]", "[::1]:80", "[::1]", ""),
        ] {
            assert_eq!(parse(url), Some((address.into(), authority.into(), prefix.into())), "{url}");
        }
        for url in [
            "",
            "127.0.0.1:8080",
            "https://a",
            "http://",
            "http:///x",
            "http://a b",
            "http://a?x",
            "http://u@a",
        ] {
            assert_eq!(parse(url), None, "{url}");
        }
    }

    #[tokio::test]
    async fn answers_are_read_in_every_framing_and_in_any_pieces() {
        let known = "HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok";
        let chunked = "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nT: 1\r\n\r\n";
        let announced = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
        let last = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        let closed = "HTTP/1.0 202 Accepted\r\n\r\nok";
        for (answer, connections) in [(known, 1), (chunked, 1), (announced, 1), (last, 3), (closed, 3)] {
            for piece in [1, 7, 4096] {
                assert_eq!(exchange_three_times(answer, piece).await, connections, "{answer} by {piece}");
            }
        }
    }

    /// Answers how many connections three requests took.
    async fn exchange_three_times(answer: &'static str, piece: usize) -> usize {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            let (mut served, mut connections) = (0, 0);
            while served < 3 {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                connections += 1;
                let mut request = Vec::new();
                while served < 3 && stream.read_buf(&mut request).await.unwrap() > 0 {
                    if !request.ends_with(b"hello") {
                        continue;
                    }
                    served += 1;
                    request.clear();
                    for piece in answer.as_bytes().chunks(piece) {
                        stream.write_all(piece).await.unwrap();
                        tokio::task::yield_now().await;
                    }
                    if connections > 1 || answer.contains("close") || answer.starts_with("HTTP/1.0") {
                        break;
                    }
                }
            }
            connections
        });
        let mut client = Client::new(&endpoint, "/api/events", "test", Some("key")).unwrap();
        for _ in 0..3 {
            let response = client.post(b"hello").await.unwrap();
            assert_eq!((response.status, &response.body[..]), (202, &b"ok"[..]), "{answer}");
        }
        server.await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_made_anew() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            for _ in 0..3 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"hello") {
                    stream.read_buf(&mut request).await.unwrap();
                }
                stream
                    .write_all(b"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n")
                    .await
                    .unwrap();
            }
        });
        let mut client = Client::new(&endpoint, "/", "test", None).unwrap();
        for _ in 0..3 {
            let response = client.post(b"hello").await.unwrap();
            assert_eq!((response.status, response.retry_after), (503, Some(Duration::from_secs(2))));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.await.unwrap();
        assert!(client.post(b"hello").await.is_err(), "nobody listens any more");
    }
}
