internal import Wire

/// One row of the API.
struct APIEndpoint: Sendable {
    enum Permission: Sendable {
        /// What monitoring asks for, without credentials.
        case anyone
        case token
    }

    let method: String
    let path: PathPattern
    let permission: Permission
    let answer: @Sendable (APIRequest, AdminDesk) throws(Problem) -> Answer

    /// One that reads.
    init(
        _ method: String, _ path: String, _ permission: Permission,
        _ answer: @escaping @Sendable (APIRequest, AdminDesk) throws(Problem) -> Response
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.permission = permission
        self.answer = { request, desk throws(Problem) in .now(try answer(request, desk)) }
    }

    /// One that changes the ledger.
    init(
        changing path: String, _ permission: Permission, by method: String = "POST",
        _ answer: @escaping @Sendable (APIRequest, AdminDesk) throws(Problem) -> Answer
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.permission = permission
        self.answer = answer
    }
}

/// `/v1/events/{id}`: pieces that stand for themselves, and pieces that stand for one non-empty segment.
struct PathPattern: Sendable {
    let text: String
    private let pieces: [Substring]

    init(_ text: String) {
        self.text = text
        pieces = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// - Returns: the segments that the pattern's names stand for; nil when `path` is another one.
    func match(_ path: String) -> [String: String]? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == pieces.count else { return nil }
        var found: [String: String] = [:]
        for (piece, segment) in zip(pieces, segments) {
            if piece.hasPrefix("{") {
                guard !segment.isEmpty else { return nil }
                found[String(piece.dropFirst().dropLast())] = String(segment)
            } else if piece != segment {
                return nil
            }
        }
        return found
    }
}
