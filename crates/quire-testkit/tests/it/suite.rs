//! The model store keeps the contract that the suite says.

use quire_model::Support;
use quire_testkit::{Backend, ModelBackend, ModelStore, checked, contract_suite, mirror, restless};

mod plain {
    use super::*;
    contract_suite!(ModelBackend::default());
}

mod checked_at_every_call {
    use super::*;
    contract_suite!(checked(ModelBackend::default()));
}

mod checked_and_inexact {
    use super::*;
    contract_suite!(checked(ModelBackend::on(ModelStore::with_support(Support::Inexact))));
}

mod mirrored_with_one_that_ignores_filters {
    use super::*;

    fn both() -> impl Backend {
        let ignoring = ModelBackend::on(ModelStore::with_support(Support::None));
        mirror(checked(ModelBackend::default()), restless(3, checked(ignoring)))
    }

    contract_suite!(both());
}
