//! Waiting without a runtime: flags, races and turns. Everything is single-threaded, as a page is.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use crate::prelude::*;

/// A future on the heap: one type for all, and one copy of the code that awaits it.
pub type Boxed<'a, T> = core::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

/// Something that happens once: an abort, an unplugging. Clones share the state.
#[derive(Clone, Default)]
pub struct Flag(Rc<RefCell<FlagState>>);

#[derive(Default)]
struct FlagState {
    raised: bool,
    waiting: Vec<Waker>,
}

impl Flag {
    /// Raises the flag and wakes everybody who waits for it.
    pub fn raise(&self) {
        let waiting = {
            let mut state = self.0.borrow_mut();
            state.raised = true;
            core::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether it happened.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.borrow().raised
    }

    /// Ends when the flag is raised; at once if it is already.
    pub async fn raised(&self) {
        poll_fn(|cx| self.poll_raised(cx)).await;
    }

    /// The same for a future that is polled by hand.
    pub fn poll_raised(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.0.borrow_mut();
        if state.raised {
            return Poll::Ready(());
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// Runs both and gives what ends first, `first` when both are ready. The other is dropped where it stands.
pub async fn race<T>(first: impl Future<Output = T>, second: impl Future<Output = T>) -> T {
    let mut first = pin!(first);
    let mut second = pin!(second);
    poll_fn(|cx| {
        if let Poll::Ready(value) = first.as_mut().poll(cx) {
            return Poll::Ready(value);
        }
        second.as_mut().poll(cx)
    })
    .await
}

/// A queue of turns: who asks first is served first, one at a time.
#[derive(Clone, Default)]
pub struct Queue(Rc<RefCell<QueueState>>);

#[derive(Default)]
struct QueueState {
    /// Whether somebody holds the turn.
    busy: bool,
    /// The number the next caller gets.
    next: u64,
    /// Those who wait, by number; whoever gave up is simply no longer in it.
    waiting: Vec<(u64, Option<Waker>)>,
}

/// The right to use what the queue guards; dropping it serves the next caller, also after an error or an abort.
pub struct Turn(Rc<RefCell<QueueState>>);

/// A place in the queue; dropping it before it was served gives the place up.
struct Place {
    queue: Rc<RefCell<QueueState>>,
    number: u64,
    served: bool,
}

impl Queue {
    /// Lines up and ends when all earlier callers are done.
    pub async fn turn(&self) -> Turn {
        let mut place = {
            let mut state = self.0.borrow_mut();
            let number = state.next;
            state.next += 1;
            state.waiting.push((number, None));
            Place { queue: self.0.clone(), number, served: false }
        };
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            if state.waiting.first().is_some_and(|(number, _)| *number == place.number) && !state.busy {
                state.waiting.remove(0);
                state.busy = true;
                return Poll::Ready(());
            }
            if let Some(entry) = state.waiting.iter_mut().find(|(number, _)| *number == place.number) {
                entry.1 = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
        place.served = true;
        Turn(self.0.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.served {
            self.queue.borrow_mut().waiting.retain(|(number, _)| *number != self.number);
            wake_front(&self.queue);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.borrow_mut().busy = false;
        wake_front(&self.0);
    }
}

fn wake_front(queue: &RefCell<QueueState>) {
    let waker = queue.borrow_mut().waiting.first_mut().and_then(|(_, waker)| waker.take());
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll<F: Future>(future: core::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn turns_are_served_in_order_and_given_up_by_dropping() {
        let queue = Queue::default();
        let mut first = Box::pin(queue.turn());
        let mut second = Box::pin(queue.turn());
        let mut third = Box::pin(queue.turn());
        let Poll::Ready(held) = poll(first.as_mut()) else { panic!("free queue") };
        assert!(poll(second.as_mut()).is_pending());
        assert!(poll(third.as_mut()).is_pending());
        drop(second);
        assert!(poll(third.as_mut()).is_pending(), "the first still holds it");
        drop(held);
        assert!(poll(third.as_mut()).is_ready());
    }

    #[test]
    fn nobody_overtakes_a_waiting_caller() {
        let queue = Queue::default();
        let mut first = Box::pin(queue.turn());
        let Poll::Ready(held) = poll(first.as_mut()) else { panic!("free queue") };
        let mut second = Box::pin(queue.turn());
        assert!(poll(second.as_mut()).is_pending());
        drop(held);
        let mut late = Box::pin(queue.turn());
        assert!(poll(late.as_mut()).is_pending(), "the second was first in line");
        assert!(poll(second.as_mut()).is_ready());
    }

    #[test]
    fn a_flag_raised_before_waiting_is_seen() {
        let flag = Flag::default();
        flag.raise();
        assert!(poll(Box::pin(flag.raised()).as_mut()).is_ready());
    }

    #[test]
    fn the_first_of_two_ready_futures_wins() {
        let raced = Box::pin(race(async { 1 }, async { 2 }));
        assert_eq!(poll(Box::into_pin(Box::new(raced)).as_mut()), Poll::Ready(1));
    }
}
