//! One crypto provider for everything that speaks TLS.

/// Makes ring the process's provider; harmless when repeated.
///
/// rustls comes without one, and refuses to choose as soon as a dependency brings a second.
pub(crate) fn use_ring() {
    // An error says that somebody has chosen before, and rustls goes by that choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
