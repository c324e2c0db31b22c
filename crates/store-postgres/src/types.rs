//! Values as PostgreSQL's binary protocol has them: instants, and 16 bytes as a `uuid`.
//!
//! Formats: the server's `timestamptz_recv` and `uuid_recv`
//! (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt>).

use millrace_event::{MadeId, Timestamp};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts microseconds, in milliseconds since 1970.
const EPOCH_MS: i64 = 946_684_800_000;
/// The first instant a `timestamptz` can be, 4714-11-24 BC, and the first beyond its last, in microseconds.
const MICROS: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

/// Instants that events may have: the years 1 to 9999.
pub(crate) const INSTANTS: std::ops::Range<Timestamp> =
    Timestamp::from_millis(-62_135_596_800_000)..Timestamp::from_millis(253_402_300_800_000);

/// Microseconds since 2000; what lies beyond the calendar is an infinity.
pub(crate) fn micros(instant: Timestamp) -> i64 {
    let micros = instant.as_millis().saturating_sub(EPOCH_MS).saturating_mul(1_000);
    if micros < MICROS.start {
        i64::MIN
    } else if micros >= MICROS.end {
        i64::MAX
    } else {
        micros
    }
}

fn from_micros(micros: i64) -> Timestamp {
    match micros {
        i64::MIN | i64::MAX => Timestamp::from_millis(micros),
        _ => Timestamp::from_millis(micros.div_euclid(1_000) + EPOCH_MS),
    }
}

/// A `timestamptz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1184))
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        info.oid() == Some(Oid(1184))
    }
}

impl PgHasArrayType for Instant {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1185))
    }
}

impl Encode<'_, Postgres> for Instant {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        out.extend_from_slice(&micros(self.0).to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Instant {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(from_micros(i64::from_be_bytes(value.as_bytes()?.try_into()?))))
    }
}

/// A `uuid`: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Uuid(pub(crate) [u8; 16]);

impl Type<Postgres> for Uuid {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2950))
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        info.oid() == Some(Oid(2950))
    }
}

impl PgHasArrayType for Uuid {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2951))
    }
}

impl Encode<'_, Postgres> for Uuid {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Uuid {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(value.as_bytes()?.try_into()?))
    }
}

/// A made id is shown as a UUID of version 8 (RFC 9562): 48 bits, the version, 12 bits, the variant, 62 bits.
impl From<MadeId> for Uuid {
    fn from(id: MadeId) -> Self {
        let process = id.process & MadeId::PROCESS_MASK;
        let high = (process >> 12) << 16 | 8 << 12 | process & 0xfff;
        let low = id.count & (u64::MAX >> 2) | 0b10 << 62;
        Self((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }
}

impl From<Uuid> for MadeId {
    fn from(uuid: Uuid) -> Self {
        let bits = u128::from_be_bytes(uuid.0);
        let (high, low) = ((bits >> 64) as u64, bits as u64);
        Self { process: (high >> 16) << 12 | high & 0xfff, count: low & (u64::MAX >> 2) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_made_id_is_the_uuid_it_shows(process in 0..=MadeId::PROCESS_MASK, count in 0..=u64::MAX >> 2) {
            let id = MadeId { process, count };
            let uuid = Uuid::from(id);
            prop_assert_eq!(MadeId::from(uuid), id);
            let digits: String = uuid.0.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(digits, id.to_string().replace('-', ""));
        }

        #[test]
        fn an_instant_comes_back(millis in INSTANTS.start.as_millis()..INSTANTS.end.as_millis()) {
            let instant = Timestamp::from_millis(millis);
            prop_assert_eq!(from_micros(micros(instant)), instant);
        }
    }

    #[test]
    fn what_no_calendar_has_is_an_infinity() {
        for millis in [i64::MIN, i64::MAX] {
            assert_eq!(micros(Timestamp::from_millis(millis)), millis);
            assert_eq!(from_micros(millis).as_millis(), millis);
        }
        assert_eq!(micros(Timestamp::from_millis(EPOCH_MS + 1)), 1_000);
    }
}
