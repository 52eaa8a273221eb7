//! What reaches Redis, and what the relay does when Redis has lost or kept too much.

mod clicks;
mod damage;
mod generations;
mod rebuilds;
mod scene;
