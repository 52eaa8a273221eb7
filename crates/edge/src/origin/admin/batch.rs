//! Many questions in one request.

use std::{sync::Arc, time::Duration};

use suo_link::wire::{
    names::LinkKey,
    sighting::{MAX_QUESTIONS, Question, Sighting},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::timeout,
};

use super::door::Door;
use crate::{flights::MAX_IN_FLIGHT, origin::Unavailable};

/// How long the first question waits for company.
const GATHERING: Duration = Duration::from_millis(1);

/// Requests under way at once; what arrives meanwhile forms the next batch.
const REQUESTS: usize = 4;

/// Gathers questions.
pub(super) struct Batches {
    questions: mpsc::Sender<Asked>,
}

struct Asked {
    key: LinkKey,
    answer: oneshot::Sender<Result<Sighting, Unavailable>>,
}

impl Batches {
    /// Ends when it is dropped.
    pub(super) fn start(door: Arc<Door>, background: &Handle) -> Self {
        let (questions, inbox) = mpsc::channel(MAX_IN_FLIGHT);
        background.spawn(gather(inbox, door));
        Self { questions }
    }

    pub(super) async fn ask(&self, key: LinkKey) -> Result<Sighting, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let asked = self.questions.try_send(Asked { key, answer });
        asked.map_err(|_| Unavailable(String::from("admin: too many questions")))?;
        let lost = |_| Err(Unavailable(String::from("admin: the question was lost")));
        answered.await.unwrap_or_else(lost)
    }
}

async fn gather(mut inbox: mpsc::Receiver<Asked>, door: Arc<Door>) {
    let requests = Arc::new(Semaphore::new(REQUESTS));
    while let Some(first) = inbox.recv().await {
        let mut batch = vec![first];
        let _ = timeout(GATHERING, fill(&mut batch, &mut inbox)).await;
        let Ok(permit) = Arc::clone(&requests).acquire_owned().await else {
            return;
        };
        while batch.len() < MAX_QUESTIONS
            && let Ok(asked) = inbox.try_recv()
        {
            batch.push(asked);
        }
        tokio::spawn(send(batch, Arc::clone(&door), permit));
    }
}

/// Until the batch is full or nobody can ask any more.
async fn fill(batch: &mut Vec<Asked>, inbox: &mut mpsc::Receiver<Asked>) {
    while batch.len() < MAX_QUESTIONS
        && let Some(asked) = inbox.recv().await
    {
        batch.push(asked);
    }
}

async fn send(mut batch: Vec<Asked>, door: Arc<Door>, _permit: OwnedSemaphorePermit) {
    batch.retain(|asked| !asked.answer.is_closed());
    if batch.is_empty() {
        return;
    }
    let keys = batch.iter().map(|asked| asked.key.clone()).collect();
    let answer = door.ask(&Question::Links(keys)).await;
    let mut sightings = answer.map(|answer| answer.into_sightings());
    for asked in batch {
        let sighting = match &mut sightings {
            Ok(sightings) => sightings.next().ok_or_else(too_short),
            Err(error) => Err(error.clone()),
        };
        // Who asked may have lost patience.
        let _ = asked.answer.send(sighting);
    }
}

fn too_short() -> Unavailable {
    Unavailable(String::from("admin: an answer is missing"))
}
