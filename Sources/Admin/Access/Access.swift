internal import Crypto
internal import Domain
internal import Ledgers
internal import Net
internal import Wire

/// Who asks: judged for each request, before anything else of it is looked at.
struct Access: Sendable {
    enum Verdict: Sendable, Equatable {
        /// The right token, of this one.
        case holder(Holder)
        /// No token, on a way that a page from elsewhere cannot take.
        case stranger
        /// A token, and not a right one.
        case wrongToken
        /// A token that was a right one.
        case endedToken(name: String, TokenRow.State)
        /// A name of somebody's own in Host: perhaps a page in a browser that was told this address under its own name.
        case foreignHost
        /// The ledger cannot be asked about this token.
        case undecided(reason: String)

        var holder: Holder? { if case .holder(let holder) = self { holder } else { nil } }
    }

    /// Of the settings.
    let token: Secret?
    /// Names besides those of `isLocal` under which the listener is asked, in lower case.
    let names: [String]

    /// The token is judged first: no browser adds it to a request of a foreign page, so whoever has it may use any name.
    ///
    /// - Parameter find: asks the ledger.
    func judge(
        _ request: RequestView, at now: WallTime, _ find: (Digest256) throws(LedgerError) -> TokenRow?
    ) -> Verdict {
        let bearer = bearer(of: request)
        if let bearer, let verdict = judge(bearer, at: now, find) { return verdict }
        let host = request.host.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard isLocal(host) else { return .foreignHost }
        return bearer == nil ? .stranger : .wrongToken
    }

    /// Nil when it is no token of ours.
    private func judge(
        _ bearer: UnsafeRawBufferPointer, at now: WallTime, _ find: (Digest256) throws(LedgerError) -> TokenRow?
    ) -> Verdict? {
        if let token, token.withBytes({ equalInConstantTime($0, bearer) }) { return .holder(.root) }
        do {
            // Found by its hash, so that the time it takes says nothing of a token.
            guard let hash = try TokenText.hash(of: bearer), let row = try find(hash) else { return nil }
            let state = row.state(at: now)
            return state == .active ? .holder(Holder(row)) : .endedToken(name: row.name, state)
        } catch {
            return .undecided(reason: "\(error)")
        }
    }

    /// RFC 6750 section 2.1; the scheme in any case. Repeated fields are no token.
    private func bearer(of request: RequestView) -> UnsafeRawBufferPointer? {
        guard case .unique(let value) = request.field("authorization") else { return nil }
        let scheme = Array("bearer ".utf8)
        guard value.count > scheme.count, zip(value, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
        return UnsafeRawBufferPointer(rebasing: value[scheme.count...])
    }

    /// Whether a Host cannot be the name of a page in a rebinding attack: an address; a name of one label, which is nobody's
    /// to register; `localhost` (RFC 6761 section 6.3) and `internal` (ICANN, 2024), which none ever will.
    func isLocal(_ host: String) -> Bool {
        if host.isEmpty { return true }  // HTTP/1.0: no browser
        var name = Substring(host.lowercased())
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]"), ["", ":"].contains(name[name.index(after: end)...].prefix(1))
            else {
                return false
            }
            return IPAddress(text: name[name.index(after: name.startIndex)..<end]) != nil
        }
        if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
        if name.hasSuffix(".") { name.removeLast() }
        return IPAddress(text: name) != nil || !name.contains(".") || name.hasSuffix(".localhost")
            || name.hasSuffix(".internal") || names.contains(String(name))
    }
}
