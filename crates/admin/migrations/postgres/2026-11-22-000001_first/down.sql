DROP TABLE relay_state, outbox, idempotency_keys, api_keys, link_grams, link_tags, codes, links,
    domains, workspaces, instance;
DROP SEQUENCE revs, link_ids;
