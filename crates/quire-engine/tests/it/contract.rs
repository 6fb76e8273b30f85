//! The engine keeps the contract, whatever its options and whatever disk it is on.

use crate::backends::{OnRealDisk, OnSimDisk, small, small_with_thread};
use quire_engine::Options;
use quire_testkit::{Backend, ModelBackend, checked, contract_suite, mirror, restless};

mod plain {
    use super::*;
    contract_suite!(OnSimDisk::new(Options::default()));
}

mod small_memory {
    use super::*;
    contract_suite!(checked(OnSimDisk::new(small())));
}

/// After every commit all of it lies in files.
mod flushed_at_once {
    use super::*;
    contract_suite!(checked(restless(1, OnSimDisk::new(small()))));
}

/// Now and then what is fresh goes to a file, while a thread merges.
mod flushed_now_and_then {
    use super::*;
    contract_suite!(checked(restless(3, OnSimDisk::new(small_with_thread()))));
}

mod the_machines_disk {
    use super::*;
    contract_suite!(checked(OnRealDisk::new(Options::default())));
}

mod the_machines_disk_and_small_memory {
    use super::*;
    contract_suite!(checked(restless(7, OnRealDisk::new(small_with_thread()))));
}

mod beside_the_model {
    use super::*;

    fn both() -> impl Backend {
        mirror(checked(ModelBackend::default()), checked(restless(2, OnSimDisk::new(small()))))
    }

    contract_suite!(both());
}
