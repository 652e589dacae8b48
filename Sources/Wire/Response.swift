package import Domain

/// An answer, its head encoded once: the same one may be sent on any number of connections.
package struct Response: Sendable {
    package let status: Status
    package let body: Bytes
    /// Status line and fields, without Date and Connection, which each sending adds, and without the empty line.
    let head: Bytes

    /// - Parameters:
    ///   - contentType: of `body`; nil for none.
    ///   - fields: besides Content-Type, Content-Length, Date and Connection. A byte that would end or break a line becomes a
    ///     space (RFC 9110 section 5.5).
    package init(
        _ status: Status, contentType: String? = nil, body: Bytes = .empty,
        fields: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.body = status.endsWithHead ? .empty : body
        var text = "HTTP/1.1 \(status.code) \(status.reason)\r\n"
        if let contentType { text += "Content-Type: \(Self.harmless(contentType))\r\n" }
        if !status.forbidsLength, status != .notModified { text += "Content-Length: \(body.count)\r\n" }
        for field in fields { text += "\(Self.harmless(field.name)): \(Self.harmless(field.value))\r\n" }
        head = Bytes(text)
    }

    package init(_ status: Status, json: String, fields: [(name: String, value: String)] = []) {
        self.init(status, contentType: "application/json", body: Bytes(json), fields: fields)
    }

    /// Problem details (RFC 9457): `{"type":"about:blank","title":"Not Found","status":404,"detail":"…"}`.
    ///
    /// - Parameter error: without characters that JSON escapes.
    package init(_ status: Status, error: StaticString, fields: [(name: String, value: String)] = []) {
        let body =
            #"{"type":"about:blank","title":"\#(status.reason)","status":\#(status.code),"detail":"\#(error)"}"#
        self.init(status, contentType: "application/problem+json", body: Bytes(body), fields: fields)
    }

    private static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy(\.isFieldContent) { return text }
        return String(decoding: text.utf8.map { $0.isFieldContent ? $0 : .space }, as: UTF8.self)
    }

    /// The interim answer of RFC 9110 section 15.2.1.
    package static let `continue`: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
}

extension Response {
    private static let refusals: [Refusal: Response] = Dictionary(
        uniqueKeysWithValues: Refusal.allCases.map { refusal in
            let retry = refusal.status == .serviceUnavailable ? [(name: "Retry-After", value: "5")] : []
            return (refusal, Response(refusal.status, error: refusal.text, fields: retry))
        })

    package init(_ refusal: Refusal) { self = Self.refusals[refusal]! }  // made of allCases
}

/// How an answer is framed on its connection.
package struct AnswerForm: Sendable, Equatable {
    package enum Persistence: Sendable { case persist, persistHTTP10, close }

    package let persistence: Persistence
    /// HEAD: the fields of the answer without its body.
    package let omitsBody: Bool

    package init(persistence: Persistence, omitsBody: Bool = false) {
        (self.persistence, self.omitsBody) = (persistence, omitsBody)
    }
}

extension ByteQueue {
    /// Queues the head of `response`, and its body when that is no longer than `mostCopied`.
    ///
    /// - Returns: the body when it is left for the caller to send from where it lies.
    package func append(_ response: Response, as form: AnswerForm, date: HTTPDate, mostCopied: Int) -> Bytes? {
        append(response.head.buffer)
        date.withBytes { append($0) }
        switch form.persistence {
        case .persist: append("\r\n")
        case .persistHTTP10: append("Connection: keep-alive\r\n\r\n")
        case .close: append("Connection: close\r\n\r\n")
        }
        guard !form.omitsBody, !response.body.isEmpty else { return nil }
        guard response.body.count <= mostCopied else { return response.body }
        append(response.body.buffer)
        return nil
    }
}
