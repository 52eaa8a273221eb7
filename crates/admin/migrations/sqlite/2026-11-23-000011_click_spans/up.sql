-- The same as for Postgres.
CREATE TABLE click_spans (
    scope SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    dimension SMALLINT NOT NULL,
    span BIGINT NOT NULL,
    class SMALLINT NOT NULL,
    value TEXT NOT NULL,
    clicks BIGINT NOT NULL,
    PRIMARY KEY (scope, scope_id, dimension, span, class, value)
) WITHOUT ROWID;
INSERT INTO click_spans
SELECT scope, scope_id, dimension, day - day % 2764800000, class, value, SUM(clicks)
FROM click_days
WHERE scope <> 0 AND dimension <> 0
GROUP BY 1, 2, 3, 4, 5, 6;
