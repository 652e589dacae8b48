internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Signatures

/// How the keys of the route's verifier are fetched, where the preset's own way does not lead there.
extension RouteReader {
    /// `keys: { url, ca, via, allowPrivate }`.
    mutating func keySettings(_ node: ConfigNode?) -> KeySettings {
        var settings = KeySettings()
        guard let node, let object = node.object(keys: ["url", "ca", "via", "allowPrivate"], into: &diagnostics) else {
            return settings
        }
        settings.allowsPrivate = object["allowPrivate"]?.bool(into: &diagnostics) ?? false
        settings.url = object["url"].flatMap { keyURL($0, allowsPrivate: settings.allowsPrivate) }
        settings.authorities = object["ca"].flatMap { authorities($0) }
        settings.via = object["via"].flatMap { forwarder($0) }
        return settings
    }

    private mutating func keyURL(_ node: ConfigNode, allowsPrivate: Bool) -> String? {
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        switch SubscriberURL.read(text, policy: AddressPolicy(allowsPrivate: allowsPrivate)) {
        case .success(let url) where url.isSecure && text.hasPrefix("https://"): return text
        case .success:
            diagnostics.report(node.error("keys that come in clear text prove nothing", cure: "write https://"))
        case .failure(.address(let kind)):
            let isPermitted = kind == .loopback || kind == .private
            diagnostics.report(
                node.error(
                    "the URL's address is \(kind.rawValue)",
                    cure: isPermitted ? "permit private ones with allowPrivate: true" : "name the issuer's own"))
        case .failure(let problem): diagnostics.report(node.error(problem.text, cure: problem.cure))
        }
        return nil
    }

    /// One that cannot be read closes the route: it may be there at the next reload.
    private mutating func authorities(_ node: ConfigNode) -> String? {
        var problem: String?
        let place = pemFile(node, held: &problem)
        if unavailable == nil { unavailable = problem }
        return place
    }

    private mutating func forwarder(_ node: ConfigNode) -> SocketAddress? {
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        if let address = SocketAddress(text: text), address.port > 0,
            AddressPolicy.routeFile.refusal(of: address.address) == nil
        {
            return address
        }
        diagnostics.report(
            node.error("\(quoted(text)) is no address to go by", cure: "write ADDRESS:PORT, such as 10.0.0.7:8443"))
        return nil
    }

    /// Whether the route opens by itself what its provider wants opened.
    mutating func confirms(_ node: ConfigNode?, _ handshakes: [Handshake], _ proof: RouteProof?) -> Bool {
        guard let node, node.bool(into: &diagnostics) == true else { return false }
        guard handshakes.contains(where: \.showsAddress) else {
            if proof != nil {
                diagnostics.report(
                    node.error("the provider has nothing confirmed by an address", cure: "leave confirm out"))
            }
            return false
        }
        let open = proof?.verifier.openNames.sorted() ?? []
        guard open.isEmpty else {
            diagnostics.report(
                node.error(
                    "would confirm whatever anybody subscribes to this route",
                    cure: "give the route secrets: { \(open[0]): \"env:…\" }, so that only what is yours passes"))
            return false
        }
        return true
    }

    mutating func lintKeys(_ file: ConfigNode, _ proof: RouteProof) {
        let spec = proof.verifier
        if let node = file["keys"], spec.keySources.isEmpty, file["confirm"] == nil {
            diagnostics.report(
                node.warning("no key is fetched: the verifier has its own", cure: "leave keys out, or the key"))
        }
        for name in spec.openNames.sorted() {
            diagnostics.report(
                (file["secrets"] ?? file).warning(
                    "without \(name), what anybody else has the provider send here passes as well",
                    cure: "add \(name) to secrets"))
        }
    }
}
