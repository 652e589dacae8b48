internal import Domain
internal import Ledgers
internal import Wire

/// Lists come in pages: `limit` rows, and `next`, which the next request names as `after`.
extension APIRequest {
    func pageLimit() throws(Problem) -> Int {
        try number("limit", in: 1...Limits.pageRowsMost, standard: Limits.pageRows)
    }

    func id<ID>(_ name: String, _ read: (String) -> ID?, like example: String) throws(Problem) -> ID? {
        guard let text = try text(name) else { return nil }
        guard let id = read(text) else { throw .badRequest("\(name) is an id such as \(example)") }
        return id
    }
}

extension Response {
    static func page<Row, Cursor>(
        _ page: Page<Row, Cursor>, next: (Cursor) -> String, _ write: (inout JSONWriter, Row) -> Void
    ) -> Response {
        Response(json: .ok) { json in json.object { $0.page(page, next, write) } }
    }

    /// As `APIShape.searchedPage` has it.
    static func searched<Row, Cursor>(
        _ page: Page<Row, Cursor>, next: (Cursor) -> String, _ write: (inout JSONWriter, Row) -> Void
    ) -> Response {
        Response(json: .ok) { json in
            json.object { json in
                json.page(page, next, write)
                json.member("index", page.index?.rawValue)
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func page<Row, Cursor>(
        _ page: Page<Row, Cursor>, _ next: (Cursor) -> String, _ write: (inout JSONWriter, Row) -> Void
    ) {
        key("data")
        array(of: page.rows, write)
        member("next", page.next.map(next))
    }
}
