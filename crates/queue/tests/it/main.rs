//! Tests of the queue from outside, through its public names.

use std::time::Duration;

use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{BatchLimit, ConsumerGroup, Queue, Record};

#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let queue = DiskQueue::open(DiskQueueConfig::new(dir.path())).unwrap();
    queue.append(vec![Record { key: 0, payload: "hello".into() }]).await.unwrap();
    let mut consumer = queue.subscribe(&ConsumerGroup::new("a").unwrap()).await.unwrap();
    let limit = BatchLimit { records: 10, bytes: 1000, wait: Duration::from_secs(1) };
    let batch = consumer.poll(limit).await.unwrap();
    assert_eq!(batch.records[0].payload, "hello");
    consumer.commit(&batch.next).await.unwrap();
    queue.close().await.unwrap();
    println!("{:?}", queue.stats());
}
