//! What the process cannot go on without.

/// Held by a task without which the process would go on and be wrong: if the task panics, the
/// process aborts, and whoever supervises it starts a new one.
pub(super) struct PanicEndsProcess(pub(super) &'static str);

impl Drop for PanicEndsProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("{} has panicked: the process ends", self.0);
            std::process::abort();
        }
    }
}
