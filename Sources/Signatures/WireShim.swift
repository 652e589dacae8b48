import Wire
struct FieldName: Hashable, Sendable {
    fileprivate let lowercase: [UInt8]
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let good = bytes.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
        guard !bytes.isEmpty, good else { return nil }
        lowercase = bytes.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
    }
    var text: String { String(decoding: lowercase, as: UTF8.self) }
}
enum FieldLookup { case none, unique(UnsafeRawBufferPointer), repeated }
extension RequestView {
    func field(_ name: FieldName) -> FieldLookup {
        var found: Field?
        for field in head.fields where same(self[field.name], name.lowercase) {
            guard found == nil else { return .repeated }
            found = field
        }
        return found.map { .unique(self[$0.value]) } ?? .none
    }
    func field(_ name: String) -> FieldLookup { FieldName(name).map { field($0) } ?? .none }
    func forEachValue(of name: FieldName, _ body: (UnsafeRawBufferPointer) -> Void) {
        for field in head.fields where same(self[field.name], name.lowercase) { body(self[field.value]) }
    }
    func forEachField(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        for field in head.fields { body(self[field.name], self[field.value]) }
    }
    private func same(_ a: UnsafeRawBufferPointer, _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        for i in 0..<a.count where (a[i] >= 65 && a[i] <= 90 ? a[i] | 32 : a[i]) != b[i] { return false }
        return true
    }
}
struct FormField: Sendable, Equatable {
    let name: [UInt8]
    let value: [UInt8]
    static func parse(_ bytes: UnsafeRawBufferPointer, most: Int = 1024) -> [FormField]? {
        var fields: [FormField] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard fields.count < most else { return nil }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields.append(FormField(name: decode(Array(parts[0])), value: parts.count > 1 ? decode(Array(parts[1])) : []))
        }
        return fields
    }
    private static func decode(_ b: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []; var i = 0
        while i < b.count {
            if b[i] == 37, i + 2 < b.count, let v = UInt8(String(decoding: b[i+1...i+2], as: UTF8.self), radix: 16) { out.append(v); i += 3 }
            else { out.append(b[i] == 43 ? 32 : b[i]); i += 1 }
        }
        return out
    }
}
enum FormLookup { case none, unique([UInt8]), repeated }
extension [FormField] {
    func value(of name: String) -> FormLookup {
        var found = FormLookup.none
        for field in self where field.name.elementsEqual(name.utf8) {
            if case .unique = found { return .repeated }
            found = .unique(field.value)
        }
        return found
    }
}
