/// One pair of a query or of an `application/x-www-form-urlencoded` body, decoded.
package struct FormField: Sendable, Equatable {
    package let name: [UInt8]
    package let value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) { (self.name, self.value) = (name, value) }

    /// More pairs than this are nobody's webhook.
    package static let most = 1024

    /// Reads as browsers and servers do (https://url.spec.whatwg.org/#urlencoded-parsing): `+` is a space, a percent sign
    /// without two hexadecimal digits stands for itself, pairs without `=` have an empty value, empty pairs do not count.
    ///
    /// - Returns: all pairs in order, repeats kept; nil when there are more than `most`.
    package static func parse(_ bytes: UnsafeRawBufferPointer, most: Int = FormField.most) -> [FormField]? {
        var fields: [FormField] = []
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            while end < bytes.count, bytes[end] != UInt8(ascii: "&") {
                if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if end > start {
                guard fields.count < most else { return nil }
                let split = equals ?? end
                fields.append(
                    FormField(
                        name: decode(bytes.slice(start..<split)),
                        value: equals == nil ? [] : decode(bytes.slice(split + 1..<end))))
            }
            start = end + 1
        }
        return fields
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "%"), place + 1 < bytes.count, let high = bytes[place].hexDigitValue,
                let low = bytes[place + 1].hexDigitValue
            {
                decoded.append(high << 4 | low)
                place += 2
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? .space : byte)
            }
        }
        return decoded
    }
}

/// A form's value that must not be ambiguous, looked up.
package enum FormLookup: Sendable, Equatable {
    case none
    case unique([UInt8])
    case repeated
}

extension [FormField] {
    package func value(of name: String) -> FormLookup {
        var found = FormLookup.none
        for field in self where field.name.elementsEqual(name.utf8) {
            if case .unique = found { return .repeated }
            found = .unique(field.value)
        }
        return found
    }
}
