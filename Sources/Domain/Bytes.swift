/// Immutable bytes on the heap at an address that never moves: C libraries may read them in place for as long as
/// this object lives. One copy is made, when they are taken from a socket's buffer or a database's row.
package final class Bytes: Sendable {
    // Written only in init, before anyone else can see the object; read-only afterwards.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    package convenience init(copying source: UnsafeRawBufferPointer) {
        self.init(count: source.count) { $0.copyMemory(from: source) }
    }

    package convenience init(_ array: [UInt8]) {
        self.init(count: array.count) { target in array.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    /// - Parameter fill: receives exactly `count` uninitialised bytes and must initialise all of them.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        // At least one byte is reserved, so that `base` is never nil: SQLite binds a nil pointer as NULL.
        storage = .allocate(byteCount: max(count, 1), alignment: 1)
        self.count = count
        if count > 0 { fill(UnsafeMutableRawBufferPointer(rebasing: storage[..<count])) }
    }

    deinit { storage.deallocate() }

    package let count: Int
    package var isEmpty: Bool { count == 0 }

    /// Valid while this object lives; never nil, also when empty.
    package var base: UnsafeRawPointer { UnsafeRawPointer(storage.baseAddress!) }
    package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    package static let empty = Bytes([UInt8]())

    /// For tables and logs; never on the way of an event.
    package var text: String { String(decoding: buffer, as: UTF8.self) }
}

extension Bytes: Equatable {
    package static func == (a: Bytes, b: Bytes) -> Bool { a === b || a.buffer.elementsEqual(b.buffer) }
}
