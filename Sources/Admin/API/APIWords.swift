internal import Domain
internal import Ledgers

/// Parameters that several endpoints take.
extension APIParameter {
    static let limit = APIParameter("limit", .integer(1...Limits.pageRowsMost), "So many rows at most.")
    static let reason = APIParameter(
        "reason", .text(most: Limits.reasonBytes), "Why; kept in the ledger for ever, and shown with the action.")
    static let since = APIParameter("since", .time, "Not before this.")
    static let until = APIParameter("until", .time, "Before this.")
    static let route = APIParameter("route", .text(), "Of this route.")
    static let subscriber = APIParameter("subscriber", .text(), "Of this subscriber.")
    static let type = APIParameter("type", .text(), "Of events whose type matches this glob.")

    static let providerEventID = APIParameter("providerEventId", .text(), "With this id of the provider's.")
    static let source = APIParameter(
        "source", .formed("[0-9A-Fa-f.:]+(/[0-9]{1,3})?", like: "203.0.113.0/24"), "From this address or range.")
    static let containing = APIParameter(
        "q", .text(most: Limits.searchTextBytes),
        "With this text in a header or the first 64 KiB of the body, from the beginning of a word on, ASCII letters in either "
            + "case. Behind `*`: anywhere, also within words, by reading.")

    /// - Parameter shape: of the ids by which the list is paged.
    static func after(_ shape: APIShape) -> APIParameter {
        APIParameter("after", shape, "Begin behind this: the `next` of the page before.")
    }
}

/// Forms of ids.
extension APIShape {
    static let eventID = APIShape.formed("evt_[0-9a-f][0-9a-hjkmnp-tv-z]{12}", like: "evt_38fxvf8gt0000")
    static let deliveryID = APIShape.formed(
        "dlv_[0-9a-f][0-9a-hjkmnp-tv-z]{12}-[1-9][0-9]{0,9}", like: "dlv_38fxvf8gt0000-1")
    static let jobID = APIShape.formed("job_[1-9][0-9]{0,18}", like: "job_17")
    static let actionID = APIShape.formed("[1-9][0-9]{0,18}", like: "17")
    static let sha256 = APIShape.formed("[0-9a-f]{64}", like: String(repeating: "0", count: 64))
    static let outcome = APIShape.words(Outcome.allCases.map(\.text))
    static let deliveryState = APIShape.words(DeliveryState.allCases.map(\.text))
}

/// Members of answers, all of which are there, though perhaps null.
extension APIParameter {
    static func member(_ name: String, _ shape: APIShape, _ meaning: String = "") -> APIParameter {
        APIParameter(name, shape, meaning, required: true)
    }
}

extension APIShape {
    /// A page of a list, newest first.
    static func page(of row: APIShape) -> APIShape {
        .object([
            .member("data", .list(of: row)),
            .member(
                "next", .optional(.text()),
                "The `after` of the next page; null at the end. A page may be short or empty although there is more."),
        ])
    }

    /// A page of what was searched for.
    static func searchedPage(of row: APIShape) -> APIShape {
        guard case .object(let members) = page(of: row) else { return page(of: row) }
        return .object(
            members + [
                .member(
                    "index", .optional(.words(IndexUse.allCases.map(\.rawValue))),
                    "Whether the search index was used. If not, rows were read: such a page may be short, and take its time. "
                        + "Null where it is not needed.")
            ])
    }

    static let deliveryCounts = APIShape.object(
        DeliveryState.allCases.map { .member($0.text, .count) })

    /// Bytes of any kind.
    static let bytes = APIShape.named(
        "Bytes",
        .object([
            .member("size", .count, "All of them, also those that are left out."),
            .member("base64", .text()),
            .member("text", .optional(.text()), "The same, where they are UTF-8 and not large."),
        ]))

    static let problem = APIShape.named(
        "Problem",
        .object([
            .member("type", .text()), .member("title", .text()), .member("status", .integer(400...599)),
            .member("detail", .text(), "What is wrong, and what to do."),
            .init(
                "errors",
                .list(
                    of: .object([.member("path", .text()), .member("problem", .text()), .member("cure", .text())])),
                "All that is wrong with a body, and where in it."),
        ]))
}
