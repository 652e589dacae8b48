package import Wire

/// A request as a provider would send it.
package struct ProviderRequest: Sendable, Equatable {
    package var method: String
    /// Absolute, or a path; with its query.
    package var url: String
    package var fields: [Line]
    package var body: [UInt8]

    package struct Line: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    package init(method: String = "POST", url: String, fields: [Line] = [], body: [UInt8]) {
        (self.method, self.url, self.fields, self.body) = (method, url, fields, body)
    }

    /// The request as a server sees it; the view is valid during the call.
    package func withView<R>(_ use: (RequestView) throws -> R) rethrows -> R {
        var bytes: [UInt8] = []
        func put(_ text: some StringProtocol) -> Range<Int> {
            let start = bytes.count
            bytes += Array(text.utf8)
            return start..<bytes.count
        }
        let target = target
        let head = RequestHead(
            method: put(method), path: put(target.path), query: target.query.map { put($0) }, host: nil,
            minorVersion: 1, fields: fields.map { Field(name: put($0.name), value: put($0.value)) },
            framing: .length(body.count), keepAlive: true, expectsContinue: false, length: 0)
        return try bytes.withUnsafeBytes { bytes in
            try body.withUnsafeBytes { try use(RequestView(head: head, bytes: bytes, body: $0)) }
        }
    }

    private var target: (path: Substring, query: Substring?) {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0...] } ?? "/"
        }
        let mark = rest.firstIndex(of: "?")
        let path = rest[..<(mark ?? rest.endIndex)]
        return (path.isEmpty ? "/" : path, mark.map { rest[rest.index(after: $0)...] })
    }
}

/// Changes of single parts.
extension ProviderRequest {
    /// In place of all fields of this name.
    mutating func setField(_ name: String, _ value: String) {
        let place = fields.firstIndex { $0.name.lowercased() == name.lowercased() } ?? fields.endIndex
        fields.removeAll { $0.name.lowercased() == name.lowercased() }
        fields.insert(Line(name, value), at: min(place, fields.endIndex))
    }

    mutating func setQuery(_ name: String, _ value: String) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        url = parts[0] + "?" + Self.setPair(name, value, in: parts.count > 1 ? String(parts[1]) : "")
    }

    mutating func setForm(_ name: String, _ value: String) {
        body = Array(Self.setPair(name, value, in: String(decoding: body, as: UTF8.self)).utf8)
    }

    private static func setPair(_ name: String, _ value: String, in text: String) -> String {
        let kept = text.split(separator: "&").filter { !$0.hasPrefix(formEncoded(name) + "=") }.map(String.init)
        return (kept + ["\(formEncoded(name))=\(formEncoded(value))"]).joined(separator: "&")
    }

    private static func formEncoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
    }

    /// Replaces the value at a path, or adds it to the object where it belongs. A number that is replaced by digits
    /// stays a number.
    ///
    /// - Returns: false when the body has no such object.
    mutating func setJSON(_ path: JSONPath, _ text: String) -> Bool {
        guard let value = find(path) else { return addJSON(path, text) }
        let quotes = value.kind == .string || value.kind == .escapedString ? 0 : 1
        let isNumber = value.kind == .number && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let quoted = isNumber ? text : quotedJSON(text)
        body.replaceSubrange(
            value.range.lowerBound - (1 - quotes)..<value.range.upperBound + (1 - quotes), with: quoted.utf8)
        return true
    }

    /// The same in every element that the path leads to.
    mutating func setEveryJSON(_ path: JSONPath, _ text: String) -> Bool {
        guard path.isEvery else { return setJSON(path, text) }
        var place = 0
        while find(path.element(place).itself) != nil {
            guard setEveryJSON(path.element(place).path, text) else { return false }
            place += 1
        }
        return place > 0
    }

    private mutating func addJSON(_ path: JSONPath, _ text: String) -> Bool {
        let end: Int
        let opening: Int
        if path.components.count == 1 {
            guard find(JSONPath(components: [[0]])) == nil, isObject, let last = body.lastIndex(of: UInt8(ascii: "}")),
                let first = body.firstIndex(of: UInt8(ascii: "{"))
            else { return false }
            (end, opening) = (last, first)
        } else {
            guard let parent = find(JSONPath(components: Array(path.components.dropLast()))), parent.kind == .container,
                body[parent.range.lowerBound] == UInt8(ascii: "{")
            else { return false }
            (end, opening) = (parent.range.upperBound - 1, parent.range.lowerBound)
        }
        let isEmpty = body[(opening + 1)..<end].allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let name = quotedJSON(String(decoding: path.components[path.components.count - 1], as: UTF8.self))
        body.insert(contentsOf: "\(isEmpty ? "" : ",")\(name):\(quotedJSON(text))".utf8, at: end)
        return true
    }

    private var isObject: Bool { JSONMembers(body, names: []) != nil }

    func find(_ path: JSONPath) -> JSONValue? {
        var found: [JSONValue?] = []
        return body.withUnsafeBytes { bytes in
            (try? JSONFinder([path]).find(in: bytes, into: &found)).flatMap { found[0] }
        }
    }
}
