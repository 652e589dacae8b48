package import Domain
internal import Glibc
internal import Synchronization

/// One structured line for each thing worth knowing, on standard error. Lines are made on the caller's thread and written
/// by a thread of the log's own, so that a slow reader of the log never slows an event; when it lags by more than
/// `Log.bytesWaiting`, lines are dropped and counted. Bodies and secrets have no way in: callers name each value.
package final class Log: Sendable {
    package enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        package var text: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
        package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    package enum Format: String, Sendable, CaseIterable { case text, json }

    /// A megabyte holds some five thousand lines: more lag means that nobody reads.
    package static let bytesWaiting = 1 << 20

    private struct State: Sendable {
        var waiting: [UInt8] = []
        var isClosed = false
    }

    private let level: Level
    private let format: Format
    private let clock: any Clock
    private let state = Mutex(State())
    private let bell: LogBell
    package let dropped = Counter()

    package init(level: Level, format: Format, clock: any Clock) {
        self.level = level
        self.format = format
        self.clock = clock
        bell = LogBell()
    }

    package func isOn(_ level: Level) -> Bool { level >= self.level }

    /// - Parameter fields: adds the line's values; not called when the level is off.
    package func write(_ level: Level, _ event: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        if isOn(level) { put(level, event, fields) }
    }

    /// A line of the process's own life, written whatever the level: scripts wait for it.
    package func announce(_ event: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        put(.info, event, fields)
    }

    private func put(_ level: Level, _ event: StaticString, _ fields: (inout LogLine) -> Void) {
        var line = LogLine(format: format, at: clock.wall(), level: level, event: event)
        fields(&line)
        let bytes = line.end()
        let wasEmpty = state.withLock { state -> Bool? in
            guard !state.isClosed, state.waiting.count + bytes.count <= Self.bytesWaiting else { return nil }
            state.waiting += bytes
            return state.waiting.count == bytes.count
        }
        switch wasEmpty {
        case nil: dropped.add()
        case true?: bell.ring()
        case false?: break
        }
    }

    /// The writer's work; runs until `close` and returns when all lines are out.
    package func drain(to fd: Int32 = 2) {
        var lines: [UInt8] = []
        while true {
            bell.wait()
            let isClosed = state.withLock { state in
                lines.removeAll(keepingCapacity: true)
                swap(&lines, &state.waiting)
                return state.isClosed
            }
            Self.writeAll(lines, to: fd)
            if isClosed { return }
        }
    }

    /// Lets `drain` return after what is waiting.
    package func close() {
        state.withLock { $0.isClosed = true }
        bell.ring()
    }

    private static func writeAll(_ lines: [UInt8], to fd: Int32) {
        lines.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(fd, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 { rest = rest.dropFirst(count) } else if !mayTryAgain(fd, after: errno) { return }
            }
        }
    }

    /// Waits for a reader that lags, when whoever gave us the descriptor made it one that does not block.
    private static func mayTryAgain(_ fd: Int32, after code: Int32) -> Bool {
        guard code == EAGAIN else { return code == EINTR }
        var question = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        return poll(&question, 1, -1) >= 0 || errno == EINTR
    }
}
