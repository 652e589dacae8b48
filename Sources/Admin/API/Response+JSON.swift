internal import Domain
internal import Wire

extension Response {
    /// Answers of the API are of the moment and for the asker alone.
    static let apiFields = [
        (name: "Cache-Control", value: "no-store"), (name: "X-Content-Type-Options", value: "nosniff"),
    ]

    init(
        json status: Status, type: String = "application/json", fields: [(name: String, value: String)] = [],
        _ write: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter()
        write(&json)
        self.init(status, contentType: type, body: Bytes(json.bytes), fields: Self.apiFields + fields)
    }
}
