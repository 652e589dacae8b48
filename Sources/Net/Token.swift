/// What epoll hands back. A descriptor alone is no identity: it may be closed and given out again within one batch of
/// events, so a generation stands beside it.
package struct Token: Hashable, Sendable {
    package let fd: Int32
    package let generation: UInt32

    package init(fd: Int32, generation: UInt32) { (self.fd, self.generation) = (fd, generation) }
    package init(packed: UInt64) {
        self.init(fd: Int32(truncatingIfNeeded: packed), generation: UInt32(packed >> 32))
    }
    package var packed: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd)) }
}

/// What a watcher waits for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let read = Interest(rawValue: 1)
    package static let write = Interest(rawValue: 2)
}

/// What happened on a descriptor.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer will send no more; what it sent may still be unread.
    package static let readClosed = Readiness(rawValue: 4)
    /// An error or a full hang-up.
    package static let failed = Readiness(rawValue: 8)
}
