//! The tables, as the migrations of both databases make them.

diesel::table! {
    instance (id) {
        id -> Integer,
        domains_rev -> BigInt,
        last_domain -> Integer,
        secret -> Binary,
    }
}

diesel::table! {
    domain_files (domain, path) {
        domain -> Integer,
        path -> Text,
        body -> Binary,
        updated_at -> BigInt,
    }
}

diesel::table! {
    workspaces (id) {
        id -> Integer,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    domains (id) {
        id -> Integer,
        workspace -> Integer,
        name -> Text,
        scheme -> Text,
        is_default -> Bool,
        case_sensitive -> Bool,
        root_target -> Nullable<Text>,
        not_found_target -> Nullable<Text>,
        had_links -> Bool,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    links (id) {
        id -> BigInt,
        workspace -> Integer,
        domain -> Integer,
        target -> Text,
        target_hash -> BigInt,
        target_host -> Text,
        title -> Nullable<Text>,
        note -> Nullable<Text>,
        status -> Text,
        redirect_status -> SmallInt,
        forward_query -> Text,
        starts_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        expired_target -> Nullable<Text>,
        max_clicks -> Nullable<BigInt>,
        policy -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        rev -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    codes (domain, code_key) {
        domain -> Integer,
        code_key -> Text,
        code -> Text,
        bucket -> SmallInt,
        link -> BigInt,
        role -> Text,
    }
}

diesel::table! {
    link_tags (link, tag) {
        link -> BigInt,
        tag -> Text,
        position -> SmallInt,
    }
}

diesel::table! {
    manage_links (link) {
        link -> BigInt,
        serial -> Integer,
    }
}

diesel::table! {
    link_grams (gram, link) {
        gram -> BigInt,
        link -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        workspace -> Integer,
        hash -> Binary,
        prefix -> Text,
        name -> Text,
        can_read -> Bool,
        can_write -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (api_key, key) {
        api_key -> BigInt,
        key -> Text,
        fingerprint -> Binary,
        token -> Binary,
        claimed_until -> BigInt,
        created_at -> BigInt,
        status -> Nullable<SmallInt>,
        etag -> Nullable<Text>,
        body -> Nullable<Binary>,
    }
}

diesel::table! {
    logos (hash) {
        hash -> Binary,
        workspace -> Integer,
        png -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        seq -> Nullable<BigInt>,
        changes -> Binary,
        change_count -> Integer,
        changes_total -> Nullable<BigInt>,
        created_at -> BigInt,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    relay_state (id) {
        id -> Integer,
        generation -> Integer,
        numbered -> BigInt,
        published -> BigInt,
        changes_total -> BigInt,
        acknowledged -> Binary,
        rebuild_owner -> Nullable<Text>,
        rebuild_until -> Nullable<BigInt>,
        checked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    visitor_keys (day) {
        day -> BigInt,
        key -> Binary,
        made_at -> BigInt,
    }
}

diesel::table! {
    click_journals (journal) {
        journal -> Binary,
        applied -> BigInt,
        clicks -> BigInt,
        dropped_full -> BigInt,
        dropped_unwritable -> BigInt,
        seen_at -> BigInt,
        counted -> BigInt,
        parked -> BigInt,
        lost -> BigInt,
    }
}

diesel::table! {
    click_ledger (journal, hour) {
        journal -> Binary,
        hour -> BigInt,
        answers -> BigInt,
        of_links -> BigInt,
        clicks -> BigInt,
        dropped -> BigInt,
    }
}

diesel::table! {
    click_segments (journal, number) {
        journal -> Binary,
        number -> BigInt,
    }
}

diesel::table! {
    click_parked (journal, number) {
        journal -> Binary,
        number -> BigInt,
        reason -> Text,
        segment -> Binary,
        parked_at -> BigInt,
    }
}

diesel::table! {
    click_totals (link) {
        link -> BigInt,
        human -> BigInt,
        preview -> BigInt,
        crawler -> BigInt,
        prefetch -> BigInt,
    }
}

diesel::table! {
    click_limits (link) {
        link -> BigInt,
        consumed -> BigInt,
    }
}

diesel::table! {
    click_holders (journal) {
        journal -> Binary,
        turn -> BigInt,
        ends_at -> Nullable<BigInt>,
        seen_at -> BigInt,
    }
}

diesel::table! {
    click_leases (id) {
        id -> BigInt,
        link -> BigInt,
        journal -> Binary,
        size -> BigInt,
        used -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    click_rollups (scope, scope_id, dimension, hour, class, value) {
        scope -> SmallInt,
        scope_id -> BigInt,
        dimension -> SmallInt,
        hour -> BigInt,
        class -> SmallInt,
        value -> Text,
        clicks -> BigInt,
    }
}

diesel::table! {
    click_visits (id) {
        id -> BigInt,
        visits -> Binary,
    }
}

diesel::table! {
    click_visitors (scope, scope_id, day) {
        scope -> SmallInt,
        scope_id -> BigInt,
        day -> BigInt,
        visitors -> BigInt,
        sketch -> Nullable<Binary>,
    }
}

diesel::table! {
    click_hosts (scope, scope_id, day) {
        scope -> SmallInt,
        scope_id -> BigInt,
        day -> BigInt,
        hosts -> Binary,
    }
}

diesel::table! {
    click_days (scope, scope_id, dimension, day, class, value) {
        scope -> SmallInt,
        scope_id -> BigInt,
        dimension -> SmallInt,
        day -> BigInt,
        class -> SmallInt,
        value -> Text,
        clicks -> BigInt,
    }
}

diesel::table! {
    click_spans (scope, scope_id, dimension, span, class, value) {
        scope -> SmallInt,
        scope_id -> BigInt,
        dimension -> SmallInt,
        span -> BigInt,
        class -> SmallInt,
        value -> Text,
        clicks -> BigInt,
    }
}

diesel::table! {
    click_events (id) {
        id -> BigInt,
        slot -> SmallInt,
        day -> Integer,
        link -> BigInt,
        domain -> BigInt,
        what -> BigInt,
        who -> BigInt,
        how -> BigInt,
        referrer -> Nullable<Text>,
    }
}

diesel::joinable!(link_tags -> links (link));
diesel::joinable!(codes -> links (link));
diesel::allow_tables_to_appear_in_same_query!(links, codes, link_tags);
