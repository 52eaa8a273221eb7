//! Threads beside the serving ones, for work that takes long: hashing passwords, drawing pictures.
//!
//! They have the lowest priority, so that they get what serving leaves over, and a bounded queue:
//! what is too much is refused at once.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The priority of a thread that is to disturb nobody (nice(2)).
const LOWEST: i32 = 19;

/// More work waits than is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Threads with one queue. They end when this is dropped and the queue is empty.
#[derive(Debug)]
pub(crate) struct Workshop(SyncSender<Job>);

impl Workshop {
    /// Starts `threads` threads; at most `queue` pieces of work wait for them.
    pub(crate) fn start(name: &str, threads: usize, queue: usize) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Has a piece of work done, unless whoever waits for it has gone meanwhile.
    pub(crate) fn take_on<T: Send + 'static>(
        &self,
        piece: impl FnOnce() -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, Full> {
        let (reply, replied) = oneshot::channel();
        let job = Box::new(move || {
            if !reply.is_closed() {
                // Whoever has gone since does not want it.
                let _ = reply.send(piece());
            }
        });
        self.0.try_send(job).map_err(|_| Full)?;
        Ok(replied)
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    // On Linux this is the priority of the calling thread alone; elsewhere we do without.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, LOWEST);
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{Full, Workshop};

    #[test]
    fn work_is_done_in_turn_and_what_is_too_much_is_refused() {
        let workshop = Workshop::start("test", 1, 1).unwrap();
        let (begin, begun) = channel();
        let (release, released) = channel::<()>();
        let first = workshop.take_on(move || {
            begin.send(()).unwrap();
            released.recv().unwrap();
            1
        });
        begun.recv().unwrap();
        let second = workshop.take_on(|| 2);
        assert_eq!(workshop.take_on(|| 3).unwrap_err(), Full);
        release.send(()).unwrap();
        assert_eq!(first.unwrap().blocking_recv(), Ok(1));
        assert_eq!(second.unwrap().blocking_recv(), Ok(2));
        assert_eq!(workshop.take_on(|| 4).unwrap().blocking_recv(), Ok(4));
    }

    #[test]
    fn nobody_works_for_who_has_gone() {
        let workshop = Workshop::start("test", 1, 2).unwrap();
        let (release, released) = channel::<()>();
        let first = workshop.take_on(move || released.recv()).unwrap();
        let (did, done) = channel();
        drop(workshop.take_on(move || did.send(())).unwrap());
        release.send(()).unwrap();
        first.blocking_recv().unwrap().unwrap();
        // The sender was dropped unused.
        assert!(done.recv().is_err());
    }
}
