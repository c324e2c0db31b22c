//! What a site's owner decides about its events: which are discarded, how pages are written, where the script is.
//!
//! Kept as one JSON document a site; a field that is left out has its default, one that is not known is refused.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Entries of one list.
const LIST: usize = 1_000;
/// What begins paths of the server's own, of other systems' clients among them: a site's own path would never be asked.
const RESERVED: [&str; 35] = [
    "api",
    "v1",
    "v2",
    "event",
    "events",
    "stats",
    "analytics",
    "metrics",
    "healthz",
    "readyz",
    "openapi.json",
    "docs",
    "assets",
    "sites",
    "embed",
    "script.js",
    "script.clicks.js",
    "script.vitals.js",
    "index.html",
    "favicon.svg",
    "t",
    "p",
    "i",
    "g",
    "a",
    "s",
    "b",
    "e",
    "batch",
    "capture",
    "track",
    "engage",
    "array",
    "flags",
    "decide",
];
/// Bytes of one entry.
const ENTRY_BYTES: usize = 500;

/// A site's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// What becomes of events that robots send.
    pub robots: Treatment,
    /// What becomes of events from the addresses of data centres, where the server has a list of these.
    pub data_centers: Treatment,
    /// The owner's own visits, which are discarded.
    pub internal: Internal,
    /// How pages are written.
    pub urls: Urls,
    /// Where the browser script is, beside `/script.js`.
    pub script: Script,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Treatment {
    /// It is not counted, and can be seen among the discarded ones.
    #[default]
    Discard,
    /// It is counted like any other.
    Keep,
}

/// Which visits are the owner's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Internal {
    /// From these addresses or networks: `203.0.113.7`, `2001:db8::/32`.
    #[serde(with = "networks")]
    pub addresses: Vec<IpNet>,
    /// On these hosts: `staging.example.com`, `*.preview.example.com`.
    pub hostnames: Vec<String>,
    /// Of these paths: `/admin/*` is one level, `/admin/**` everything below.
    pub paths: Vec<String>,
}

/// How pages are written, so that one page has one name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Urls {
    /// `www.example.com` stays apart from `example.com`.
    pub keep_www: bool,
    /// `/pricing/` becomes `/pricing`.
    pub strip_trailing_slash: bool,
    /// Query parameters that are part of a page's name; all others are left out.
    pub query: Vec<String>,
    /// Further hosts of the site: coming from them is not coming from elsewhere.
    pub own_hosts: Vec<String>,
}

/// Where the browser script is for this site alone, which a proxy of the site's own can pass on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The path of the script: `/m/x7.js`.
    pub path: Option<String>,
    /// The path that it sends events to: `/m/e`.
    pub events_path: Option<String>,
}

/// Settings that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidSettings {
    /// The field at fault: `internal.paths`.
    pub field: &'static str,
    /// What is wrong, and the mend.
    pub problem: String,
}

impl SiteSettings {
    /// Reads the JSON of settings, as it is stored and sent.
    ///
    /// # Errors
    /// When it is no such JSON, or a value cannot be kept.
    pub fn parse(json: &str) -> Result<Self, InvalidSettings> {
        let invalid = |problem| InvalidSettings { field: "settings", problem };
        // Of an array, too, fields would be read, by their places.
        if !json.trim_start().starts_with('{') {
            return Err(invalid("they are no JSON object".to_owned()));
        }
        let settings: Self = serde_json::from_str(json).map_err(|error| invalid(error.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    /// The JSON that [`Self::parse`] reads.
    pub fn to_json(&self) -> String {
        // Nothing here has a key that is no text.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), InvalidSettings> {
        let invalid = |field, problem: String| Err(InvalidSettings { field, problem });
        let lists = [
            ("internal.hostnames", &self.internal.hostnames),
            ("internal.paths", &self.internal.paths),
            ("urls.query", &self.urls.query),
            ("urls.own_hosts", &self.urls.own_hosts),
        ];
        for (field, list) in lists {
            if list.len() > LIST {
                return invalid(field, format!("it has {} entries, the limit is {LIST}", list.len()));
            }
            for entry in list {
                if entry.is_empty() || entry.len() > ENTRY_BYTES || entry.chars().any(char::is_control) {
                    let problem = format!("an entry has 1 to {ENTRY_BYTES} bytes without control characters");
                    return invalid(field, problem);
                }
                if field == "internal.paths" && !entry.starts_with('/') {
                    return invalid(field, format!("'{entry}' begins with no '/': write '/{entry}'"));
                }
                if field == "internal.paths" && entry.contains(['?', '#']) {
                    return invalid(field, format!("'{entry}' has a query: a path ends before '?' and '#'"));
                }
                if field.ends_with("hosts") || field.ends_with("hostnames") {
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_*:[]".contains(&byte);
                    let port = entry.contains(':') && !entry.starts_with('[');
                    if port || !entry.bytes().all(plain) {
                        let problem = format!(
                            "'{entry}' is no host: write 'example.com', without a port, an IDN as Punycode"
                        );
                        return invalid(field, problem);
                    }
                }
            }
        }
        if self.internal.addresses.len() > LIST {
            let problem = format!("it has {} entries, the limit is {LIST}", self.internal.addresses.len());
            return invalid("internal.addresses", problem);
        }
        let Script { path, events_path } = &self.script;
        if path.is_some() && path == events_path {
            return invalid(
                "script.events_path",
                "it is the script's own path: events need another one".to_owned(),
            );
        }
        for (field, path) in
            [("script.path", &self.script.path), ("script.events_path", &self.script.events_path)]
        {
            let Some(path) = path else { continue };
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_~".contains(&byte);
            let names = !path.contains("//") && !path.split('/').any(|part| part == "." || part == "..");
            let fits = path.len() > 1 && path.len() <= 200 && path.starts_with('/');
            if !fits || !names || !path.bytes().all(plain) {
                let problem =
                    format!("'{path}' is no path such as '/m/x7.js': 2 to 200 of a-z A-Z 0-9 / . - _ ~");
                return invalid(field, problem);
            }
            let first = path.split('/').nth(1).unwrap_or_default();
            if RESERVED.contains(&first) || field == "script.events_path" && path.matches('/').count() < 2 {
                let problem =
                    format!("'{path}' is, or may become, a path of Millrace's own: write '/m/e' or the like");
                return invalid(field, problem);
            }
        }
        Ok(())
    }
}

/// Addresses and networks: a single address is a network of one.
mod networks {
    use std::net::IpAddr;

    use ipnet::IpNet;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(networks: &[IpNet], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(networks.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
        let read = |text: String| {
            let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            let wrong = |_| format!("'{text}' is no address or network: write 203.0.113.7 or 203.0.113.0/24");
            network.map(|network| network.trunc()).map_err(|error| D::Error::custom(wrong(error)))
        };
        Vec::<String>::deserialize(input)?.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_left_out_and_come_back() {
        assert_eq!(SiteSettings::parse("{}"), Ok(SiteSettings::default()));
        let json = r#"{"robots":"keep","internal":{"addresses":["203.0.113.7","2001:db8::1/32"],"paths":["/admin/**"],
            "hostnames":["*.preview.example.com"]},"urls":{"query":["q"]},"script":{"path":"/m/x7.js"}}"#;
        let settings = SiteSettings::parse(json).unwrap();
        let shown: Vec<_> = settings.internal.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["203.0.113.7/32", "2001:db8::/32"]);
        assert_eq!(SiteSettings::parse(&settings.to_json()), Ok(settings));
    }

    #[test]
    fn what_cannot_be_kept_names_the_field() {
        for (json, expected) in [
            ("[]", "settings: they are no JSON object"),
            ("{", "settings: EOF"),
            (r#"{"robot":"keep"}"#, "unknown field `robot`"),
            (r#"{"robots":"maybe"}"#, "unknown variant `maybe`"),
            (r#"{"internal":{"addresses":["10.0.0.0/99"]}}"#, "'10.0.0.0/99' is no address or network"),
            (r#"{"internal":{"paths":["admin"]}}"#, "internal.paths: 'admin' begins with no '/'"),
            (r#"{"internal":{"hostnames":["a b"]}}"#, "internal.hostnames: 'a b' is no host"),
            (r#"{"urls":{"query":[""]}}"#, "urls.query: an entry has 1 to 500 bytes"),
            (r#"{"internal":{"paths":["/search?q=*"]}}"#, "internal.paths: '/search?q=*' has a query"),
            (
                r#"{"internal":{"hostnames":["localhost:3000"]}}"#,
                "internal.hostnames: 'localhost:3000' is no host",
            ),
            (
                r#"{"script":{"path":"/m/x","events_path":"/m/x"}}"#,
                "script.events_path: it is the script's own path",
            ),
            (r#"{"script":{"events_path":"/e"}}"#, "script.events_path: '/e' is, or may become, a path"),
            (r#"{"script":{"path":"/batch/x.js"}}"#, "script.path: '/batch/x.js' is, or may become, a path"),
            (r#"{"script":{"path":"x.js"}}"#, "script.path: 'x.js' is no path"),
            (r#"{"script":{"events_path":"/a/../b"}}"#, "script.events_path: '/a/../b' is no path"),
        ] {
            let error = SiteSettings::parse(json).unwrap_err().to_string();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
