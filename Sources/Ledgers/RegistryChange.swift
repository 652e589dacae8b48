/// What is ordered of registered subscribers.
package enum RegistryChange: Sendable {
    /// - paused: nothing is sent to it until it is resumed; nil when it is active.
    case add(Registration, paused: String?)
    /// A new version of a registration: same id, route and name.
    case change(Registration, pause: PauseChange)
    /// What is pending for it stays in the ledger, held.
    case remove(id: String, version: Int64)
    /// The same secrets, sealed with another key.
    case reseal([Resealed])

    package enum PauseChange: Sendable, Equatable {
        case none
        case resume
        case pause(reason: String)
    }

    package struct Resealed: Sendable {
        package let id: String
        package let version: Int64
        package let secrets: SealedBytes

        package init(id: String, version: Int64, secrets: SealedBytes) {
            (self.id, self.version, self.secrets) = (id, version, secrets)
        }
    }

    package enum Refusal: Sendable, Equatable {
        case nameTaken
        case urlTaken(id: String)
        case keyTaken
        case noSuchRegistration
        /// Somebody changed it since it was read.
        case changed
        case tooMany(Int)
        case routeFull(Int)
    }
}

/// A registration with the ids that it has in the plan.
package struct RegisteredSubscriber: Sendable {
    /// Of its route in the `Directory`.
    package let place: Int
    package let registration: Registration
    package let ids: DirectoryIDs.Entry

    package init(place: Int, registration: Registration, ids: DirectoryIDs.Entry) {
        (self.place, self.registration, self.ids) = (place, registration, ids)
    }
}
