internal import Admin
internal import Glibc
internal import Synchronization

/// Where a command writes: standard output for what was asked for, standard error for everything else.
struct Console: Sendable {
    /// Columns of the terminal. Without one nothing is cut: what reads a pipe looks for whole names.
    let width: Int
    private let write: @Sendable (Int32, String) -> Void

    /// - Parameter write: gets 1 or 2, and whole lines.
    init(width: Int = 80, write: @escaping @Sendable (Int32, String) -> Void) {
        self.width = width
        self.write = write
    }

    /// One line, whatever it holds.
    func print(_ line: String = "") { write(1, line + "\n") }
    func complain(_ line: String) { write(2, line + "\n") }

    static let process = Console(width: terminalWidth()) { descriptor, text in
        guard let error = send(text, to: descriptor), descriptor == 1 else { return }
        _ = lost.compareExchange(expected: 0, desired: error, ordering: .relaxed)
    }

    /// Of the first line that could not be written to standard output, which may be all that a command was asked for.
    private static let lost = Atomic<Int32>(0)

    /// How the process ends: not well when what it printed is not where it was to go. Whoever stops to read a pipe has had
    /// enough, which is no failure.
    static func ending(_ status: ExitStatus) -> ExitStatus {
        let error = lost.load(ordering: .relaxed)
        guard error != 0, error != EPIPE else { return status }
        process.complain("headgate: standard output: \(String(cString: strerror(error)))")
        return status == .success ? .failure : status
    }

    /// - Returns: nil when all of it was written.
    private static func send(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if count < 0, errno == EAGAIN {
                    var reader = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&reader, 1, -1)
                } else if count == 0 || errno != EINTR {
                    return count == 0 ? EIO : errno
                }
            }
            return nil
        }
    }

    private static func terminalWidth() -> Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0 else { return .max }
        // A width of 0 is a terminal that does not know; below 40 nothing fits anyway.
        return size.ws_col > 0 ? max(40, Int(size.ws_col)) : 80
    }
}

extension Console {
    /// One JSON value on a line of its own.
    func printJSON(_ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        print(json.text)
    }
}
