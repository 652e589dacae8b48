package import Domain

/// Something that an operator orders. It is stored together with a record of who ordered it and why, or not at all.
package struct Operation: Sendable {
    package enum Deed: Sendable {
        /// What is accepted for it meanwhile waits, in the order of its due times.
        case pause(SubscriberID)
        /// Also after a 410.
        case resume(SubscriberID)
        /// A dead delivery is due now, and its schedule begins anew.
        case retry(DeliveryID)
        /// A dead delivery stays dead, and is marked as looked at.
        case discard(DeliveryID)
        /// A pending delivery that no gateway holds in memory is given up.
        case cancel(DeliveryID)
        /// A pending delivery is due now.
        case sendNow(DeliveryID)
        case start(JobOrder)
        case advance(JobStep)
        case stop(JobID)
        /// Refused requests that verify now become events.
        case releaseRefused([Release])
        case discardRefused([QuarantineID])
        case access(AccessDeed)
        /// The body of an event is removed; its digest and everything else stay.
        case redact(EventID)
        case register(RegistryChange)
        case route(RouteChange)

        /// Routes or subscribers are others once it is done.
        package var changesPlan: Bool {
            switch self {
            case .register, .route: true
            default: false
            }
        }
    }

    package let deed: Deed
    /// Who: the name of a token, or `headgate` for what the gateway does by itself.
    package let actor: String
    package let reason: String

    package init(_ deed: Deed, actor: String, reason: String) {
        self.deed = deed
        self.actor = actor
        self.reason = reason
    }
}

package enum OperationResult: Sendable, Equatable {
    /// - Parameters:
    ///   - changed: how many deliveries; 0 or 1 for a subscriber.
    ///   - subscribers: those that have something due now.
    case done(changed: Int, subscribers: Set<SubscriberID>)
    case started(JobID)
    /// In the order of what was ordered.
    case released([ReleaseResult], subscribers: Set<SubscriberID>)
    /// Nothing was changed, and nothing recorded.
    case refused(Refusal)

    package enum Refusal: Sendable, Equatable {
        case noSuchSubscriber
        case noSuchDelivery
        case notDead(DeliveryState)
        case notPending(DeliveryState)
        /// A gateway has it in memory, to be sent or being sent.
        case beingSent
        /// The same event is pending for the same subscriber.
        case pendingAlready(DeliveryID)
        case noSuchJob
        case jobEnded
        case access(AccessRefusal)
        case noSuchEvent
        /// It could not be sent any more.
        case redactionWouldLose(DeliveryID)
        /// There is no body to send or to remove.
        case noBody(EventID)
        case registry(RegistryChange.Refusal)
        case route(RouteChange.Refusal)
    }
}

/// What was done, in the ledger for ever. The raw values are kept: never renumber.
package enum ActionKind: UInt8, Sendable, CaseIterable {
    case pause = 1
    case resume = 2
    case retry = 3
    case discard = 4
    case cancel = 5
    case sendNow = 6
    case startJob = 7
    /// Some deliveries of a job of replays; those of other jobs are `retry` and `cancel`.
    case replay = 8
    case endJob = 9
    case stopJob = 10
    /// A refused request that became an event.
    case release = 50
    case discardRefused = 51
    case grantToken = 30
    case revokeToken = 31
    /// Somebody was not let in; many refusals of one minute are one record.
    case refuse = 32
    /// 40…49: what is removed.
    case redact = 40
    /// Bodies of the events of old batches: `target` says up to which. Removed step by step afterwards.
    case removeBodies = 41
    /// Events of old batches with all that belongs to them: the same.
    case removeEvents = 42
    /// A subscriber came by the API.
    case register = 20
    case changeRegistration = 21
    case deregister = 22
    /// Secrets were sealed with another key.
    case rekey = 23
    case addCredential = 24
    case removeCredential = 25
    case regenerateCredential = 26
    case enableRoute = 27
    case disableRoute = 28
    case changeAddresses = 29

    package var text: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .retry: "retry"
        case .discard: "discard"
        case .cancel: "cancel"
        case .sendNow: "send-now"
        case .startJob: "start-job"
        case .replay: "replay"
        case .endJob: "end-job"
        case .stopJob: "stop-job"
        case .release: "release"
        case .discardRefused: "discard-refused"
        case .grantToken: "grant-token"
        case .revokeToken: "revoke-token"
        case .refuse: "refuse"
        case .redact: "redact"
        case .removeBodies: "remove-bodies"
        case .removeEvents: "remove-events"
        case .register: "register"
        case .changeRegistration: "change-registration"
        case .deregister: "deregister"
        case .rekey: "rekey"
        case .addCredential: "add-credential"
        case .removeCredential: "remove-credential"
        case .regenerateCredential: "regenerate-credential"
        case .enableRoute: "enable-route"
        case .disableRoute: "disable-route"
        case .changeAddresses: "change-addresses"
        }
    }
}

/// One operator's action as the ledger keeps it: a leaf of the chain.
package struct ActionRecord: Sendable {
    /// Its place among all actions of the ledger.
    package let id: Int64
    package let at: WallTime
    package let kind: ActionKind
    package let actor: String
    /// A subscriber or credential as `route/name`, a route, a delivery's or an event's id, a job's id with what it selects, or `batch` and a number.
    package let target: String
    package let reason: String
    /// Deliveries that were changed or made, and those that were passed over.
    package let done: Int64
    package let skipped: Int64
    /// Each delivery that was touched, as `TouchedDelivery` writes it.
    package let deliveries: Bytes

    package init(
        id: Int64, at: WallTime, kind: ActionKind, actor: String, target: String, reason: String, done: Int64,
        skipped: Int64, deliveries: Bytes
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.actor = actor
        self.target = target
        self.reason = reason
        self.done = done
        self.skipped = skipped
        self.deliveries = deliveries
    }
}

/// A delivery that an action changed or made: 48 bytes of the action's record.
package struct TouchedDelivery: Sendable, Equatable {
    package let id: DeliveryID
    /// The ordinal of the delivery that this one repeats; 0 when it is no replay.
    package let replayOf: Int32
    /// Where it goes: `CanonicalForm.endpoint`.
    package let endpoint: Digest256

    package static let size = 48

    package init(id: DeliveryID, replayOf: Int32, endpoint: Digest256) {
        self.id = id
        self.replayOf = replayOf
        self.endpoint = endpoint
    }

    /// event:8 ‖ ordinal:4 ‖ replay_of:4 ‖ endpoint:32, integers big-endian.
    package static func encode(_ touched: [TouchedDelivery]) -> Bytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(touched.count * size)
        for one in touched {
            withUnsafeBytes(of: one.id.event.raw.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: one.id.ordinal.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: one.replayOf.bigEndian) { bytes.append(contentsOf: $0) }
            one.endpoint.withBytes { bytes.append(contentsOf: $0) }
        }
        return Bytes(bytes)
    }

    /// A last part that is too short is left out.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [TouchedDelivery] {
        (0..<bytes.count / size).map { place in
            let one = UnsafeRawBufferPointer(rebasing: bytes[place * size..<(place + 1) * size])
            return TouchedDelivery(
                id: DeliveryID(
                    event: EventID(Int64(bigEndian: one.loadUnaligned(as: Int64.self))),
                    ordinal: Int32(bigEndian: one.loadUnaligned(fromByteOffset: 8, as: Int32.self))),
                replayOf: Int32(bigEndian: one.loadUnaligned(fromByteOffset: 12, as: Int32.self)),
                endpoint: Digest256(copying: UnsafeRawBufferPointer(rebasing: one[16...])) ?? .zero)
        }
    }
}
