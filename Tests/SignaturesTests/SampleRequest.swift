import Domain
import Wire

/// A request as bytes, with a view of it for the length of a call.
struct SampleRequest: Sendable {
    var method = "POST"
    var url = "/in"
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    init(method: String = "POST", url: String = "/in", headers: [(String, String)] = [], body: [UInt8] = []) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
    }

    init(headers: [(String, String)] = [], url: String = "/in", body: String) {
        self.init(url: url, headers: headers, body: Array(body.utf8))
    }

    /// Path and query of the URL.
    private var target: (path: String, query: String?) {
        var rest = Substring(url)
        if let scheme = rest.range(of: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
    }

    func withView<R>(_ use: (RequestView) throws -> R) rethrows -> R {
        var bytes: [UInt8] = []
        func append(_ text: String) -> Range<Int> {
            let start = bytes.count
            bytes += Array(text.utf8)
            return start..<bytes.count
        }
        let methodRange = append(method)
        let pathRange = append(target.path)
        let queryRange = target.query.map { append($0) }
        let fields = headers.map { name, value in
            let name = append(name)
            return Field(name: name, value: append(value))
        }
        let head = RequestHead(
            method: methodRange, path: pathRange, query: queryRange, host: nil, minorVersion: 1, fields: fields,
            framing: .length(body.count), keepAlive: true, expectsContinue: false, length: bytes.count)
        return try bytes.withUnsafeBytes { bytes in
            try body.withUnsafeBytes { body in try use(RequestView(head: head, bytes: bytes, body: body)) }
        }
    }
}

extension String {
    fileprivate func range(of wanted: String) -> Range<String.Index>? { firstRange(of: wanted) }
}
extension Substring {
    fileprivate func range(of wanted: String) -> Range<String.Index>? { firstRange(of: wanted) }
}
