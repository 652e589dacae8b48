internal import Wire

/// One row of the API: what is asked how, who may ask, and what comes of it. Permissions, the check of names, and
/// /openapi.json are all made from it.
struct APIEndpoint: Sendable {
    /// What a token must be good for; each one includes those before it, but for what is for partners.
    enum Permission: UInt8, Sendable, CaseIterable, Comparable {
        /// What monitoring asks for, without credentials.
        case anyone
        /// Registers URLs of its own.
        case register
        /// Looks.
        case read
        /// Changes what becomes of deliveries and subscribers.
        case operate
        /// Changes who may do what.
        case admin

        static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }

        var text: String {
            switch self {
            case .anyone: "anyone"
            case .register: "register"
            case .read: "read"
            case .operate: "operate"
            case .admin: "admin"
            }
        }
    }

    let method: String
    let path: PathPattern
    let permission: Permission
    /// A few words without a full stop.
    let summary: String
    /// What it takes beside the path's pieces: of GET, parameters of the query; of others, members of the body. A name of
    /// the path describes that piece. Nil: not described, and the endpoint checks the names itself.
    let takes: [APIParameter]?
    let gives: [APIAnswer]
    /// Answers of refusal beside those that follow from the row (`refusals`).
    let refuses: [Status]
    /// Tokens that are limited to routes may use it: it sees to it that they see and change only what is theirs. Others are
    /// for tokens without that limit.
    let narrows: Bool
    /// A token for `register` may use it too: it shows and changes what was registered with the same token alone.
    let isForPartners: Bool
    /// Its body is a document, which it reads itself: `takes` only describes it.
    let readsDocument: Bool
    let answer: @Sendable (APIRequest, AdminDesk) throws(Problem) -> Answer

    /// One that reads.
    init(
        _ method: String, _ path: String, _ permission: Permission, summary: String = "",
        takes: [APIParameter]? = nil, gives: [APIAnswer] = [.json(.anything)], refuses: [Status] = [],
        narrows: Bool = false, forPartners: Bool = false,
        _ answer: @escaping @Sendable (APIRequest, AdminDesk) throws(Problem) -> Response
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.permission = permission
        self.summary = summary
        self.takes = takes
        self.gives = gives
        self.refuses = refuses
        self.narrows = narrows
        isForPartners = forPartners
        readsDocument = false
        self.answer = { request, desk throws(Problem) in .now(try answer(request, desk)) }
    }

    /// One that changes the ledger.
    init(
        changing path: String, _ permission: Permission, by method: String = "POST", summary: String = "",
        takes: [APIParameter]? = nil, gives: [APIAnswer] = [.json(.anything)], refuses: [Status] = [],
        narrows: Bool = false, forPartners: Bool = false, readsDocument: Bool = false,
        _ answer: @escaping @Sendable (APIRequest, AdminDesk) throws(Problem) -> Answer
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.permission = permission
        self.summary = summary
        self.takes = takes
        self.gives = gives
        self.refuses = refuses
        self.narrows = narrows
        isForPartners = forPartners
        self.readsDocument = readsDocument
        self.answer = answer
    }

    func isOpen(to permission: Permission) -> Bool {
        permission >= self.permission || permission == .register && isForPartners
    }

    var isChange: Bool { method != "GET" }

    /// Every status with which a request to this row may be refused.
    var refusals: [Status] {
        var statuses: Set<Status> = [.badRequest, .misdirectedRequest]
        if permission > .anyone {
            statuses.formUnion([.unauthorized, .forbidden, .tooManyRequests, .serviceUnavailable])
        }
        if !path.names.isEmpty { statuses.insert(.notFound) }
        if isChange { statuses.formUnion([.conflict, .contentTooLarge]) }
        return statuses.union(refuses).sorted { $0.code < $1.code }
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

    /// Of the pieces that stand for a segment.
    var names: [String] { pieces.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) } }

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
