internal import Wire

/// What an endpoint answers when it does what it was asked for. Refusals are `Problem`s, and follow from the row.
struct APIAnswer: Sendable {
    let status: Status
    /// Nil when the answer has no body.
    let type: String?
    let shape: APIShape

    static func json(_ shape: APIShape, status: Status = .ok) -> APIAnswer {
        APIAnswer(status: status, type: "application/json", shape: shape)
    }

    /// 202: the work goes on after the answer.
    static func started(_ shape: APIShape) -> APIAnswer { json(shape, status: .accepted) }

    static func other(_ type: String) -> APIAnswer { APIAnswer(status: .ok, type: type, shape: .text()) }
}
