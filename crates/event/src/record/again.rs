//! The record of an event that was discarded: kept to be explained, and to be judged again.
//!
//! Invariant: it has no address, and has the client's id that it is shown under. So two copies of it on the queue
//! count once, like any event that a client sends twice.

use bytes::{BufMut, Bytes, BytesMut};

use super::{FIXED, Reader, RecordError, VARINT, field, put_fixed, put_text};
use crate::{MadeId, Place, VisitorId};

/// The record of an event that was discarded, to be judged again: without its address, with what was found out while
/// that was there, and with the id that was made for it as if the client had sent it.
///
/// # Errors
/// When `record` is none.
pub fn encode_again(record: &Bytes, again: &Again) -> Result<Bytes, RecordError> {
    let mut reader = Reader { record, at: 0 };
    let mut out = BytesMut::with_capacity(record.len() + 64);
    out.put_u8(reader.byte()?);
    let (mut process, mut count, mut named) = (None, None, false);
    while reader.at < record.len() {
        let start = reader.at;
        let tag = reader.byte()?;
        match (tag >> 2, tag & 3) {
            (field::MADE_PROCESS, FIXED) => process = Some(reader.fixed()?),
            (field::MADE_COUNT, VARINT) => count = Some(reader.varint()?),
            (number, _) => {
                reader.pass(tag)?;
                named |= number == field::CLIENT_ID;
                if !FOUND_OUT.contains(&number) {
                    out.put_slice(&record[start..reader.at]);
                }
            }
        }
    }
    if let (Some(process), Some(count), false) = (process, count, named) {
        put_text(&mut out, field::CLIENT_ID, Some(&MadeId { process, count }.to_string()));
    }
    put_fixed(&mut out, field::VISITOR, again.visitor.0);
    put_text(&mut out, field::COUNTRY, again.place.country.as_ref().map(|country| country.as_str()));
    put_text(&mut out, field::REGION, again.place.region.as_deref());
    put_text(&mut out, field::CITY, again.place.city.as_deref());
    Ok(out.freeze())
}

/// What is known of an event from its first time through a worker: its address is gone since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// Who did it.
    pub visitor: VisitorId,
    /// Where they were.
    pub place: Place,
}

/// The address, and what takes its place.
const FOUND_OUT: [u8; 5] = [field::ADDRESS, field::VISITOR, field::COUNTRY, field::REGION, field::CITY];
