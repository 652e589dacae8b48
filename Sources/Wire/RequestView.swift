/// One header field as ranges into the bytes of the head; nothing is copied. `value` is without surrounding white space.
package struct Field: Sendable, Equatable {
    package let name: Range<Int>
    package let value: Range<Int>
    package init(name: Range<Int>, value: Range<Int>) { (self.name, self.value) = (name, value) }
}

/// A parsed request head: ranges into the bytes it was parsed from.
package struct RequestHead: Sendable, Equatable {
    package var method: Range<Int>
    /// As received, not decoded; never empty: `/` for an absolute-form target without a path, `*` for `OPTIONS *`.
    package var path: Range<Int>
    /// Without its `?`; nil when there was none.
    package var query: Range<Int>?
    /// `host[:port]` of an absolute-form target, else of the Host field (RFC 9112 section 3.2.2); may be empty, is nil
    /// only in HTTP/1.0.
    package var host: Range<Int>?
    /// 0 or 1: the minor version of HTTP/1.
    package var minorVersion: Int
    package var fields: [Field]
    package var framing: Framing
    /// What the client asks for; the server may still close.
    package var keepAlive: Bool
    package var expectsContinue: Bool
    /// Bytes of the head with its final empty line.
    package var length: Int

    package enum Framing: Sendable, Equatable {
        case none
        /// Saturates at `Int.max`.
        case length(Int)
        case chunked

        package var hasBody: Bool { self != .none && self != .length(0) }
    }

    package init(
        method: Range<Int> = 0..<0, path: Range<Int> = 0..<0, query: Range<Int>? = nil, host: Range<Int>? = nil,
        minorVersion: Int = 1, fields: [Field] = [], framing: Framing = .none, keepAlive: Bool = true,
        expectsContinue: Bool = false, length: Int = 0
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.minorVersion = minorVersion
        self.fields = fields
        self.framing = framing
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
        self.length = length
    }

    /// As fresh, with the memory of `fields` kept for the next request.
    mutating func clear() {
        var fields = fields
        self.fields = []
        fields.removeAll(keepingCapacity: true)
        self = RequestHead(fields: fields)
    }
}

/// A request in place, in a connection's buffer: valid only during the call that hands it over.
package struct RequestView {
    package let head: RequestHead
    /// The bytes that the head's ranges count in.
    package let bytes: UnsafeRawBufferPointer
    /// The whole body, chunks already joined; empty while only the head is there.
    package let body: UnsafeRawBufferPointer

    package init(head: RequestHead, bytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        self.head = head
        self.bytes = bytes
        self.body = body
    }

    package subscript(range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    package var method: UnsafeRawBufferPointer { self[head.method] }
    package var path: UnsafeRawBufferPointer { self[head.path] }
    package var query: UnsafeRawBufferPointer? { head.query.map { self[$0] } }
    package var host: UnsafeRawBufferPointer? { head.host.map { self[$0] } }
}
