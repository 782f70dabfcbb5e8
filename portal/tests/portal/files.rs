//! Pages, module, demo locks, and what every response carries.

use crate::site::{PEOPLE, Setup, Site};

const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' blob: data:; require-trusted-types-for 'script'";

/// A site with a few files, and one beside the folder that nobody may read.
fn site(folder: &tempfile::TempDir) -> Site {
    let pages = folder.path().join("pages");
    std::fs::create_dir_all(pages.join("module/element")).unwrap();
    std::fs::write(folder.path().join("secret.txt"), "not yours").unwrap();
    std::fs::write(pages.join("index.html"), format!("<!doctype html><p>登录</p>{}", " ".repeat(4000))).unwrap();
    std::fs::write(pages.join("diagnose.html"), "<!doctype html><p>为什么用不了</p>").unwrap();
    std::fs::write(pages.join("home.html"), "<!doctype html><p>已登录</p>").unwrap();
    std::fs::write(pages.join("login.css"), "p{}").unwrap();
    std::fs::write(pages.join("module/calock.js"), "export {};".repeat(500)).unwrap();
    std::fs::write(pages.join("module/calock_wasm_bg.wasm"), b"\0asm\x01\0\0\0").unwrap();
    std::fs::write(pages.join("module/element/login.js"), "export {};").unwrap();
    let mut setup = Setup::in_folder(folder.path());
    setup.pages = pages;
    setup.start()
}

#[test]
fn every_response_carries_the_headers() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    for path in
        ["/", "/home", "/nowhere", "/api/session", "/api/nowhere", "/calock/calock.js", "/demo/locks.json", "/calock"]
    {
        let answer = site.get(path, &[]);
        assert_eq!(answer.header("content-security-policy"), CSP, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("permissions-policy"), "hid=(self), usb=(self)", "{path}");
        let caching = if path.starts_with("/api") { "no-store" } else { "no-cache" };
        assert_eq!(answer.header("cache-control"), caching, "{path}");
    }
    let refused = site.post_raw("/api/login", &[("origin", "https://evil.example")], b"");
    assert_eq!(refused.header("content-security-policy"), CSP);
}

#[test]
fn files_have_their_types_and_are_revalidated() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    for (path, media) in [
        ("/", "text/html"),
        ("/login.css", "text/css"),
        ("/calock/calock.js", "text/javascript"),
        ("/calock/element/login.js", "text/javascript"),
        ("/calock/calock_wasm_bg.wasm", "application/wasm"),
    ] {
        let answer = site.get(path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with(media), "{path}: {}", answer.header("content-type"));
        let tag = answer.header("etag").to_owned();
        assert!(!tag.is_empty(), "{path}");
        assert_eq!(site.get(path, &[("if-none-match", &tag)]).status, 304, "{path}");
    }
    let plain = site.get("/calock/calock.js", &[("accept-encoding", "identity")]);
    let packed = site.get("/calock/calock.js", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() * 4 < plain.body.len());
    let again = [("accept-encoding", "gzip"), ("if-none-match", packed.header("etag"))];
    assert_eq!(site.get("/calock/calock.js", &again).status, 304);
}

#[test]
fn pages_know_who_is_logged_in() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    assert!(site.get("/", &[]).text().contains("登录"));
    let away = site.get("/home", &[]);
    assert_eq!((away.status, away.header("location")), (303, "/"));
    assert_eq!(site.get("/home.html", &[]).header("location"), "/home");
    assert_eq!(site.get("/index.html", &[]).header("location"), "/");
    assert_eq!(site.get("/diagnose.html", &[]).header("location"), "/diagnose");
    assert!(site.get("/diagnose", &[]).text().contains("为什么"), "whoever cannot log in needs it");
    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    let home = site.get("/home", &[("cookie", &cookie)]);
    assert_eq!(home.status, 200);
    assert!(home.text().contains("已登录"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let long = format!("/{}", "a".repeat(400));
    for path in [
        "/nowhere",
        "/calock/nowhere.js",
        "/calock/element",
        "/calock/element/",
        "/calock",
        "/calock/",
        "/module",
        "/%00",
        "/%ff",
        "/a%2fb",
        &long,
        "/..%2fsecret.txt",
    ] {
        let answer = site.get(path, &[]);
        let (status, text) = (answer.status, answer.text());
        assert!(status == 404 && text.contains("没有这个页面"), "{path}: {status}");
        assert!(!text.contains("not yours"), "{path}");
    }
    for path in [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/login/more",
        "/demo/locks/none.json",
        "/demo/locks/enterprise",
        "/demo/x",
    ] {
        let answer = site.get(path, &[]);
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{path}");
    }
    for path in ["/api/login", "/api/challenge", "/api/logout"] {
        let answer = site.get(path, &[]);
        assert_eq!((answer.status, answer.code().as_str()), (405, "BAD_REQUEST"), "{path}");
    }
    assert_eq!(site.post_raw("/", &[], b"").code(), "BAD_REQUEST");
    assert_eq!(site.post_raw("/api/session", &[], b"").code(), "BAD_REQUEST");
}

/// A client library would tidy these paths up, so they are written to the socket as they are.
#[test]
fn no_path_leaves_the_folder() {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    for path in [
        "/../secret.txt",
        "/calock/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/calock/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/calock/..%2f..%2fsecret.txt",
        "//../secret.txt",
        "/./../secret.txt",
    ] {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", site.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(!answer.contains("not yours"), "{path}");
    }
}

#[test]
fn demo_locks_are_listed_and_served() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let list = site.get("/demo/locks.json", &[]).json();
    assert_eq!(list[0]["name"], "enterprise");
    assert_eq!(list[0]["title"]["zh"], "企业锁");
    let lock = site.get("/demo/locks/enterprise.json", &[]);
    assert_eq!(lock.header("content-type"), "application/json");
    assert_eq!(lock.json()["format"], "calock-lock:1");
}

#[test]
fn both_loopback_addresses_answer() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    if std::net::TcpListener::bind(("::1", 0)).is_err() {
        println!("skipped: no IPv6 on this machine");
        return;
    }
    std::net::TcpStream::connect(("::1", site.port)).unwrap();
}
