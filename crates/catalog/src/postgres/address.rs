//! The URL of a database.
//!
//! Invariant: nothing that may be a password is in an error, in the log, or in what `Debug` shows. So whatever
//! looks like a password that was not percent-encoded is refused before a piece of it is taken for a host, a
//! database or a parameter, which messages name.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::CatalogError;

/// What sqlx understands. Of anything else it would log the name and the value.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// How to connect, and how messages call the place: host, port and database.
pub(super) fn parse(url: &str) -> Result<(PgConnectOptions, String), CatalogError> {
    let refuse = |reason: String| Err(CatalogError::Url(reason));
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(format!("{error}: write postgres://user:password@host:port/database")),
    };
    if !["postgres", "postgresql"].contains(&parsed.scheme()) {
        return refuse("its scheme is neither 'postgres' nor 'postgresql'".to_owned());
    }
    let behind_host = [Some(parsed.path()), parsed.query(), parsed.fragment()];
    if parsed.fragment().is_some() || behind_host.iter().flatten().any(|part| part.contains('@')) {
        let reason = "there is a '#', or an '@' behind the host: write them as %23 and %40, and in a password also \
                      '/' as %2F and '?' as %3F";
        return refuse(reason.to_owned());
    }
    for (name, _) in parsed.query_pairs() {
        if !PARAMETERS.contains(&&*name) && !name.starts_with("options[") {
            return refuse(format!("there is no parameter '{name}', there are {}", PARAMETERS.join(", ")));
        }
    }
    let mut options = match PgConnectOptions::from_str(url) {
        Ok(options) => options,
        Err(sqlx::Error::Configuration(reason)) => return refuse(reason.to_string()),
        Err(error) => return Err(error.into()),
    };
    if options.get_application_name().is_none() {
        options = options.application_name("millrace-catalog");
    }
    // Nothing here reads a float, and a pooler in between may refuse the setting.
    let options = options.extra_float_digits(None);
    let server = server(&options);
    Ok((options, server))
}

fn server(options: &PgConnectOptions) -> String {
    let mut server = match options.get_socket() {
        Some(path) => path.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    if let Some(database) = options.get_database() {
        server.push('/');
        server.push_str(database);
    }
    server
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_called_by_host_port_and_database() {
        for (url, server) in [
            ("postgres://ada:secret@db.internal:6432/millrace", "db.internal:6432/millrace"),
            (
                "postgresql://ada:se%2Fcr%40et%3F@db.internal:6432/millrace?sslmode=disable",
                "db.internal:6432/millrace",
            ),
            ("postgres://ada:sec@ret@db.internal:6432/millrace", "db.internal:6432/millrace"),
            ("postgres://ada@%2Frun%2Fpostgresql/millrace?password=secret", "/run/postgresql/millrace"),
            ("postgres://ada@h:1/millrace?options[search_path]=analytics", "h:1/millrace"),
        ] {
            assert_eq!(parse(url).expect(url).1, server);
        }
    }

    #[test]
    fn a_url_is_refused_without_a_piece_of_its_password() {
        for (url, said) in [
            ("postgres://ada:hunter/two@db/millrace", ""),
            ("postgres://ada:1/hunter@db/millrace", "%2F"),
            ("postgres://ada:hunter@two/three@db/millrace", "%40"),
            ("postgres://ada:1#hunter@db/millrace", "%23"),
            ("postgres://ada:1?hunter@db/millrace", "%3F"),
            ("postgres://ada@db/millrace?pasword=hunter", "'pasword'"),
            ("postgres://ada:hunter@db/millrace?sslmode=perhaps", "ssl_mode"),
            ("postgres://ada:hunter@db:99999/millrace", "port"),
            ("mysql://ada:hunter@db/millrace", "postgresql"),
            ("hunter", "postgres://"),
            ("", "postgres://"),
        ] {
            let error = parse(url).expect_err(url);
            assert!(matches!(error, CatalogError::Url(_)), "{error:?}");
            assert!(error.to_string().contains(said), "{url}: {error}");
            for leaked in ["hunter", "two", "three"] {
                assert!(!format!("{error} {error:?}").contains(leaked), "{url}: {error:?}");
            }
        }
    }
}
