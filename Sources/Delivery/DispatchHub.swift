package import Domain
package import Net
internal import Synchronization

/// The way into dispatch from other threads: which loop a subscriber belongs to, and the gates of all lanes. Gates
/// outlive a reload, so that what is inside stays counted.
package final class DispatchHub: Sendable {
    private let mailboxes: [Mailbox<DispatchMessage>]
    private let gates = Mutex<[SubscriberID: LaneGate]>([:])
    let memory: DispatchMemory

    /// - Parameter loops: how many dispatch loops there will be; subscribers are spread over them by id.
    package init(loops: Int) throws(SystemError) {
        var mailboxes: [Mailbox<DispatchMessage>] = []
        for _ in 0..<loops { mailboxes.append(try Mailbox()) }
        self.mailboxes = mailboxes
        memory = DispatchMemory { [mailboxes] grant in
            mailboxes[Self.loop(of: grant.lane, among: mailboxes.count)].post(.granted(grant))
        }
    }

    package func gate(of subscriber: SubscriberID) -> LaneGate {
        gates.withLock { gates in
            if let gate = gates[subscriber] { return gate }
            let gate = LaneGate(sharing: memory)
            gates[subscriber] = gate
            return gate
        }
    }

    package func configure(_ lanes: [LaneConfig]) {
        forgetGates(except: Set(lanes.map(\.id)))
        for (place, mailbox) in mailboxes.enumerated() {
            mailbox.post(.configure(lanes.filter { loop(of: $0.id) == place }))
        }
    }

    /// Of lanes that are gone, with nothing inside, and held by nobody else: not by the lane itself, which may have something on
    /// its way, nor by a table of intake that some request still uses. Those that are, the next configuration forgets.
    private func forgetGates(except known: Set<SubscriberID>) {
        gates.withLock { gates in
            // A list of its own: the dictionary's would hold all gates once more.
            let empty = gates.compactMap { !known.contains($0.key) && $0.value.count == 0 ? $0.key : nil }
            for id in empty {
                if isKnownUniquelyReferenced(&gates[id]) { gates[id] = nil }
            }
        }
    }

    /// Deliveries of one event, committed as claimed, each inside its lane's gate.
    package func deliver(_ deliveries: [LaneDelivery]) {
        if mailboxes.count == 1 { return mailboxes[0].post(.deliver(deliveries)) }
        for (place, mailbox) in mailboxes.enumerated() {
            let own = deliveries.filter { loop(of: $0.subscriber) == place }
            if !own.isEmpty { mailbox.post(.deliver(own)) }
        }
    }

    /// A delivery was committed unclaimed because the gate had no room.
    package func leftOnDisk(_ subscriber: SubscriberID) {
        if gate(of: subscriber).noteBacklog() { mailboxes[loop(of: subscriber)].post(.backlog(subscriber)) }
    }

    /// What an operator ordered made something due.
    package func noteDue(_ subscriber: SubscriberID) { mailboxes[loop(of: subscriber)].post(.due(subscriber)) }

    /// - Parameter reason: nil when it was resumed: it takes up what waits, oldest due time first, at its rate.
    package func pause(_ subscriber: SubscriberID, reason: String?) {
        mailboxes[loop(of: subscriber)].post(.pause(subscriber, reason))
    }

    /// Calls `done` once all loops have nothing on its way any more; they start nothing new.
    package func drain(done: @escaping @Sendable () -> Void) {
        let left = Countdown(mailboxes.count, done)
        for mailbox in mailboxes { mailbox.post(.drain(done: left.step)) }
    }

    /// Deliveries in memory by subscriber: waiting, on their way, or waiting to be settled.
    package var depths: [SubscriberID: Int] { gates.withLock { $0.mapValues(\.count) } }

    func mailbox(_ place: Int) -> Mailbox<DispatchMessage> { mailboxes[place] }

    private func loop(of subscriber: SubscriberID) -> Int { Self.loop(of: subscriber, among: mailboxes.count) }

    private static func loop(of subscriber: SubscriberID, among count: Int) -> Int { Int(subscriber.raw) % count }
}

/// Calls once after so many steps.
private final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let done: @Sendable () -> Void

    init(_ count: Int, _ done: @escaping @Sendable () -> Void) {
        left = Mutex(count)
        self.done = done
    }

    var step: @Sendable () -> Void {
        {
            let isLast = self.left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { self.done() }
        }
    }
}
