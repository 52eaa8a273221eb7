#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| suo_fuzz::clicks(input));
