//! Chooses the pages that the binary holds: the dashboard where it was built, else the placeholder.
//!
//! So `cargo build` works without Node, and takes the dashboard in as soon as `web/dist` is there.

use std::path::Path;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(web_dist)");
    let web = Path::new("../../web");
    let built = web.join("dist/index.html").exists();
    if built {
        println!("cargo::rustc-cfg=web_dist");
    }
    // A watched path that does not exist makes every build start over: without `dist`, its parent is watched.
    let watched = if built { web.join("dist") } else { web.to_owned() };
    println!("cargo::rerun-if-changed={}", watched.display());
    println!("cargo::rerun-if-changed={}", web.join("placeholder").display());
}
