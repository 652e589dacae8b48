internal import Glibc

/// An open descriptor with one owner, closed when the owner lets go.
package struct FileDescriptor: ~Copyable {
    package let raw: Int32

    package init(adopting raw: Int32) {
        precondition(raw >= 0)
        self.raw = raw
    }

    /// Gives the descriptor up unclosed.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    deinit {
        _ = close(raw)  // not retried: on Linux the descriptor is gone even after EINTR
    }
}
