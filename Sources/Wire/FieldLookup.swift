/// A field's name in lower case, made once, where a configuration is read.
package struct FieldName: Hashable, Sendable {
    fileprivate let lowercase: [UInt8]

    /// Nil unless `text` is a token (RFC 9110 section 5.1).
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ ByteSet.token.contains($0) }) else { return nil }
        lowercase = bytes.map(\.asciiLowercased)
    }

    package var text: String { String(decoding: lowercase, as: UTF8.self) }

    /// - Parameter name: in any case.
    package func matches(_ name: UnsafeRawBufferPointer) -> Bool {
        lowercase.withUnsafeBytes { name.equalsIgnoringCase($0) }
    }
}

/// A field that must not be ambiguous, looked up: a signature given twice is no signature.
package enum FieldLookup {
    case none
    case unique(UnsafeRawBufferPointer)
    case repeated
}

extension RequestView {
    package func field(_ name: FieldName) -> FieldLookup {
        name.lowercase.withUnsafeBytes { lookup($0) }
    }

    /// - Parameter lowercase: the name, in lower case.
    package func field(_ lowercase: StaticString) -> FieldLookup {
        lookup(UnsafeRawBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
    }

    /// For rare lookups; names of the hot path are `FieldName` or `StaticString`.
    package func field(_ name: String) -> FieldLookup {
        guard let name = FieldName(name) else { return .none }
        return field(name)
    }

    /// The values of all fields of this name, in order.
    package func forEachValue(of name: FieldName, _ body: (UnsafeRawBufferPointer) -> Void) {
        name.lowercase.withUnsafeBytes { wanted in
            for field in head.fields where self[field.name].equalsIgnoringCase(wanted) { body(self[field.value]) }
        }
    }

    /// The values of all fields of this name, in order.
    ///
    /// - Parameter lowercase: the name, in lower case.
    package func forEachValue(of lowercase: StaticString, _ body: (UnsafeRawBufferPointer) -> Void) {
        for field in head.fields where self[field.name].equalsIgnoringCase(lowercase) { body(self[field.value]) }
    }

    /// Every field in order, as (name, value); names in the case they came in.
    package func forEachField(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        for field in head.fields { body(self[field.name], self[field.value]) }
    }

    private func lookup(_ lowercase: UnsafeRawBufferPointer) -> FieldLookup {
        var found: Field?
        for field in head.fields where self[field.name].equalsIgnoringCase(lowercase) {
            guard found == nil else { return .repeated }
            found = field
        }
        return found.map { .unique(self[$0.value]) } ?? .none
    }
}
