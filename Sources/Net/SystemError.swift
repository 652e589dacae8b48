internal import Glibc

/// A failed system call: which, and errno.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    package let call: StaticString
    package let code: Int32

    package init(call: StaticString, code: Int32) { (self.call, self.code) = (call, code) }

    package static func == (a: SystemError, b: SystemError) -> Bool { a.code == b.code }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Calls `body` again after EINTR; any other negative result is thrown with its errno.
@discardableResult
package func check(_ call: StaticString, _ body: () -> Int32) throws(SystemError) -> Int32 {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno  // read once: the next call into the C library may overwrite it
        if code != EINTR { throw SystemError(call: call, code: code) }
    }
}
