use std::net::Ipv4Addr;

use super::*;

/// A value of an MMDB file.
enum Value {
    Text(&'static str),
    U16(u16),
    U32(u32),
    U64(u64),
    Map(Vec<(&'static str, Value)>),
    List(Vec<Value>),
}

use Value::{List, Map, Text, U16, U32, U64};

impl Value {
    fn write(&self, out: &mut Vec<u8>) {
        let head = |out: &mut Vec<u8>, kind: u8, size: usize| {
            let (short, long) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
            out.push(if kind <= 7 { kind << 5 | short } else { short });
            out.extend((kind > 7).then(|| kind - 7));
            out.extend(long);
        };
        match self {
            Text(text) => {
                head(out, 2, text.len());
                out.extend(text.bytes());
            }
            U16(number) => {
                head(out, 5, 2);
                out.extend(number.to_be_bytes());
            }
            U32(number) => {
                head(out, 6, 4);
                out.extend(number.to_be_bytes());
            }
            U64(number) => {
                head(out, 9, 8);
                out.extend(number.to_be_bytes());
            }
            Map(entries) => {
                head(out, 7, entries.len());
                for (key, value) in entries {
                    Text(key).write(out);
                    value.write(out);
                }
            }
            List(values) => {
                head(out, 11, values.len());
                values.iter().for_each(|value| value.write(out));
            }
        }
    }
}

/// An MMDB file with a value for each IPv4 network of eight bits.
fn file(entries: &[(u8, Value)]) -> tempfile::NamedTempFile {
    // Records of a node: another node, a place in the data, or nothing.
    #[derive(Clone, Copy)]
    enum Record {
        Nothing,
        Node(usize),
        Data(usize),
    }
    let mut nodes = vec![[Record::Nothing; 2]];
    let mut data = Vec::new();
    for (network, value) in entries {
        let offset = data.len();
        value.write(&mut data);
        let mut at = 0;
        for bit in (1..8).rev() {
            let side = usize::from(network >> bit & 1);
            at = match nodes[at][side] {
                Record::Node(next) => next,
                _ => {
                    nodes.push([Record::Nothing; 2]);
                    let next = nodes.len() - 1;
                    nodes[at][side] = Record::Node(next);
                    next
                }
            };
        }
        nodes[at][usize::from(network & 1)] = Record::Data(offset);
    }
    let mut out = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match *record {
            Record::Nothing => nodes.len(),
            Record::Node(next) => next,
            Record::Data(offset) => nodes.len() + 16 + offset,
        };
        out.extend(&(number as u32).to_be_bytes()[1..]);
    }
    out.extend([0; 16]);
    out.extend(data);
    out.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = Map(vec![
        ("node_count", U32(nodes.len() as u32)),
        ("record_size", U16(24)),
        ("ip_version", U16(4)),
        ("database_type", Text("Test")),
        ("languages", List(vec![Text("en")])),
        ("binary_format_major_version", U16(2)),
        ("binary_format_minor_version", U16(0)),
        ("build_epoch", U64(1)),
        ("description", Map(vec![("en", Text("test"))])),
    ]);
    metadata.write(&mut out);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), out).expect("written");
    file
}

fn names(name: &'static str) -> (&'static str, Value) {
    ("names", Map(vec![("de", Text("anders")), ("en", Text(name))]))
}

#[test]
fn databases_of_several_makers() {
    let code = |code| ("iso_code", Text(code));
    let entries = [
        // GeoLite2 City.
        (
            1,
            Map(vec![
                ("city", Map(vec![("geoname_id", U32(2_950_159)), names("Berlin")])),
                ("continent", Map(vec![("code", Text("EU")), names("Europe")])),
                ("country", Map(vec![code("DE"), names("Germany")])),
                ("location", Map(vec![("time_zone", Text("Europe/Berlin"))])),
                ("subdivisions", List(vec![Map(vec![code("BE"), names("Land Berlin")])])),
            ]),
        ),
        // DB-IP City Lite: a region has no code.
        (
            2,
            Map(vec![
                ("city", Map(vec![names("Lyon")])),
                ("country", Map(vec![code("FR"), names("France")])),
                ("subdivisions", List(vec![Map(vec![names("Auvergne-Rhône-Alpes")])])),
            ]),
        ),
        // ipinfo: texts.
        (3, Map(vec![("city", Text("Osaka")), ("region", Text("Osaka")), ("country", Text("JP"))])),
        // ip-location-db.
        (4, Map(vec![("country_code", Text("BR")), ("state1", Text("Bahia")), ("city", Text("Salvador"))])),
        (5, Map(vec![("registered_country", Map(vec![code("US")]))])),
        // Another kind of database, and values that are none.
        (6, Map(vec![("autonomous_system_number", U32(64_500))])),
        (7, Map(vec![("country", Map(vec![code("Germany")])), ("city", Text(""))])),
        (8, Map(vec![("country", U32(7))])),
        (9, Text("no map")),
        (
            12,
            Map(vec![
                ("country", Map(vec![code("GB")])),
                ("subdivisions", List(vec![Map(vec![code("England"), names("England")])])),
            ]),
        ),
    ];
    let file = file(&entries);
    let database = PlaceDatabase::open(file.path()).expect("a database");
    let mut known = Known::default();
    for round in 0..2 {
        for (network, expected) in [
            (1, (Some("DE"), Some("DE-BE"), Some("Berlin"))),
            (2, (Some("FR"), Some("Auvergne-Rhône-Alpes"), Some("Lyon"))),
            (3, (Some("JP"), Some("Osaka"), Some("Osaka"))),
            (4, (Some("BR"), Some("Bahia"), Some("Salvador"))),
            (5, (Some("US"), None, None)),
            (6, (None, None, None)),
            (7, (None, None, None)),
            (8, (None, None, None)),
            (9, (None, None, None)),
            (12, (Some("GB"), Some("England"), None)),
            (13, (None, None, None)),
        ] {
            let place = database.place(Ipv4Addr::new(network, 2, 3, 4).into(), &mut known);
            let found = (
                place.country.as_ref().map(|code| code.as_str()),
                place.region.as_deref(),
                place.city.as_deref(),
            );
            assert_eq!(found, expected, "{network}, round {round}");
        }
        let v6 = database.place("2a00::1".parse().expect("an address"), &mut known);
        assert_eq!(v6, Place::default(), "an IPv4 database knows no IPv6");
    }
    assert_eq!(known.len(), 10, "each entry is read once");
}

#[test]
fn damaged_files_and_others_are_refused_or_know_nothing() {
    let missing = PlaceDatabase::open(Path::new("/nowhere/city.mmdb")).expect_err("refused");
    assert!(missing.to_string().starts_with("'/nowhere/city.mmdb': "), "{missing}");
    let other = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(other.path(), "no database").expect("written");
    let error = PlaceDatabase::open(other.path()).expect_err("refused").to_string();
    assert!(error.contains("no MMDB file"), "{error}");

    let entry = Map(vec![("country", Map(vec![("iso_code", Text("DE"))]))]);
    let whole = std::fs::read(file(&[(1, entry)]).path()).expect("read");
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        std::fs::write(other.path(), damaged).expect("written");
        if let Ok(database) = PlaceDatabase::open(other.path()) {
            let _ = database.place(Ipv4Addr::new(1, 2, 3, 4).into(), &mut Known::default());
        }
    }
}
