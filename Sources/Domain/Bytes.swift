/// Immutable bytes on the heap at an address that never moves: C libraries may read them in place for as long as
/// this value lives. One copy is made, when they are taken from a socket's buffer or a database's row; those of this value
/// share it.
package struct Bytes: Sendable {
    /// Its count and the bytes behind it in one allocation.
    private final class Storage: ManagedBuffer<Int, UInt8> {}

    // A ManagedBuffer may be written to, so it is not Sendable: this one is written only in init, before anyone else can see
    // it, and nobody else reaches it.
    nonisolated(unsafe) private let storage: ManagedBuffer<Int, UInt8>

    package init(copying source: UnsafeRawBufferPointer) {
        self.init(count: source.count) { $0.copyMemory(from: source) }
    }

    package init(_ array: [UInt8]) {
        self.init(count: array.count) { target in array.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    /// - Parameter fill: receives exactly `count` uninitialised bytes and must initialise all of them.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        storage = Storage.create(minimumCapacity: count) { _ in count }
        guard count > 0 else { return }
        storage.withUnsafeMutablePointerToElements { fill(UnsafeMutableRawBufferPointer(start: $0, count: count)) }
    }

    package var count: Int { storage.header }
    package var isEmpty: Bool { count == 0 }

    /// Valid while this value lives; never nil, also when empty: SQLite binds a nil pointer as NULL.
    package var base: UnsafeRawPointer { storage.withUnsafeMutablePointerToElements { UnsafeRawPointer($0) } }
    package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    package static let empty = Bytes([UInt8]())

    /// For tables and logs; never on the way of an event.
    package var text: String { String(decoding: buffer, as: UTF8.self) }
}

extension Bytes: Equatable {
    package static func == (a: Bytes, b: Bytes) -> Bool { a.storage === b.storage || a.buffer.elementsEqual(b.buffer) }
}
