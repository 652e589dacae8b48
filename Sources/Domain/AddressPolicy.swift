/// Where a subscriber may be. Judged twice: on the address in a URL, and on the peer of every dial, because a name may
/// point anywhere by then.
package struct AddressPolicy: Sendable, Equatable {
    /// Private and loopback addresses; the other special ones never are, for nobody.
    package let allowsPrivate: Bool

    package init(allowsPrivate: Bool) { self.allowsPrivate = allowsPrivate }

    /// Route files are the operator's own.
    package static let routeFile = AddressPolicy(allowsPrivate: true)

    /// Why this address may not be dialled; nil when it may.
    package func refusal(of address: IPAddress) -> AddressClass? {
        let found = AddressClass(address)
        switch found {
        case .global: return nil
        case .loopback, .private: return allowsPrivate ? nil : found
        case .linkLocal, .metadata, .multicast, .broadcast, .unspecified, .documentation, .reserved: return found
        }
    }
}
