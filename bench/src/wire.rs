//! HTTP/1.1, as much of it as a lean loader needs: requests that are rendered beforehand, kept-alive connections, and
//! answers of which only status, length and body are looked at.

use std::net::SocketAddr;
use std::ops::Range;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a browser says of itself.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";

/// A request for `path`.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nuser-agent: {USER_AGENT}\r\n\r\n").into_bytes()
}

/// A request that sends events.
pub(crate) fn post(body: &[u8]) -> Vec<u8> {
    post_to("/api/events", body)
}

/// A request that sends JSON to `path`.
pub(crate) fn post_to(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nuser-agent: {USER_AGENT}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// One kept-alive connection, with one request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Range<usize>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 << 10), body: 0..0 })
    }

    /// Sends a request and reads its answer whole; answers the status.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await.context("sending a request")?;
        self.buffer.clear();
        let (status, body) = loop {
            self.read().await?;
            match head(&self.buffer)? {
                Some(found) => break found,
                None => ensure!(self.buffer.len() < 64 << 10, "an answer's head does not end"),
            }
        };
        self.buffer.reserve(body.end.saturating_sub(self.buffer.len()));
        while self.buffer.len() < body.end {
            self.read().await?;
        }
        self.body = body;
        Ok(status)
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.buffer[self.body.clone()]
    }

    /// The body as text, for messages.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body()).into_owned()
    }

    /// The JSON at `path`; any other status than 200 is an error.
    pub(crate) async fn json(&mut self, path: &str) -> anyhow::Result<Value> {
        match self.send(&get(path)).await? {
            200 => serde_json::from_slice(self.body()).with_context(|| format!("GET {path}")),
            status => bail!("GET {path} was answered with {status}: {}", self.text()),
        }
    }

    /// The JSON that a request is answered with; any other status than 200 is an error.
    pub(crate) async fn answer(&mut self, request: &[u8]) -> anyhow::Result<Value> {
        let status = self.send(request).await?;
        if status != 200 {
            let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
            bail!("{} was answered with {status}: {}", String::from_utf8_lossy(line), self.text());
        }
        serde_json::from_slice(self.body()).context("an answer that is no JSON")
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await.context("reading an answer")?;
        ensure!(read > 0, "the server closed a connection on which an answer was due");
        Ok(())
    }
}

/// Status and place of the body, once the head is complete.
fn head(buffer: &[u8]) -> anyhow::Result<Option<(u16, Range<usize>)>> {
    let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&buffer[..end]).context("an answer's head")?;
    let mut lines = text.split("\r\n");
    let status =
        lines.next().and_then(|line| line.get(9..12)?.parse().ok()).context("an answer without a status")?;
    let length: usize = lines
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        })
        .context("an answer without a length")?;
    Ok(Some((status, end + 4..end + 4 + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_status_and_body() {
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nx: y\r\n\r\nok";
        assert_eq!(head(answer).unwrap(), Some((202, answer.len() - 2..answer.len())));
        assert_eq!(head(&answer[..30]).unwrap(), None);
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"nonsense\r\n\r\n").is_err());
    }
}
