//! The contract of [`EventLog`](annals::kernel::EventLog) over memory.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/log_contract.rs"]
mod log_contract;

use annals::store::MemoryLog;
use futures_executor::block_on;
use log_contract::{Archive, with_each_promise};
use std::{cell::RefCell, collections::BTreeMap};

#[derive(Default)]
struct Memory {
    logs: RefCell<BTreeMap<String, MemoryLog>>,
}

impl Archive for Memory {
    type Log = MemoryLog;
    async fn open(&self, name: &str) -> MemoryLog {
        self.logs.borrow_mut().entry(name.to_owned()).or_default().clone()
    }
}

macro_rules! tests {
    ($($promise:ident),* $(,)?) => {
        $(#[test]
        fn $promise() {
            block_on(log_contract::$promise(&Memory::default()));
        })*
    };
}
with_each_promise!(tests);
