//! Keys of a site.

use axum::body::Body;
use http::Request;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::json;

use crate::support::{App, Setup};

const KEYS: &str = "/api/v1/sites/demo/keys";

async fn app() -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), site("shop")];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

/// The id of the site's first key of this kind.
async fn id(app: &App, path: &str, admin: &str, kind: &str) -> String {
    let keys = app.ask("GET", path, admin, "").await.json();
    let of_kind = keys["keys"].as_array().unwrap().iter().find(|key| key["kind"] == kind);
    of_kind.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_made_shown_once_used_and_revoked() {
    let app = app().await;
    let made = app.ask("POST", KEYS, "a", r#"{"kind":"admin"}"#).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert!(secret.starts_with("mr_a_") && made["kind"] == "admin", "{made}");
    let listed = app.ask("GET", KEYS, secret, "").await;
    assert!(!listed.text().contains(secret), "a secret is shown once");
    let listed = listed.json();
    let kinds: Vec<_> = listed["keys"].as_array().unwrap().iter().map(|key| &key["kind"]).collect();
    assert_eq!(kinds, ["read", "write", "admin", "admin"], "the other site's is not among them");
    let last = &listed["keys"][3];
    assert_eq!(
        (&last["id"], &last["revoked_at"], &last["current"]),
        (&made["id"], &json!(null), &json!(true))
    );
    assert_eq!((&last["created_at"], &listed["keys"][2]["current"]), (&made["created_at"], &json!(false)));
    assert!(secret.starts_with(last["hint"].as_str().unwrap()));

    let revoked = app.ask("DELETE", &format!("{KEYS}/{id}"), "a", "").await;
    assert_eq!((revoked.status.as_u16(), revoked.text()), (204, ""));
    assert_eq!(app.ask("GET", KEYS, secret, "").await.error().1, "key_unknown");
    let listed = app.ask("GET", KEYS, "a", "").await.json();
    assert!(listed["keys"][3]["revoked_at"].is_string(), "{listed}");
    let again = app.ask("DELETE", &format!("{KEYS}/{id}"), "a", "").await;
    assert_eq!(again.error(), (404, "key_unknown".to_owned(), Some("key".to_owned())));
}

#[tokio::test]
async fn nobody_locks_himself_out() {
    let app = app().await;
    let own = format!("{KEYS}/{}", id(&app, KEYS, "a", "admin").await);
    let refused = app.ask("DELETE", &own, "a", "").await;
    assert_eq!(refused.error(), (409, "key_in_use".to_owned(), Some("key".to_owned())));
    let second = app.ask("POST", KEYS, "a", r#"{"kind":"admin"}"#).await.json();
    assert_eq!(app.ask("DELETE", &own, second["secret"].as_str().unwrap(), "").await.status, 204);
    assert_eq!(app.ask("GET", KEYS, "a", "").await.error().1, "key_unknown");
}

/// Whoever is still sending when their key is revoked has no right left when the body is whole.
#[tokio::test]
async fn a_key_that_is_revoked_while_a_body_comes_makes_no_other() {
    let app = app().await;
    let thief = app.ask("POST", KEYS, "a", r#"{"kind":"admin"}"#).await.json();
    let (id, secret) = (thief["id"].as_str().unwrap(), thief["secret"].as_str().unwrap());
    let (pieces, body) = tokio::sync::mpsc::unbounded_channel::<Result<&str, std::convert::Infallible>>();
    let body = futures::stream::unfold(body, async |mut body| body.recv().await.map(|piece| (piece, body)));
    let request = Request::builder().method("POST").uri(KEYS).header("x-api-key", secret);
    let request = request.body(Body::from_stream(body)).unwrap();
    pieces.send(Ok(r#"{"kind":"#)).unwrap();
    let (answer, ()) = tokio::join!(app.send(request), async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(app.ask("DELETE", &format!("{KEYS}/{id}"), "a", "").await.status, 204);
        pieces.send(Ok(r#""admin"}"#)).unwrap();
        drop(pieces);
    });
    assert_eq!(answer.error().1, "key_unknown");
    let keys = app.ask("GET", KEYS, "a", "").await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 4, "{keys}");
}

#[tokio::test]
async fn only_an_admin_key_of_the_site_sees_and_changes_them() {
    let app = app().await;
    let read = format!("{KEYS}/{}", id(&app, KEYS, "a", "read").await);
    for (method, path, body) in
        [("GET", KEYS, ""), ("POST", KEYS, r#"{"kind":"read"}"#), ("DELETE", &read, "")]
    {
        for (key, code) in [
            ("", "key_missing"),
            ("nonsense", "key_unknown"),
            ("r", "key_cannot_change"),
            ("w", "key_cannot_change"),
            ("s", "key_of_another_site"),
        ] {
            let (status, found, _) = app.ask(method, path, key, body).await.error();
            assert_eq!((status, found.as_str()), (401, code), "{method} {key}");
        }
    }
    // Another site's key is none of this one, by whatever name it is asked for.
    let theirs = id(&app, "/api/v1/sites/shop/keys", "s", "admin").await;
    for name in [theirs.as_str(), "0123456789ab", "x", "%00"] {
        let answer = app.ask("DELETE", &format!("{KEYS}/{name}"), "a", "").await;
        assert_eq!(answer.error(), (404, "key_unknown".to_owned(), Some("key".to_owned())), "{name}");
    }
    assert_eq!(
        app.ask("GET", "/api/v1/sites/shop/keys", "s", "").await.status,
        200,
        "it still opens its site"
    );
}

#[tokio::test]
async fn a_wrong_key_names_the_field_and_there_are_so_many() {
    let app = app().await;
    for (body, field, message) in [
        ("", None, "no JSON object"),
        ("{}", None, "missing field `kind`"),
        (r#"{"kind":"root"}"#, Some("kind"), "kind is 'root': it must be write, read or admin"),
        (r#"{"kind":"read","name":"x"}"#, None, "unknown field `name`"),
    ] {
        let answer = app.ask("POST", KEYS, "a", body).await;
        assert_eq!(answer.error(), (400, "key_invalid".to_owned(), field.map(str::to_owned)), "{body}");
        assert!(answer.message().contains(message), "{}", answer.message());
    }
    for n in 3..200 {
        assert_eq!(app.ask("POST", KEYS, "a", r#"{"kind":"read"}"#).await.status, 201, "{n}");
    }
    let refused = app.ask("POST", KEYS, "a", r#"{"kind":"read"}"#).await;
    assert_eq!(refused.error(), (400, "too_many_keys".to_owned(), None));
    let one = format!("{KEYS}/{}", id(&app, KEYS, "a", "read").await);
    assert_eq!(app.ask("DELETE", &one, "a", "").await.status, 204);
    assert_eq!(app.ask("POST", KEYS, "a", r#"{"kind":"read"}"#).await.status, 201);
}
