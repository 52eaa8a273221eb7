-- The same tables as for Postgres. All times are milliseconds since 1970 UTC.

-- In place of sequences; there is one writer at a time.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('link_ids', 0), ('revs', 0);

-- The one row is locked by whoever writes domains or makes the first API key.
CREATE TABLE instance (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    domains_rev BIGINT NOT NULL,
    last_domain INTEGER NOT NULL
);
INSERT INTO instance (id, domains_rev, last_domain) VALUES (1, 0, 0);

CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE domains (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL UNIQUE,
    scheme TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    case_sensitive BOOLEAN NOT NULL,
    root_target TEXT,
    not_found_target TEXT,
    -- Set by the first link and never unset: the case rule stays from then on.
    had_links BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX domains_default ON domains (is_default) WHERE is_default;

CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    domain INTEGER NOT NULL,
    target TEXT NOT NULL,
    target_hash BIGINT NOT NULL,
    -- The host's labels from right to left, so that a range finds subdomains.
    target_host TEXT NOT NULL,
    title TEXT,
    note TEXT,
    status TEXT NOT NULL,
    redirect_status SMALLINT NOT NULL,
    forward_query TEXT NOT NULL,
    starts_at BIGINT,
    expires_at BIGINT,
    expired_target TEXT,
    rev BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX links_target ON links (target_hash);
CREATE INDEX links_host ON links (target_host, id);
CREATE INDEX links_domain ON links (domain, id);
CREATE INDEX links_stopped ON links (status, id) WHERE status <> 'active';

-- No foreign key to domains: domains are never deleted, and a check per row costs a batch
-- a tenth of its time.
CREATE TABLE codes (
    domain INTEGER NOT NULL,
    code_key TEXT NOT NULL,
    code TEXT NOT NULL,
    bucket SMALLINT NOT NULL,
    -- Codes are claimed before their link is written.
    link BIGINT NOT NULL REFERENCES links (id) DEFERRABLE INITIALLY DEFERRED,
    role TEXT NOT NULL,
    PRIMARY KEY (domain, code_key)
) WITHOUT ROWID;
CREATE INDEX codes_bucket ON codes (bucket, domain, code_key);
CREATE INDEX codes_link ON codes (link);

CREATE TABLE link_tags (
    link BIGINT NOT NULL,
    tag TEXT NOT NULL,
    position SMALLINT NOT NULL,
    PRIMARY KEY (link, tag)
) WITHOUT ROWID;
CREATE INDEX link_tags_tag ON link_tags (tag, link);

-- Pairs of neighbouring characters of title, note and tags in lower case: the first
-- character's number times 2^32 plus the second's. No index by link: a link's pairs are
-- known from its texts.
CREATE TABLE link_grams (
    gram BIGINT NOT NULL,
    link BIGINT NOT NULL,
    PRIMARY KEY (gram, link)
) WITHOUT ROWID;

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    -- SHA-256; the key itself is shown once and kept nowhere.
    hash BLOB NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    can_read BOOLEAN NOT NULL,
    can_write BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE idempotency_keys (
    api_key BIGINT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    token BLOB NOT NULL,
    claimed_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The reply, once there is one.
    status SMALLINT,
    etag TEXT,
    body BLOB,
    PRIMARY KEY (api_key, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Its place in the published history, given by the relay.
    seq BIGINT UNIQUE,
    changes BLOB NOT NULL,
    change_count INTEGER NOT NULL,
    -- All changes up to this message's last, counted when it was numbered.
    changes_total BIGINT,
    created_at BIGINT NOT NULL,
    published_at BIGINT
);
CREATE INDEX outbox_unnumbered ON outbox (id) WHERE seq IS NULL;
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at);

CREATE TABLE relay_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    numbered BIGINT NOT NULL,
    published BIGINT NOT NULL,
    changes_total BIGINT NOT NULL,
    -- Per bucket, the highest seq that Redis acknowledged: 64 bits each, big-endian.
    acknowledged BLOB NOT NULL,
    rebuild_owner TEXT,
    rebuild_until BIGINT,
    checked_at BIGINT
);
INSERT INTO relay_state (id, generation, numbered, published, changes_total, acknowledged)
VALUES (1, 1, 0, 0, 0, x'');
