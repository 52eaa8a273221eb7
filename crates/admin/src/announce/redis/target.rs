//! Which Redis, as `SUO_REDIS_URL` says.

use std::fmt;

use redis::{Client, ConnectionAddr, ConnectionInfo, RedisResult};
use suo_link::wire::{names::Names, slots::Node};

/// Which Redis, and where in it.
#[derive(Clone)]
pub struct RedisTarget {
    /// The one server, or those nodes of a cluster that were named.
    nodes: Vec<Client>,
    /// Keys and channels behind `SUO_REDIS_PREFIX`.
    pub names: Names,
}

impl RedisTarget {
    /// Reads `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS with the
    /// system's roots; several of them, comma-separated, are nodes of one Redis Cluster. Nothing
    /// is connected yet.
    ///
    /// # Errors
    /// What is wrong with the address; never the address itself, which may hold a password.
    pub fn new(url: &str, prefix: &str) -> Result<Self, TargetError> {
        let parse = |url: &str| Client::open(url.trim()).map_err(|_| TargetError::NotAnAddress);
        let nodes: Vec<Client> = url.split(',').map(parse).collect::<Result<_, _>>()?;
        if nodes.len() > 1 {
            check_cluster(&nodes)?;
        }
        Ok(Self {
            nodes,
            names: Names::new(prefix),
        })
    }

    /// The one server; `None`: it is a cluster.
    pub(super) fn only(&self) -> Option<&Client> {
        match self.nodes.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The nodes of a cluster that were named.
    pub(super) fn named(&self) -> impl Iterator<Item = Node> {
        self.nodes.iter().filter_map(node)
    }

    /// Another node of the same cluster: it wants the same password.
    pub(super) fn client(&self, node: &Node) -> RedisResult<Client> {
        let Some(named) = self.nodes.first() else {
            return Err((redis::ErrorKind::InvalidClientConfig, "no node is named").into());
        };
        let info = named.get_connection_info().clone();
        let (host, port) = (node.host.clone(), node.port);
        let addr = match info.addr() {
            ConnectionAddr::TcpTls {
                insecure,
                tls_params,
                ..
            } => ConnectionAddr::TcpTls {
                host,
                port,
                insecure: *insecure,
                tls_params: tls_params.clone(),
            },
            _ => ConnectionAddr::Tcp(host, port),
        };
        Client::open(info.set_addr(addr))
    }
}

fn check_cluster(nodes: &[Client]) -> Result<(), TargetError> {
    let all: Vec<&ConnectionInfo> = nodes.iter().map(Client::get_connection_info).collect();
    if all.iter().any(|info| info.redis_settings().db() != 0) {
        return Err(TargetError::ClusterDatabase);
    }
    if nodes.iter().any(|client| node(client).is_none()) {
        return Err(TargetError::NotAnAddress);
    }
    let is_alike = |pair: &[&ConnectionInfo]| access(pair[0]) == access(pair[1]);
    if all.windows(2).all(is_alike) {
        Ok(())
    } else {
        Err(TargetError::MixedNodes)
    }
}

/// What all nodes of a cluster share.
fn access(info: &ConnectionInfo) -> (bool, Option<&str>, Option<&str>) {
    let has_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
    let login = info.redis_settings();
    (has_tls, login.username(), login.password())
}

/// Where a named node listens, unless it is a Unix socket.
fn node(client: &Client) -> Option<Node> {
    match client.get_connection_info().addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            let (host, port) = (host.clone(), *port);
            Some(Node { host, port })
        }
        _ => None,
    }
}

/// Why an address of Redis is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Not of the form `redis://…` or `rediss://…`.
    NotAnAddress,
    /// Several nodes that are not reached in the same way.
    MixedNodes,
    /// Several nodes and a database number.
    ClusterDatabase,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => {
                "it is redis://[user:password@]host:port[/db], or rediss:// for TLS; \
                 several of them, comma-separated, for Redis Cluster"
            }
            Self::MixedNodes => {
                "all nodes of a Redis Cluster have the same scheme, user and password"
            }
            Self::ClusterDatabase => "a Redis Cluster has no database but 0",
        })
    }
}

impl std::error::Error for TargetError {}

#[cfg(test)]
mod tests {
    use super::{RedisTarget, TargetError};

    #[test]
    fn several_nodes_are_one_cluster() {
        let target = RedisTarget::new("redis://:secret@a:1, redis://:secret@b:2/0", "suo").unwrap();
        assert!(target.only().is_none());
        let named: Vec<_> = target.named().map(|node| node.to_string()).collect();
        assert_eq!(named, ["a:1", "b:2"]);
        let one = RedisTarget::new("redis://a:1/7", "suo").unwrap();
        assert!(one.only().is_some());
    }

    #[test]
    fn lists_that_make_no_cluster_are_refused_without_being_shown() {
        for (url, expected) in [
            (
                "redis://:secret@a:1,rediss://:secret@b:2",
                TargetError::MixedNodes,
            ),
            (
                "redis://:secret@a:1,redis://:other@b:2",
                TargetError::MixedNodes,
            ),
            (
                "redis://secret:x@a:1,redis://me:x@b:2",
                TargetError::MixedNodes,
            ),
            (
                "redis://:secret@a:1/3,redis://:secret@b:2/3",
                TargetError::ClusterDatabase,
            ),
            ("redis://:secret@a:1,", TargetError::NotAnAddress),
            ("redis://:secret@a:1,b:2", TargetError::NotAnAddress),
            ("unix:///secret,unix:///b", TargetError::NotAnAddress),
        ] {
            let error = RedisTarget::new(url, "suo").err().unwrap();
            assert_eq!(error, expected, "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}
