//! The migrations are part of the program: a new one is a change of the program.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
