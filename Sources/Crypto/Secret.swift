internal import Glibc

/// Bytes that nobody may read by accident: prints as dots, and is overwritten when the last owner lets go.
package final class Secret: Sendable, CustomStringConvertible, CustomReflectable {
    // Written only in init; read-only afterwards.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    package convenience init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    private init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        storage = .allocate(byteCount: max(count, 1), alignment: 1)
        self.count = count
        if count > 0 { fill(UnsafeMutableRawBufferPointer(rebasing: storage[..<count])) }
    }

    deinit {
        if let base = storage.baseAddress { explicit_bzero(base, storage.count) }
        storage.deallocate()
    }

    package let count: Int
    package var isEmpty: Bool { count == 0 }

    /// The pointer is valid during the call only.
    package func withBytes<R: ~Copyable, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A route's secrets by name; a list holds several live ones, any of which may match.
package typealias SecretTable = [String: [Secret]]
