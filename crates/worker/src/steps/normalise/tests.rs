use super::*;

#[test]
fn pages_have_one_name() {
    let plain = Urls::default();
    let www = Urls { keep_www: true, ..Urls::default() };
    let slash = Urls { strip_trailing_slash: true, ..Urls::default() };
    let query = Urls { query: vec!["q".to_owned(), "page".to_owned()], ..Urls::default() };
    let both = Urls { strip_trailing_slash: true, ..query.clone() };
    for (url, urls, host, kept) in [
        ("https://www.Example.com/a/?q=1#x", &plain, Some("example.com"), "/a/"),
        ("https://www.example.com/a/", &www, Some("www.example.com"), "/a/"),
        ("https://www.com/", &plain, Some("www.com"), "/"),
        ("https://www.www.example.com/", &plain, Some("www.example.com"), "/"),
        ("https://bücher.www.example/", &plain, Some("xn--bcher-kva.www.example"), "/"),
        ("https://example.com/a/", &slash, Some("example.com"), "/a"),
        ("https://example.com/a//", &slash, Some("example.com"), "/a"),
        ("https://example.com/", &slash, Some("example.com"), "/"),
        ("https://example.com//", &slash, Some("example.com"), "/"),
        ("/search/?q=a%20b&utm_source=x&page=2&qq=3#q=4", &query, None, "/search/?q=a%20b&page=2"),
        ("/search/?q=a&page", &both, None, "/search?q=a&page"),
        ("/search?x=1", &query, None, "/search"),
        ("/search?", &query, None, "/search"),
        ("/?=1&q", &query, None, "/?q"),
        ("javascript:alert('?q=1')", &both, None, "javascript:alert('?q=1')"),
        ("#top?q=1", &query, None, "#top?q=1"),
    ] {
        let page = Page::take_apart(url);
        let found = page.host.map(|host| bare(host, urls));
        assert_eq!((found.as_deref(), &*path(page.path, url, urls)), (host, kept), "{url}");
    }
}

#[test]
fn screens_have_a_class() {
    for (width, class) in [
        (1, ScreenClass::Mobile),
        (575, ScreenClass::Mobile),
        (576, ScreenClass::Tablet),
        (991, ScreenClass::Tablet),
        (992, ScreenClass::Laptop),
        (1_439, ScreenClass::Laptop),
        (1_440, ScreenClass::Desktop),
        (100_000, ScreenClass::Desktop),
    ] {
        assert_eq!(screen_class(Screen { width, height: 1 }), class, "{width}");
    }
}

#[test]
fn own_hosts_are_nowhere_else() {
    let urls =
        Urls { own_hosts: vec!["shop.example".to_owned(), "*.pay.example".to_owned()], ..Urls::default() };
    for (referrer, own) in [
        ("https://shop.example/x", true),
        ("https://www.shop.example/x", true),
        ("https://a.pay.example/", true),
        ("https://pay.example/", false),
        ("https://evil-shop.example/", false),
        ("android-app://shop.example", false),
    ] {
        assert_eq!(is_own(referrer, &urls), own, "{referrer}");
    }
}
