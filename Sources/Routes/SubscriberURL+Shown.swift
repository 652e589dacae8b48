extension SubscriberURL {
    /// As operators see it: without the values of its query, where some receivers have a key. The ledger keeps it whole.
    package static func shown(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let query = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let names = query.map { part in part.firstIndex(of: "=").map { part[...$0] + "***" } ?? "***" }
        return text[...mark] + names.joined(separator: "&")
    }
}
