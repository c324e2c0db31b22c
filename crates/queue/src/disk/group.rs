//! The hand-over between many appenders and the one writer thread: while one group is being written and
//! synced, the next one gathers.
//!
//! Invariants, checked with loom (`loom` below, `RUSTFLAGS="--cfg loom"`):
//! - no appender is answered before its group's commit returned, and each gets that commit's outcome;
//! - a submitted append is never forgotten: the writer is awake, or is woken;
//! - after `close` every append already accepted is still committed, and every later one is refused;
//! - a group that is dropped unanswered (the writer panicked) answers its appenders with an error.

use std::collections::VecDeque;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

#[cfg(all(test, loom))]
use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
#[cfg(not(all(test, loom)))]
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use tokio::sync::OwnedSemaphorePermit;

use crate::{QueueError, Record};

/// Where appends gather into groups.
#[derive(Debug)]
pub(crate) struct Handover {
    state: Mutex<State>,
    work: Condvar,
    max_bytes: usize,
    max_records: usize,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Group>,
    closed: bool,
}

impl Handover {
    /// Groups close at these bounds; an append over them forms a group of its own.
    pub(crate) fn new(max_bytes: usize, max_records: usize) -> Self {
        let state = State { waiting: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), work: Condvar::new(), max_bytes, max_records }
    }

    /// Joins the gathering group. The ticket resolves once that group is committed.
    pub(crate) fn submit(&self, append: Append) -> Result<Ticket, QueueError> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(QueueError::Closed);
        }
        let fits = state.waiting.back().is_some_and(|group| {
            group.bytes.saturating_add(append.bytes) <= self.max_bytes
                && group.records.saturating_add(append.records.len()) <= self.max_records
        });
        if !fits {
            state.waiting.push_back(Group::new());
        }
        let first = state.waiting.len() == 1 && !fits;
        let group = state.waiting.back_mut().expect("a group was pushed");
        let ticket = Ticket { answer: group.answer.clone(), place: None };
        group.join(append);
        drop(state);
        // With a group already waiting the writer is either busy or has been notified for it.
        if first {
            self.work.notify_one();
        }
        Ok(ticket)
    }

    /// The writer's loop: commits group after group, and answers each with what the commit returned; calls
    /// `idle` when that is due and nobody waits. Returns once the hand-over is closed and everything
    /// accepted is answered.
    pub(crate) fn run(&self, writer: &mut dyn Commit) {
        while let Some(work) = self.take(writer.due()) {
            match work {
                Work::Group(mut group) => {
                    let outcome = writer.commit(&mut group);
                    group.answer(outcome);
                }
                Work::Due => writer.idle(),
            }
        }
    }

    fn take(&self, due: Option<Instant>) -> Option<Work> {
        let mut state = lock(&self.state);
        loop {
            if let Some(group) = state.waiting.pop_front() {
                return Some(Work::Group(group));
            }
            if state.closed {
                return None;
            }
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.work.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(left) if left.is_zero() => return Some(Work::Due),
                Some(left) => {
                    let woken = self.work.wait_timeout(state, left);
                    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
        }
    }

    /// Refuses further appends. What was accepted is still committed by a running writer.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.work.notify_all();
    }

    /// For a writer that stops for good: refuses further appends and answers the waiting ones.
    pub(crate) fn abandon(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }
}

/// What the writer does for the hand-over.
pub(crate) trait Commit {
    /// Makes a group durable.
    fn commit(&mut self, group: &mut Group) -> Result<(), QueueError>;
    /// When `idle` wants to be called. `None`: not until something was committed.
    fn due(&self) -> Option<Instant>;
    /// Must move `due` into the future.
    fn idle(&mut self);
}

/// What the writer's thread was woken for.
#[derive(Debug)]
enum Work {
    Group(Group),
    Due,
}

/// One caller's records, on their way to the writer.
#[derive(Debug, Default)]
pub(crate) struct Append {
    pub(crate) records: Vec<Record>,
    /// Bytes on disk, headers included.
    pub(crate) bytes: usize,
    /// The share of the memory bound; returned when the group is answered.
    pub(crate) _permit: Option<OwnedSemaphorePermit>,
}

/// Appends that share one write and one sync.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) appends: Vec<Append>,
    pub(crate) records: usize,
    pub(crate) bytes: usize,
    answer: Arc<Answer>,
}

impl Group {
    fn new() -> Self {
        let answer =
            Arc::new(Answer { state: Mutex::new(AnswerState { outcome: None, wakers: Vec::new() }) });
        Self { appends: Vec::new(), records: 0, bytes: 0, answer }
    }

    fn join(&mut self, append: Append) {
        self.records += append.records.len();
        self.bytes = self.bytes.saturating_add(append.bytes);
        self.appends.push(append);
    }

    fn answer(self, outcome: Result<(), QueueError>) {
        self.answer.resolve(outcome);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.answer.resolve(Err(QueueError::Closed));
    }
}

#[derive(Debug)]
struct Answer {
    state: Mutex<AnswerState>,
}

#[derive(Debug)]
struct AnswerState {
    outcome: Option<Result<(), QueueError>>,
    wakers: Vec<Waker>,
}

impl Answer {
    /// The first outcome counts.
    fn resolve(&self, outcome: Result<(), QueueError>) {
        let mut state = lock(&self.state);
        if state.outcome.is_some() {
            return;
        }
        state.outcome = Some(outcome);
        let wakers = mem::take(&mut state.wakers);
        drop(state);
        for waker in wakers {
            waker.wake();
        }
    }
}

/// Resolves with the outcome of the group it belongs to.
#[derive(Debug)]
pub(crate) struct Ticket {
    answer: Arc<Answer>,
    place: Option<usize>,
}

impl Future for Ticket {
    type Output = Result<(), QueueError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.answer.clone();
        let mut state = lock(&answer.state);
        if let Some(outcome) = &state.outcome {
            return Poll::Ready(outcome.clone());
        }
        match self.place {
            Some(place) => state.wakers[place].clone_from(context.waker()),
            None => {
                self.place = Some(state.wakers.len());
                state.wakers.push(context.waker().clone());
            }
        }
        Poll::Pending
    }
}

/// A panic elsewhere must not turn into lost answers: the data behind these locks is valid at every await
/// and unlock, so poisoning says nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(all(test, loom))]
#[path = "group_loom.rs"]
mod loom_model;
