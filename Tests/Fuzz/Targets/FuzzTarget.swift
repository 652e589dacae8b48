/// One of the ways in from outside, and what must hold there whatever comes. The fuzzer runs it (Driver), and so do the unit
/// tests, with every input that is kept (Replay).
struct FuzzTarget: Sendable {
    /// Of its folder in Corpus, and of its dictionary.
    let name: String
    let check: @Sendable (_ input: [UInt8]) throws(Violation) -> Void

    static let all = [
        connection, chunks, proxy, forms, json, json5, routes, templates, signatures, jwt, encodings, dates, addresses,
    ]

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A rule that an input breaks.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

func hold(_ rule: Bool, _ otherwise: @autoclosure () -> String) throws(Violation) {
    if !rule { throw Violation(description: otherwise()) }
}

/// For what a target needs beside its input and would only fail by a mistake of the target.
func made<Value>(_ what: String, _ make: () throws -> Value) throws(Violation) -> Value {
    do { return try make() } catch { throw Violation(description: "\(what): \(error)") }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// Takes an input apart by lines.
struct InputLines {
    private(set) var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    /// Without its line feed; nil at the end.
    mutating func next() -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        let line = Array(rest[..<(end ?? rest.endIndex)])
        rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
        return line
    }
}
