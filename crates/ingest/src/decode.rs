//! Content types and encodings.
//!
//! Invariant: no more than the limit is ever decompressed, so a bomb costs what an honest body of that size does.

use std::io::{self, Read};

use ::http::{HeaderMap, header};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, HeapAlloc, HuffmanCode};
use millrace_event::limits;
use millrace_event::payload::{EnvelopeError, Format};

use crate::Refusal;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952, one member or several.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, one frame or several.
    Zstd,
    /// RFC 1950, and the bare RFC 1951 that some clients mean by it.
    Deflate,
}

/// The format that the headers say the body has.
pub(crate) fn format(headers: &HeaderMap) -> Result<Format, Refusal> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Format::Json) };
    let text = value.to_str().unwrap_or("?");
    let mut parts = text.split(';').map(str::trim_ascii);
    let kind = parts.next().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|name| kind.eq_ignore_ascii_case(name));
    let format = if is(&["application/json", "text/plain", ""]) {
        Format::Json
    } else if is(&["application/x-ndjson", "application/ndjson"]) {
        Format::Ndjson
    } else {
        return Err(Refusal::MediaType);
    };
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim_ascii().eq_ignore_ascii_case("charset").then(|| value.trim_ascii().trim_matches('"'))
    });
    match charset {
        Some(charset) if !["utf-8", "utf8", "us-ascii"].iter().any(|c| charset.eq_ignore_ascii_case(c)) => {
            Err(Refusal::Charset)
        }
        _ => Ok(format),
    }
}

/// The encoding that the headers say the body has; at most one.
pub(crate) fn encoding(headers: &HeaderMap) -> Result<Option<Encoding>, Refusal> {
    let mut found = None;
    for line in headers.get_all(header::CONTENT_ENCODING) {
        for name in line.to_str().map_err(|_| Refusal::Encoding)?.split(',') {
            let encoding = match name.trim_ascii().to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Encoding::Gzip,
                "br" => Encoding::Brotli,
                "zstd" => Encoding::Zstd,
                "deflate" => Encoding::Deflate,
                _ => return Err(Refusal::Encoding),
            };
            if found.replace(encoding).is_some() {
                return Err(Refusal::Encoding);
            }
        }
    }
    Ok(found)
}

/// The whole of `body`, decompressed.
///
/// # Errors
/// [`Refusal::Undecodable`] where it is truncated, followed by something else, or not of that encoding at all;
/// [`EnvelopeError::BodyTooLarge`] beyond `limit` bytes.
pub(crate) fn decode(body: &[u8], encoding: Encoding, limit: usize) -> Result<Vec<u8>, Refusal> {
    let undecodable = |_: io::Error| Refusal::Undecodable;
    match encoding {
        // Reads every member; what follows the last and is none is an error.
        Encoding::Gzip => read_to(flate2::read::MultiGzDecoder::new(body), limit),
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(undecodable)?;
            // A frame may ask for a window of gigabytes; 8 MiB is what RFC 8878 says every decoder supports.
            decoder.window_log_max(23).map_err(undecodable)?;
            read_to(decoder, limit)
        }
        Encoding::Brotli => brotli(body, limit),
        Encoding::Deflate => {
            // A zlib header: method 8, and a multiple of 31.
            let has_header = matches!(body, [first, second, ..]
                if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31));
            if has_header {
                let mut decoder = flate2::bufread::ZlibDecoder::new(body);
                let decoded = read_to(&mut decoder, limit)?;
                if decoder.into_inner().is_empty() { Ok(decoded) } else { Err(Refusal::Undecodable) }
            } else {
                let mut decoder = flate2::bufread::DeflateDecoder::new(body);
                let decoded = read_to(&mut decoder, limit)?;
                if decoder.into_inner().is_empty() { Ok(decoded) } else { Err(Refusal::Undecodable) }
            }
        }
    }
}

fn read_to(mut decoder: impl Read, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut decoded: Vec<u8> = Vec::new();
    let mut chunk = vec![0; 16 << 10];
    loop {
        let read = decoder.read(&mut chunk).map_err(|_| Refusal::Undecodable)?;
        if read == 0 {
            return Ok(decoded);
        }
        if decoded.len() + read > limit {
            return Err(too_large());
        }
        // Doubled as usual, but never beyond what a body may have: a bomb takes no more than the limit.
        if decoded.capacity() - decoded.len() < read {
            let more = decoded.len().max(chunk.len()).min(limit - decoded.len());
            decoded.reserve_exact(more);
        }
        decoded.extend_from_slice(&chunk[..read]);
    }
}

/// By the decoder's own steps: its `Read` does not tell what is left of the input after the end of the stream.
fn brotli(body: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let codes = HeapAlloc::new(HuffmanCode::default());
    // Strict: without large windows, which may ask for a gigabyte.
    let mut state = BrotliState::new_strict(HeapAlloc::new(0u8), HeapAlloc::new(0u32), codes);
    let mut decoded = Vec::new();
    let mut chunk = vec![0; 16 << 10];
    let (mut left, mut at, mut total) = (body.len(), 0, 0);
    loop {
        let (mut room, mut filled) = (chunk.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut filled,
            &mut chunk,
            &mut total,
            &mut state,
        );
        decoded.extend_from_slice(&chunk[..filled]);
        if decoded.len() > limit {
            return Err(too_large());
        }
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if left == 0 => return Ok(decoded),
            _ => return Err(Refusal::Undecodable),
        }
    }
}

fn too_large() -> Refusal {
    EnvelopeError::BodyTooLarge { limit: limits::BATCH_BODY_BYTES }.into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn encode(encoding: Encoding, plain: &[u8]) -> Vec<u8> {
        let level = flate2::Compression::default();
        match encoding {
            Encoding::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap()
            }
            Encoding::Deflate => {
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap()
            }
            Encoding::Brotli => {
                let mut out = Vec::new();
                brotli::CompressorWriter::new(&mut out, 4096, 5, 22).write_all(plain).unwrap();
                out
            }
            Encoding::Zstd => zstd::encode_all(plain, 0).unwrap(),
        }
    }

    const ALL: [Encoding; 4] = [Encoding::Gzip, Encoding::Brotli, Encoding::Zstd, Encoding::Deflate];

    #[test]
    fn whole_bodies_and_nothing_else() {
        let plain: Vec<u8> = (0..100_000u32).flat_map(|i| i.to_string().into_bytes()).collect();
        for encoding in ALL {
            let encoded = encode(encoding, &plain);
            assert_eq!(decode(&encoded, encoding, plain.len()).unwrap(), plain, "{encoding:?}");
            for end in [0, 1, 5, encoded.len() / 2, encoded.len() - 1] {
                let code = decode(&encoded[..end], encoding, plain.len()).map_err(|error| error.code());
                assert_eq!(code, Err("invalid_encoding"), "{encoding:?} cut at {end}");
            }
            let trailing = [&encoded[..], b"garbage"].concat();
            assert!(decode(&trailing, encoding, plain.len()).is_err(), "{encoding:?} with garbage");
            let code = decode(b"{\"name\":\"x\"}", encoding, 1 << 20).map_err(|error| error.code());
            assert_eq!(code, Err("invalid_encoding"), "{encoding:?} of plain text");
            let code = decode(&encoded, encoding, plain.len() - 1).map_err(|error| error.code());
            assert_eq!(code, Err("body_too_large"), "{encoding:?} over the limit");
        }
        for encoding in [Encoding::Gzip, Encoding::Zstd] {
            let twice =
                encode(encoding, b"ab").into_iter().chain(encode(encoding, b"cd")).collect::<Vec<_>>();
            assert_eq!(decode(&twice, encoding, 9).unwrap(), b"abcd", "{encoding:?}");
        }
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(b"raw").unwrap();
        assert_eq!(decode(&raw.finish().unwrap(), Encoding::Deflate, 9).unwrap(), b"raw");
    }

    #[test]
    fn headers_say_what_a_body_is() {
        let of =
            |name: header::HeaderName, value: &str| HeaderMap::from_iter([(name, value.parse().unwrap())]);
        for (value, expected) in [
            ("application/json", Ok(Format::Json)),
            ("Application/JSON; charset=UTF-8", Ok(Format::Json)),
            ("text/plain;charset=\"utf-8\"", Ok(Format::Json)),
            ("application/x-ndjson", Ok(Format::Ndjson)),
            ("application/ndjson", Ok(Format::Ndjson)),
            ("application/x-www-form-urlencoded", Err("unsupported_media_type")),
            ("multipart/form-data; boundary=x", Err("unsupported_media_type")),
            ("application/json; charset=latin1", Err("unsupported_media_type")),
        ] {
            let found = format(&of(header::CONTENT_TYPE, value)).map_err(|error| error.code());
            assert_eq!(found, expected, "{value}");
        }
        assert_eq!(format(&HeaderMap::new()).unwrap(), Format::Json);
        for (value, expected) in [
            ("gzip", Ok(Some(Encoding::Gzip))),
            ("identity", Ok(None)),
            ("identity, br", Ok(Some(Encoding::Brotli))),
            ("gzip, gzip", Err("unsupported_encoding")),
            ("snappy", Err("unsupported_encoding")),
        ] {
            let found = encoding(&of(header::CONTENT_ENCODING, value)).map_err(|error| error.code());
            assert_eq!(found, expected, "{value}");
        }
    }
}
