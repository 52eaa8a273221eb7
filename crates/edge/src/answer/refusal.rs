//! Why a visitor is not sent on: status and one line in two languages.

use http::StatusCode;

use crate::outcome::Outcome;

/// An answer that is no redirect.
pub(super) struct Refusal {
    pub(super) outcome: Outcome,
    pub(super) status: StatusCode,
    pub(super) line: &'static str,
}

/// Also said of links that are paused or not yet started: that is their owner's business.
const NOTHING_HERE: &str = "短链接不存在 · Short link not found\n";

pub(super) const NOT_FOUND: Refusal = Refusal {
    outcome: Outcome::NotFound,
    status: StatusCode::NOT_FOUND,
    line: NOTHING_HERE,
};

pub(super) const PAUSED: Refusal = Refusal {
    outcome: Outcome::Paused,
    status: StatusCode::NOT_FOUND,
    line: NOTHING_HERE,
};

pub(super) const NOT_STARTED: Refusal = Refusal {
    outcome: Outcome::NotStarted,
    status: StatusCode::NOT_FOUND,
    line: NOTHING_HERE,
};

pub(super) const UNKNOWN_HOST: Refusal = Refusal {
    outcome: Outcome::UnknownHost,
    status: StatusCode::NOT_FOUND,
    line: "此域名下没有短链接 · No short links on this host\n",
};

pub(super) const EXPIRED: Refusal = Refusal {
    outcome: Outcome::Expired,
    status: StatusCode::GONE,
    line: "短链接已过期 · This short link has expired\n",
};

pub(super) const BANNED: Refusal = Refusal {
    outcome: Outcome::Banned,
    status: StatusCode::GONE,
    line: "短链接已停用 · This short link has been disabled\n",
};

pub(super) const BAD_METHOD: Refusal = Refusal {
    outcome: Outcome::BadMethod,
    status: StatusCode::METHOD_NOT_ALLOWED,
    line: "仅支持 GET 和 HEAD · Only GET and HEAD are answered here\n",
};

pub(super) const BAD_HOST: Refusal = Refusal {
    outcome: Outcome::BadHost,
    status: StatusCode::BAD_REQUEST,
    line: "Host 请求头无效 · The Host header is not valid\n",
};

pub(super) const IN_DOUBT: Refusal = Refusal {
    outcome: Outcome::InDoubt,
    status: StatusCode::SERVICE_UNAVAILABLE,
    line: "暂时无法查询，请稍后再试 · Temporarily unavailable, please try again\n",
};
