package import Crypto
package import Domain
package import Routes
internal import Wire

/// What registering a subscriber needs of the running gateway.
package struct RegistryFacts: Sendable {
    /// The routes of the moment.
    package let table: @Sendable () -> RouteTable
    /// Seals secrets; nil when none was given, and then no secret is taken.
    package let key: SealingKey?
    /// Of what is registered; route files are the operator's own.
    package let policy: AddressPolicy

    package init(table: @escaping @Sendable () -> RouteTable, key: SealingKey?, policy: AddressPolicy) {
        self.table = table
        self.key = key
        self.policy = policy
    }
}

extension AdminDesk {
    func registry() throws(Problem) -> RegistryFacts {
        guard let registry = state.registry else {
            throw Problem(
                .serviceUnavailable, "only a running gateway knows its routes and changes what it has registered")
        }
        return registry
    }
}

extension RegistryFacts {
    func needKey() throws(Problem) -> SealingKey {
        guard let key else {
            throw Problem(
                .serviceUnavailable,
                "this gateway has no key to keep secrets with; make one with `headgate secrets new --ledger-key` and start it "
                    + "with HEADGATE_LEDGER_KEY")
        }
        return key
    }
}
