//! Certificates of private servers.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};
use tempfile::TempDir;

/// A CA and a server certificate that it signed, for 127.0.0.1, ::1 and localhost, as PEM files
/// in a temporary folder.
///
/// Two certificates, because rustls refuses a CA's own certificate as a server's.
pub struct TlsFiles {
    folder: TempDir,
}

impl TlsFiles {
    /// Makes new keys and certificates.
    #[expect(
        clippy::new_without_default,
        reason = "two of them are never equal, unlike defaults"
    )]
    pub fn new() -> Self {
        let files = Self {
            folder: TempDir::with_prefix("suo-tls-").expect("a temporary folder"),
        };
        // Another user, whom Postgres runs as, must get at its files.
        let open = Permissions::from_mode(0o755);
        fs::set_permissions(files.folder.path(), open).expect("our own folder");
        files.fill().expect("certificates can be made");
        files
    }

    /// The CA's certificate, for clients: `sslrootcert`, `SSL_CERT_FILE`.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// The server's key, mode 0600.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    fn fill(&self) -> Result<(), rcgen::Error> {
        let ca = CertifiedIssuer::self_signed(authority(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let server = server()?.signed_by(&key, &ca)?;
        let written = fs::write(self.ca(), ca.pem())
            .and_then(|()| fs::write(self.certificate(), server.pem()))
            .and_then(|()| fs::write(self.key(), key.serialize_pem()))
            .and_then(|()| fs::set_permissions(self.key(), Permissions::from_mode(0o600)));
        written.expect("our own folder");
        Ok(())
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let name = "suo test CA";
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn server() -> Result<CertificateParams, rcgen::Error> {
    let names = ["127.0.0.1", "::1", "localhost"].map(String::from);
    let mut params = CertificateParams::new(names)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params
        .distinguished_name
        .push(DnType::CommonName, "suo test server");
    Ok(params)
}
