//! Clients that read too slowly.

use millrace_event::Event;

use super::client::{Client, add, app_and_store, ids, served};
use super::{LIVE, event};

/// An event that fills what the systems between keep for a client that does not read.
fn large(id: usize) -> Event {
    let text = "x".repeat(2_000);
    Event { properties: format!(r#"{{"text":"{text}"}}"#).into(), ..event(&id.to_string(), "/") }
}

#[tokio::test]
async fn one_that_stands_still_goes_on_with_ticks_and_then_from_now() {
    let (app, store) = app_and_store(Vec::new()).await;
    let addr = served(app).await;
    let (mut slow, mut quick) =
        (Client::connect(addr, LIVE, &[]).await, Client::connect(addr, LIVE, &[]).await);
    quick.next().await;
    let (pieces, piece) = (6, 3_000);
    let mut read = Vec::new();
    for number in 0..pieces {
        add(&store, (0..piece).map(|n| large(number * piece + n)).collect()).await;
        while read.len() < (number + 1) * piece {
            read.extend(ids(&quick.events().await));
        }
    }
    let all: Vec<_> = (0..pieces * piece).map(|n| n.to_string()).collect();
    assert_eq!(read, all, "one that stands still is in nobody's way");
    // Whatever it missed, it missed in one piece before a snapshot, and nothing after that.
    let (mut late, mut snapshots, mut ticks) = (Vec::new(), 0, 0);
    let goes_on = tokio::spawn(async move {
        for number in 0.. {
            add(&store, vec![event(&format!("end-{number}"), "/")]).await;
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    });
    while late.last().is_none_or(|id: &String| !id.starts_with("end")) {
        let message = slow.next().await;
        match message["type"].as_str().unwrap() {
            "snapshot" => snapshots += 1,
            "tick" => ticks += 1,
            _ => late.extend(ids(&message)),
        }
    }
    goes_on.abort();
    let numbers: Vec<usize> = late.iter().filter_map(|id| id.parse().ok()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "in order, and nothing twice");
    let gaps = numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    assert!(
        gaps < snapshots && numbers.len() < all.len(),
        "{gaps} gaps, {snapshots} snapshots, {}",
        numbers.len()
    );
    assert!(ticks > 0);
}

#[tokio::test]
async fn one_that_stands_still_for_a_moment_misses_nothing() {
    let (app, store) = app_and_store(Vec::new()).await;
    let addr = served(app).await;
    let mut slow = Client::connect(addr, LIVE, &[]).await;
    let mut quick = Client::connect(addr, LIVE, &[]).await;
    quick.next().await;
    let mut read = 0;
    // More messages than wait for the slowest, and fewer events than one may miss.
    for number in 0..18 {
        add(&store, (0..500).map(|n| large(number * 500 + n)).collect()).await;
        while read < (number + 1) * 500 {
            read += ids(&quick.events().await).len();
        }
    }
    let mut late = Vec::new();
    slow.next().await;
    while late.len() < 9_000 {
        late.extend(ids(&slow.events().await));
    }
    assert_eq!(late, (0..9_000).map(|n| n.to_string()).collect::<Vec<_>>());
}
