//! Where Redis is, and how to log in.

use std::{fmt, sync::Arc};

use bb8_redis::RedisConnectionManager;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, RedisError,
    aio::{MultiplexedConnection, PubSub},
};
use suo_link::wire::slots::Node;

use super::{CONNECT_LIMIT, cluster::Cluster};
use crate::origin::Unavailable;

/// Where Redis is, and how to log in.
///
/// Never shown: the URL can hold a password.
#[derive(Clone)]
pub struct Address(pub(super) Place);

#[derive(Clone)]
pub(super) enum Place {
    One(Box<Server>),
    Cluster(Arc<Cluster>),
}

/// One server, or one node of a cluster.
#[derive(Clone)]
pub(crate) struct Server {
    client: Client,
    pub(super) manager: RedisConnectionManager,
}

/// Why a text is no address; says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAddress {
    /// Not `redis://…` or `rediss://…`.
    NotAnUrl,
    /// Several nodes that are not reached in the same way.
    MixedNodes,
    /// Several nodes and a database number.
    ClusterDatabase,
}

impl Address {
    /// Reads `redis://:password@host:6379/0`, or `rediss://` for TLS with the system's roots;
    /// several of them, comma-separated, are nodes of one Redis Cluster.
    ///
    /// # Errors
    /// See [`BadAddress`].
    pub fn parse(url: &str) -> Result<Self, BadAddress> {
        crate::tls::use_ring();
        let parse = |url: &str| Server::parse(url.trim());
        let mut nodes: Vec<Server> = url.split(',').map(parse).collect::<Result<_, _>>()?;
        match (nodes.pop(), nodes.is_empty()) {
            (Some(only), true) => Ok(Self(Place::One(Box::new(only)))),
            (Some(last), false) => {
                nodes.push(last);
                Ok(Self(Place::Cluster(Arc::new(cluster(nodes)?))))
            }
            (None, _) => Err(BadAddress::NotAnUrl),
        }
    }

    /// The server that holds a key.
    pub(crate) async fn holder(&self, key: &str) -> Result<Server, Unavailable> {
        match &self.0 {
            Place::One(server) => Ok(Server::clone(server)),
            Place::Cluster(cluster) => cluster.find(key).await,
        }
    }

    /// Tells whether the stream of changes can be read. A cluster is not believed without:
    /// while the node that holds the stream is away, no change reaches the others.
    pub(crate) fn stream_answers(&self, answers: bool) {
        if let Place::Cluster(cluster) = &self.0 {
            cluster.stream_answers(answers);
        }
    }
}

impl Server {
    fn parse(url: &str) -> Result<Self, BadAddress> {
        let client = Client::open(url).map_err(|_| BadAddress::NotAnUrl)?;
        Self::new(client).map_err(|_| BadAddress::NotAnUrl)
    }

    fn new(client: Client) -> Result<Self, RedisError> {
        let manager = RedisConnectionManager::new(client.get_connection_info().clone())?;
        Ok(Self { client, manager })
    }

    /// A connection of one's own for commands, without a limit to how long they take.
    pub(crate) async fn commands(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(None);
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        connecting.await
    }

    /// A connection that hears what is published.
    pub(crate) async fn subscriber(&self) -> Result<PubSub, RedisError> {
        self.client.get_async_pubsub().await
    }

    /// Another node of the same cluster: it wants the same password.
    pub(super) fn sibling(&self, node: &Node) -> Result<Self, RedisError> {
        let info = self.info().clone();
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
        Self::new(Client::open(info.set_addr(addr))?)
    }

    /// Where it listens, unless that is a Unix socket.
    fn node(&self) -> Option<Node> {
        match self.info().addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                let (host, port) = (host.clone(), *port);
                Some(Node { host, port })
            }
            _ => None,
        }
    }

    /// What all nodes of a cluster share.
    fn access(&self) -> (bool, Option<&str>, Option<&str>) {
        let has_tls = matches!(self.info().addr(), ConnectionAddr::TcpTls { .. });
        let login = self.info().redis_settings();
        (has_tls, login.username(), login.password())
    }

    fn info(&self) -> &ConnectionInfo {
        self.client.get_connection_info()
    }
}

fn cluster(servers: Vec<Server>) -> Result<Cluster, BadAddress> {
    let has_number = |server: &Server| server.info().redis_settings().db() != 0;
    if servers.iter().any(has_number) {
        return Err(BadAddress::ClusterDatabase);
    }
    if servers
        .windows(2)
        .any(|pair| pair[0].access() != pair[1].access())
    {
        return Err(BadAddress::MixedNodes);
    }
    let with_node = |server: Server| Some((server.node()?, server));
    let named: Option<Vec<_>> = servers.into_iter().map(with_node).collect();
    named.map(Cluster::new).ok_or(BadAddress::NotAnUrl)
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnUrl => {
                "not a Redis address: redis://… or rediss://… expected, or several of them, \
                 comma-separated, for Redis Cluster"
            }
            Self::MixedNodes => {
                "all nodes of a Redis Cluster have the same scheme, user and password"
            }
            Self::ClusterDatabase => "a Redis Cluster has no database but 0",
        })
    }
}

impl std::error::Error for BadAddress {}
