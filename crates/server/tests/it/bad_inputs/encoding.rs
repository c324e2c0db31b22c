//! Rows 16 to 28: content encodings, content types, characters.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{Row, accepted, event, of_demo, post, refused, run};
use crate::support::Server;

#[test]
fn encoding_bomb() {
    let server = Server::start();
    // 16
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..200 {
        encoder.write_all(&spaces).expect("compressed");
    }
    let bomb = encoder.finish().expect("compressed");
    assert!(bomb.len() < 250 << 10);
    let send = |times: usize| {
        let before = peak_bytes(&server);
        for _ in 0..times {
            let answer = post(&server, &["Content-Encoding: gzip"], &bomb);
            assert_eq!((answer.status, &*answer.code()), (413, "body_too_large"), "row 16");
        }
        peak_bytes(&server).saturating_sub(before) >> 20
    };
    // The first ones take buffers of a body's limit, which the allocator keeps; after that memory is flat.
    let first = send(6);
    assert!(first < 150, "row 16: {first} MiB more at the peak, of 1,200 MiB");
    // What the allocator takes once for another thread is no growth: it does not come again.
    let later = send(12).min(send(12));
    assert!(later < 24, "row 16: {later} MiB more, and it goes on growing");
}

#[test]
fn encoding_compressed() {
    let server = Server::start();
    let plain = |id: &str| of_demo("").replace("$ID", id);
    let gzipped = |row: Row| row.header("Content-Encoding: gzip");
    let whole = gzip(&plain("gzip"));
    let two = [gzip("["), gzip(&plain("members")), gzip("]")].concat();
    run(
        &server,
        &[
            gzipped(refused(17, "truncated gzip", &whole[..whole.len() - 4], 400, "invalid_encoding")),
            gzipped(refused(
                18,
                "gzip and garbage",
                [&whole[..], b"garbage"].concat(),
                400,
                "invalid_encoding",
            )),
            gzipped(accepted(18, "three members", two)),
            refused(19, "gzip twice", gzip("x"), 415, "unsupported_encoding")
                .header("Content-Encoding: gzip, gzip"),
            refused(20, "unknown encoding", plain("x"), 415, "unsupported_encoding")
                .header("Content-Encoding: lzw"),
            gzipped(refused(21, "gzip that is plain", plain("x"), 400, "invalid_encoding")),
            accepted(22, "brotli", brotli(&plain("br"))).header("Content-Encoding: br"),
            accepted(22, "zstd", zstd(&plain("zstd"))).header("Content-Encoding: zstd"),
            accepted(22, "deflate", zlib(&plain("zlib"))).header("Content-Encoding: deflate"),
            accepted(22, "raw deflate", deflate(&plain("raw"))).header("Content-Encoding: deflate"),
        ],
    );
    for id in ["members", "br", "zstd", "zlib", "raw"] {
        assert_eq!(super::count(&server, id), 1, "{id} is stored whole");
    }
    assert_eq!(super::count(&server, "gzip"), 0, "rows 17 and 18 store nothing");
}

#[test]
fn encoding_types_and_characters() {
    let server = Server::start();
    let typed = |row: Row, kind: &str| row.header(&format!("Content-Type: {kind}"));
    let utf16 = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let latin1 = |text: &str| text.chars().map(|char| char as u8).collect::<Vec<u8>>();
    let overlong = [br#"{"site_id":"demo","name":""#, &b"\xc0\xaf"[..], br#""}"#].concat();
    let surrogate = [br#"{"site_id":"demo","name":""#, &b"\xed\xa0\x80"[..], br#""}"#].concat();
    let form = "application/x-www-form-urlencoded";
    run(
        &server,
        &[
            typed(event(23, "a beacon", r#""url":"/beacon""#), "text/plain;charset=UTF-8")
                .stores("/page_url", "/beacon"),
            typed(refused(24, "a form", "data=e30%3D", 415, "unsupported_media_type"), form),
            typed(
                refused(25, "multipart", "--x\r\n\r\n{}\r\n--x--", 415, "unsupported_media_type"),
                "multipart/form-data; boundary=x",
            ),
            refused(26, "UTF-16", utf16(of_demo("")), 400, "invalid_json"),
            refused(
                26,
                "UTF-16 with its mark",
                utf16(format!("\u{feff}{}", of_demo(""))),
                400,
                "invalid_utf8",
            ),
            refused(26, "Latin-1", latin1(&of_demo(r#""name":"café""#)), 400, "invalid_utf8"),
            accepted(27, "a byte order mark", format!("\u{feff}{}", of_demo(""))).stores("/event_type", "x"),
            refused(28, "overlong", overlong, 400, "invalid_utf8"),
            refused(28, "a surrogate in UTF-8", surrogate, 400, "invalid_utf8"),
        ],
    );
}

/// The most memory the server ever had, from the kernel.
fn peak_bytes(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

fn zlib(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

/// RFC 7932: a window of 16 bits, one uncompressed meta-block, the empty last one.
fn brotli(text: &str) -> Vec<u8> {
    let head = ((text.len() as u32 - 1) << 4) | 1 << 20;
    [&head.to_le_bytes()[..3], text.as_bytes(), &[3]].concat()
}

/// RFC 8878: a single-segment frame of one raw block, up to 255 bytes.
fn zstd(text: &str) -> Vec<u8> {
    let block = (text.len() as u32) << 3 | 1;
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, u8::try_from(text.len()).expect("a short text")];
    [&head[..], &block.to_le_bytes()[..3], text.as_bytes()].concat()
}
