-- What edges tell visitors apart with: a key for each day of the instance's zone, named by when the
-- day begins. Deleted two days after it was made.
CREATE TABLE visitor_keys (
    day BIGINT PRIMARY KEY,
    key BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

-- Hashes of visitors that were counted and are not in their sketches yet (clicks/visits.rs); for
-- seconds only.
CREATE TABLE click_visits (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    visits BYTEA NOT NULL
);

-- How many people came on a day. `sketch` is what further visitors of the day go into
-- (clicks/sketch.rs); NULL: the day is closed.
CREATE TABLE click_visitors (
    scope SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    visitors BIGINT NOT NULL,
    sketch BYTEA,
    PRIMARY KEY (scope, scope_id, day)
);
CREATE INDEX click_visitors_open ON click_visitors (day) WHERE sketch IS NOT NULL;

-- Which hosts of referrers have a row of their own on a day: hashes of eight bytes each.
CREATE TABLE click_hosts (
    scope SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    hosts BYTEA NOT NULL,
    PRIMARY KEY (scope, scope_id, day)
);
CREATE INDEX click_hosts_day ON click_hosts (day);

-- The roll-ups by day of the instance's zone: everything of tags, domains and the workspace, and the
-- series of links.
CREATE TABLE click_days (
    scope SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    dimension SMALLINT NOT NULL,
    day BIGINT NOT NULL,
    class SMALLINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    clicks BIGINT NOT NULL,
    PRIMARY KEY (scope, scope_id, dimension, day, class, value)
);

-- Single answers, for some days. `what`, `who` and `how` are words of the wire's record of version 1.
-- `day` counts days since 1970 on which they were counted, and `slot` is that modulo 32: a day that has had
-- its time is a partition that is emptied at once, and nobody has to make partitions.
CREATE SEQUENCE click_event_ids;
CREATE TABLE click_events (
    slot SMALLINT NOT NULL,
    id BIGINT NOT NULL DEFAULT nextval('click_event_ids'),
    day INTEGER NOT NULL,
    link BIGINT NOT NULL,
    domain BIGINT NOT NULL,
    what BIGINT NOT NULL,
    who BIGINT NOT NULL,
    how BIGINT NOT NULL,
    referrer TEXT,
    PRIMARY KEY (id, slot)
) PARTITION BY LIST (slot);
CREATE INDEX click_events_link ON click_events (link, id);
DO $$
BEGIN
    FOR slot IN 0..31 LOOP
        EXECUTE format('CREATE TABLE click_events_%s PARTITION OF click_events FOR VALUES IN (%s)', slot, slot);
    END LOOP;
END
$$;
