internal import Admin
internal import Glibc

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
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR {
                    return
                }
            }
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
