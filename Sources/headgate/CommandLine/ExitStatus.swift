/// How a command ended, for scripts.
enum ExitStatus: Int32, Sendable {
    case success = 0
    /// It ran, and what it found or did is not well.
    case failure = 1
    /// It was asked for something there is not (sysexits.h, EX_USAGE).
    case usage = 64
}

/// Ends a command with a line on standard error.
struct CommandFailure: Error, Sendable {
    let status: ExitStatus
    /// What happened, to what, and what to do.
    let message: String

    init(_ message: String, status: ExitStatus = .failure) {
        self.message = message
        self.status = status
    }
}
