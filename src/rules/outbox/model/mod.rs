//! The outbox against a model that says who consented to what.
//!
//! One to three copies of the SDK share a storage that is cleared, refuses, loses
//! or cannot be read; they are killed between any two steps; users switch during
//! every wait; the clock jumps; the back end answers with every status. The model
//! knows every consent and what may become of it. What no SDK can know is excused
//! by name, see [`Excuses`](consent::Excuses).
//!
//! `WX_SUBSCRIBE_MODEL_STEPS` sets the number of steps, and
//! `WX_SUBSCRIBE_MODEL_SEED` the first world; a failure names its world, and
//! `WX_SUBSCRIBE_MODEL_TRACE` prints its steps.

mod consent;
mod copy;
mod random;
mod storage;
mod world;

pub use copy::Answer;
pub use storage::Storage;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use world::World;

/// What users do in one world.
const ACTS: u32 = 400;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn every_consent_is_delivered_kept_or_ended_and_leaves_for_its_owner_alone() {
    let wanted = variable("WX_SUBSCRIBE_MODEL_STEPS", 2_000_000);
    let mut seed = variable("WX_SUBSCRIBE_MODEL_SEED", 1);
    let (mut steps, mut requests, mut worlds) = (0, 0, 0);
    while steps < wanted {
        let mut world = World::new(seed);
        let played = catch_unwind(AssertUnwindSafe(|| world.play(ACTS)));
        if let Err(panic) = played {
            std::eprintln!("repeat with WX_SUBSCRIBE_MODEL_SEED={seed}");
            resume_unwind(panic);
        }
        (steps, requests, worlds) = (steps + world.steps, requests + world.requests, worlds + 1);
        seed += 1;
    }
    std::println!("{worlds} worlds, {steps} steps, {requests} requests");
}
