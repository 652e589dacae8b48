/// Something that an operator should look at.
package struct Alarm: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A delivery's schedule has ended, or its event is damaged.
        case deliveryDead = "delivery-dead"
        /// A subscriber gets nothing any more: it answered 410, or failed for too long.
        case subscriberStopped = "subscriber-stopped"
        /// A subscriber has not had one success for long.
        case subscriberFailing = "subscriber-failing"
        /// A subscriber failed so often in a row that it gets a probe now and then.
        case breakerOpen = "breaker-open"
        case certificateExpiring = "certificate-expiring"
        case diskLow = "disk-low"
        /// No event is taken: the ledger cannot be written.
        case ledgerClosed = "ledger-closed"
        /// Requests of a route come near the end of the time in which the provider's signature counts, or after it.
        case clockSkew = "clock-skew"
    }

    package let kind: Kind
    /// A subscriber as `route/name`, a route, or what else is concerned.
    package let subject: String
    /// What happened and what to do.
    package let detail: String
    package let at: WallTime
    /// Of the same kind and subject, kept back since the one before this.
    package let suppressed: Int

    package init(kind: Kind, subject: String, detail: String, at: WallTime, suppressed: Int) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.at = at
        self.suppressed = suppressed
    }
}
