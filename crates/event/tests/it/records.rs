//! What is encoded is decoded; what is damaged is an error.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::{Bytes, BytesMut};
use millrace_event::payload::Payload;
use millrace_event::record::{Again, Arrival, RecordError, decode, encode, encode_again, fuzz};
use millrace_event::{MadeId, Place, Revenue, Screen, SiteId, Timestamp, VisitorId};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = Cow<'static, str>> {
    "\\PC{1,200}".prop_map(Cow::Owned)
}

fn optional() -> impl Strategy<Value = Option<Cow<'static, str>>> {
    prop::option::of(text())
}

fn payload() -> impl Strategy<Value = Payload<'static>> {
    let texts = (optional(), text(), optional(), optional(), optional(), optional(), optional(), optional());
    let more = (optional(), optional(), optional(), prop::option::of(any::<IpAddr>()), text());
    let numbers = (
        prop::option::of(any::<i64>()),
        prop::option::of(any::<i64>()),
        prop::option::of(any::<i64>()),
        prop::option::of(any::<(u32, u32)>()),
        prop::option::of(0..=100u8),
        prop::option::of(any::<bool>()),
    );
    (texts, more, numbers).prop_map(|(texts, more, numbers)| Payload {
        site_id: None,
        event_id: texts.0,
        name: texts.1,
        user_id: texts.2,
        anonymous_id: texts.3,
        session_id: texts.4,
        url: texts.5,
        referrer: texts.6,
        element: texts.7,
        language: more.0,
        title: more.1,
        user_agent: more.2,
        address: more.3,
        properties: more.4,
        timestamp: numbers.0.map(Timestamp::from_millis),
        duration_ms: numbers.1,
        revenue: numbers.2.map(|micros| Revenue { micros, currency: "EUR".parse().unwrap() }),
        screen: numbers.3.map(|(width, height)| Screen { width, height }),
        scroll_depth: numbers.4,
        interactive: numbers.5,
        vouched: numbers.5 == Some(true),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_is_decoded(
        payload in payload(),
        process in 0..=MadeId::PROCESS_MASK,
        count in any::<u64>(),
        received_at in any::<i64>(),
        address in prop::option::of(any::<IpAddr>()),
        user_agent in prop::option::of("(Mozilla/)?\\PC{1,50}"),
        language in prop::option::of("[a-z]{2}"),
        keyed in any::<bool>(),
        visitor in any::<u64>(),
    ) {
        let site = SiteId::new("demo").unwrap();
        let received_at = Timestamp::from_millis(received_at);
        let made = MadeId { process, count };
        let arrival = Arrival {
            site: &site,
            made,
            received_at,
            address,
            user_agent: user_agent.as_deref(),
            language: language.as_deref(),
            keyed,
        };
        let mut out = BytesMut::new();
        encode(&payload, &arrival, &mut out);
        let record = out.freeze();
        let received = decode(&record).unwrap();
        prop_assert_eq!(&received.site, &site);
        prop_assert_eq!(received.client_id.as_deref(), payload.event_id.as_deref());
        prop_assert_eq!(received.made, payload.event_id.is_none().then_some(made));
        prop_assert_eq!(&*received.name, &*payload.name);
        prop_assert_eq!(received.timestamp, payload.timestamp.unwrap_or(received_at));
        prop_assert_eq!(received.received_at, received_at);
        prop_assert_eq!(received.user_id.as_deref(), payload.user_id.as_deref());
        prop_assert_eq!(received.anonymous_id.as_deref(), payload.anonymous_id.as_deref());
        prop_assert_eq!(received.session_id.as_deref(), payload.session_id.as_deref());
        prop_assert_eq!(received.url.as_deref(), payload.url.as_deref());
        prop_assert_eq!(received.referrer.as_deref(), payload.referrer.as_deref());
        prop_assert_eq!(received.element.as_deref(), payload.element.as_deref());
        let own_language = payload.language.as_deref().or(language.as_deref().filter(|_| !keyed));
        prop_assert_eq!(received.language.as_deref(), own_language);
        prop_assert_eq!(received.title.as_deref(), payload.title.as_deref());
        prop_assert_eq!(received.user_agent.as_deref(), payload.user_agent.as_deref().or(user_agent.as_deref()));
        prop_assert_eq!(received.address, payload.address.or(address));
        prop_assert_eq!(&*received.properties, &*payload.properties);
        prop_assert_eq!(received.duration_ms, payload.duration_ms);
        prop_assert_eq!(received.revenue, payload.revenue);
        prop_assert_eq!(received.screen, payload.screen);
        prop_assert_eq!(received.scroll_depth, payload.scroll_depth);
        prop_assert_eq!(received.interactive, payload.interactive.unwrap_or(true));
        prop_assert_eq!(received.vouched, payload.vouched);
        let browser = user_agent.is_some_and(|agent| agent.starts_with("Mozilla/"));
        let server = keyed && (payload.user_agent.is_some() || !browser);
        prop_assert_eq!(received.sender_address, server && payload.address.is_none());
        prop_assert_eq!(received.sender_agent, server && payload.user_agent.is_none());

        // Judged again, it is the same but for the address, and the made id is as good as a client's.
        let place = Place { country: "DE".parse().ok(), region: Some("DE-BE".into()), city: Some("Berlin".into()) };
        let again = Again { visitor: VisitorId(visitor), place };
        let once = encode_again(&record, &again).unwrap();
        let twice = encode_again(&once, &again).unwrap();
        prop_assert_eq!(&twice, &once);
        let mut expected = received;
        expected.address = None;
        expected.again = Some(again);
        if let Some(made) = expected.made.take() {
            expected.client_id = Some(made.to_string().into());
        }
        prop_assert_eq!(decode(&once).unwrap(), expected);
    }

    #[test]
    fn arbitrary_bytes(mut bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        fuzz(&bytes);
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        fuzz(&bytes);
    }
}

#[test]
fn damage_is_an_error_and_the_unknown_is_passed_over() {
    let site = SiteId::new("demo").unwrap();
    let made = MadeId { process: 1, count: 2 };
    let received_at = Timestamp::from_millis(3);
    let arrival = Arrival {
        site: &site,
        made,
        received_at,
        address: None,
        user_agent: None,
        language: None,
        keyed: false,
    };
    let payload = Payload { name: "x".into(), ..Payload::default() };
    let mut out = BytesMut::new();
    encode(&payload, &arrival, &mut out);
    let record = out.freeze();
    for end in 0..record.len() {
        assert!(decode(&record.slice(..end)).is_err(), "cut at {end}");
    }
    // Field 63 of each wire type, and a tag of none.
    let with = |more: &[u8]| decode(&Bytes::from([&record[..], more].concat()));
    assert_eq!(with(&[63 << 2, 0x80, 1]), decode(&record));
    assert_eq!(with(&[63 << 2 | 1, 1, 2, 3, 4, 5, 6, 7, 8]), decode(&record));
    assert_eq!(with(&[63 << 2 | 2, 2, 0xff, 0xff]), decode(&record));
    assert!(matches!(with(&[63 << 2 | 3]), Err(RecordError::Damaged { .. })));
    assert!(matches!(with(&[63 << 2 | 2, 200]), Err(RecordError::Damaged { .. })));
    let newer = Bytes::from([&[9], &record[1..]].concat());
    assert_eq!(decode(&newer), Err(RecordError::Version(9)));
}
