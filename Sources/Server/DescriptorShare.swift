internal import Domain
internal import Glibc

/// File descriptors of the process, and how many of them connections from outside, to intake and to the admin listener,
/// may take: half of what is there beyond the gateway's own, so that a flood of them leaves enough for those to subscribers.
package enum DescriptorShare {
    /// Raises this process's limit as far as it may itself: what is usual, 1024, is for programs that use select(2).
    ///
    /// - Returns: how many descriptors there may be.
    @discardableResult
    package static func raise() -> Int {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(kind, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// - Returns: connections that each of `loops` may have open: what the admin listener leaves.
    package static func connections(of descriptors: Int, loops: Int) -> Int {
        max(1, min(Limits.connections, (outside(of: descriptors) - adminConnections(of: descriptors)) / loops))
    }

    /// - Returns: connections that the admin listener may have open: a flood of them must leave intake its own.
    package static func adminConnections(of descriptors: Int) -> Int {
        max(1, min(Limits.adminConnections, outside(of: descriptors) / 4))
    }

    private static func outside(of descriptors: Int) -> Int { (descriptors - Limits.ownDescriptors) / 2 }
}
