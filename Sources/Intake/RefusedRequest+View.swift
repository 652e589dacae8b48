internal import Domain
internal import Ledgers
internal import Wire

extension LedgerQueue {
    /// Puts a request aside that was refused, if there is room; it is copied only then.
    func quarantine(
        _ request: RequestView, on route: IntakeRoute, from source: IPAddress, for reason: String, hasBody: Bool,
        at now: WallTime
    ) {
        let keepsBody = hasBody && request.body.count <= Limits.quarantineBodyBytes
        let weight = request.head.length + (keepsBody ? request.body.count : 0)
        guard hasQuarantineRoom(for: route.id, from: source, weight: weight) else { return }
        var announced: Int?
        if case .length(let length) = request.head.framing { announced = length }
        quarantine(
            RefusedRequest(
                route: route.id, receivedAt: now, source: source, reason: reason,
                method: Bytes(copying: request.method), path: Bytes(copying: request.path),
                // Nobody knows where tokens are in requests to a route that has no verifier.
                headers: route.proof == nil ? .empty : route.keptFields.take(from: request),
                hidden: RefusedRequest.Hidden(
                    query: request.query.map { Bytes(copying: $0) },
                    credentials: route.keptFields.takeTokens(from: request)),
                body: keepsBody ? Bytes(copying: request.body) : nil,
                bodyBytes: hasBody ? request.body.count : announced))
    }
}

extension RefusedRequest {
    /// Calls `body` with the request as it stood in the connection's buffer, but for fields of one hop and credentials that
    /// no verifier of its route read. Nil when it cannot be put together again.
    func withView<Result>(_ hidden: Hidden, _ body: (RequestView) -> Result) -> Result? {
        guard let content = self.body else { return nil }
        // In HTTP/1.0 no field is asked for, Host neither.
        var head = Array(method.buffer) + [UInt8(ascii: " ")] + Array(path.buffer)
        if let query = hidden.query { head += [UInt8(ascii: "?")] + Array(query.buffer) }
        head += Array(" HTTP/1.0\r\n".utf8) + Array(headers.buffer) + Array(hidden.credentials.buffer)
        head += Array("\r\n".utf8)
        return head.withUnsafeBytes { bytes in
            var parser = HeadParser()
            guard (try? parser.advance(over: bytes)) == true else { return nil }
            return body(RequestView(head: parser.head, bytes: bytes, body: content.buffer))
        }
    }
}
