internal import Wire

/// The answers of intake, each encoded once. One body for every kind of 401: the reason is in the log, the metric and
/// nowhere a forger could read it.
enum Answers {
    static let noRoute = Response(.notFound, error: "no such route")
    static let forbidden = Response(.forbidden, error: "source address not allowed")
    static let unauthorized = Response(.unauthorized, error: "signature missing or not valid")
    static let tooLarge = Response(.contentTooLarge, error: "body too large")
    /// The ledger cannot commit, its disk is full, too much waits, or the route lacks a secret.
    static let unavailable = Response(
        .serviceUnavailable, error: "not accepted now, send again", fields: [(name: "Retry-After", value: "5")])
    /// By an operator's order. Not 404 or 410, after which providers give up: what is refused so comes again.
    static let disabled = Response(
        .serviceUnavailable, error: "route disabled, send again later", fields: [(name: "Retry-After", value: "300")])
    static let onlyPost = wrongMethod(allowed: ["POST"])

    static func wrongMethod(allowed: [String]) -> Response {
        Response(
            .methodNotAllowed, error: "method not allowed",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }
}
