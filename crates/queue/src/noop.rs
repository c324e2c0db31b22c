//! A queue that accepts and forgets. **For measurement only**: it shows what a server costs without a
//! durable append, and is the denominator of the ratio `make bench` prints. Never a backend to choose.

use async_trait::async_trait;

use crate::{
    Batch, BatchLimit, Consumer, ConsumerGroup, DeadLetter, Offsets, PartitionLag, Queue, QueueError, Record,
};

/// Accepts every record and keeps none.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoopQueue;

#[async_trait]
impl Queue for NoopQueue {
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        drop(records);
        Ok(())
    }

    async fn subscribe(&self, _group: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(NoopConsumer))
    }

    async fn lags(&self, _group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        Ok(Vec::new())
    }

    async fn health(&self) -> Result<(), QueueError> {
        Ok(())
    }

    async fn bury(&self, _letters: Vec<DeadLetter>) -> Result<(), QueueError> {
        Ok(())
    }

    async fn count_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn dead_letters(&self, _limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        Ok(Vec::new())
    }

    async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn close(&self) -> Result<(), QueueError> {
        Ok(())
    }
}

#[derive(Debug)]
struct NoopConsumer;

#[async_trait]
impl Consumer for NoopConsumer {
    async fn poll(&mut self, limit: BatchLimit) -> Result<Batch, QueueError> {
        tokio::time::sleep(limit.wait).await;
        Ok(Batch::default())
    }

    async fn commit(&mut self, _offsets: &Offsets) -> Result<(), QueueError> {
        Ok(())
    }

    async fn resume(&mut self, _done: &Offsets) -> Result<(), QueueError> {
        Ok(())
    }
}
