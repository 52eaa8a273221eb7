//! Lists that fit into one answer.

/// A list without pages.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(super) struct List<T> {
    /// All of them.
    pub(super) data: Vec<T>,
}
