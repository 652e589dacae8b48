internal import Config
internal import Domain
internal import Signatures

/// What is allowed and probably not meant: warnings, except where the route could never work.
extension RouteReader {
    mutating func lint(_ file: ConfigNode, _ route: RouteConfig, _ proof: RouteProof?) {
        let preset = route.preset.flatMap { Preset.named($0) }
        if let proof {
            lintProof(file, route, proof)
            lintKeys(file, proof)
        }
        lintBody(file, route, preset)
        if let preset { lintAck(file["ack"], route, preset) }
        lintTypes(file)
        lintSecrets(file, route, preset)
        let nodes = file["subscribers"]?.elements ?? []
        if nodes.isEmpty, route.groups.isEmpty {
            diagnostics.report(
                file.warning(
                    "no subscribers: events are kept and go nowhere", cure: "list subscribers, or types to register for"
                ))
        }
        // A subscriber that could not be read has no settings to judge.
        guard nodes.count == route.subscribers.count else { return }
        for (subscriber, node) in zip(route.subscribers, nodes) {
            if preset?.isPayments == true { lintRetry(subscriber, node, of: file) }
            if !subscriber.url.isSecure, case .address(let address) = subscriber.url.host,
                AddressClass(address) == .global
            {
                diagnostics.report(
                    (node["url"] ?? node).warning("bodies would cross the internet in clear text", cure: "use https://")
                )
            }
        }
    }

    private mutating func lintProof(_ file: ConfigNode, _ route: RouteConfig, _ proof: RouteProof) {
        let spec = proof.verifier
        let verify = file["verify"] ?? file
        if route.tokens != nil, !spec.secretNames.contains(Self.tokenSecret) {
            diagnostics.report(
                verify.error(
                    "tokens are issued, and the verifier takes none of them",
                    cure: "use verify: \"incode\", or a jwt verifier with the key {secret:\(Self.tokenSecret)}"))
        }
        if spec.signsURL, route.publicURL == nil {
            diagnostics.report(
                verify.error(
                    "the provider signs the URL it calls, and the route does not say which",
                    cure: "give publicUrl as the provider has it, such as \"https://hooks.example.com\(route.path)\""))
        }
        let preset = route.preset.flatMap { Preset.named($0) }
        switch spec.coverage {
        case .none where route.allow.isEmpty:
            diagnostics.report(
                verify.warning(
                    "nothing proves who sent a request",
                    cure: preset == nil
                        ? "name the provider's preset, or a verifier"
                        : "give allow the provider's addresses, and have subscribers ask the provider before they act"))
        case .none, .address:
            diagnostics.report(
                verify.warning(
                    "only the source address proves who sent a request",
                    cure: "have subscribers ask the provider before they act"))
            if route.allow.contains(where: \.holdsThisMachine) {
                diagnostics.report(
                    (file["allow"] ?? verify).warning(
                        "whoever reaches a proxy on this machine is believed",
                        cure: "remove this machine's addresses, or have serve know the proxy by --trusted-proxy"))
            }
        case .partial, .full: break
        }
        if !spec.hasReplayWindow, lintWindow(verify, route) { return }
        if preset?.repeatsBodies == true, file["event"]?["id"] == nil {
            guard let node = file["dedup"], route.dedup != nil else { return }
            return diagnostics.report(
                node.warning(
                    "the provider tells of different events in the same words: some would be taken for duplicates",
                    cure: "leave dedup out"))
        }
        if !spec.hasReplayWindow, !spec.isUnauthenticated, route.dedup == nil || proof.id == nil {
            diagnostics.report(
                verify.warning(
                    "an old request can be sent again: no timestamp is checked, and no event id is remembered",
                    cure: route.dedup == nil ? "leave dedup on" : "name the event's id with event: { id }"))
        }
    }

    /// A verifier in the file that leaves out what the provider offers.
    ///
    /// - Returns: whether that was found.
    private mutating func lintWindow(_ verify: ConfigNode, _ route: RouteConfig) -> Bool {
        guard route.preset == nil, case .object = verify.value else { return false }
        if let known = Preset.withWindow(signingAt: VerifierOutline(verify).places) {
            diagnostics.report(
                (verify["timestamp"] ?? verify).warning(
                    "no replay window, though the provider sends a signed timestamp",
                    cure: "bind timestamp, or use verify: \(quoted(known.name))"))
            return true
        }
        guard let timestamp = verify["timestamp"] else { return false }
        diagnostics.report(
            timestamp.warning(
                "the replay window is off: a request of any age passes",
                cure: "set tolerance to some seconds, such as 300"))
        return true
    }

    private mutating func lintBody(_ file: ConfigNode, _ route: RouteConfig, _ preset: Preset?) {
        let sent = preset?.manners.bodyMost
        if let sent, route.maxBody < sent {
            let place = file["maxBody"] ?? file["verify"] ?? file
            return diagnostics.report(
                place.warning(
                    "the provider sends up to \(Quantity.text(bytes: sent)), and more than "
                        + "\(Quantity.text(bytes: route.maxBody)) is refused",
                    cure: "set maxBody: \"\(Quantity.text(bytes: sent))\""))
        }
        guard let node = file["maxBody"], let most = quietSize(node) else { return }
        if most < 4 << 10 {
            diagnostics.report(
                node.warning("smaller than many webhooks, which would be refused", cure: "allow 64KiB or more"))
        } else if most > max(8 << 20, sent ?? 0) {
            diagnostics.report(
                node.warning(
                    "a body this large is held in memory whole", cure: "allow what the provider documents, no more"))
        }
    }

    /// An answer that the provider does not take makes it send every event again, and at last nothing more.
    private mutating func lintAck(_ node: ConfigNode?, _ route: RouteConfig, _ preset: Preset) {
        guard let node else { return }
        let (manners, ack) = (preset.manners, route.ack)
        if !manners.takes.isEmpty, !manners.takes.contains(ack.status) {
            let statuses = manners.takes.map(String.init).joined(separator: " or ")
            return diagnostics.report(
                (node["status"] ?? node).warning(
                    "the provider takes \(statuses) for an answer, and \(ack.status) for a failure",
                    cure: "answer \(preset.ack.status)"))
        }
        let place = node["body"] ?? node
        switch manners.body {
        case .empty where ack.body.count > 0:
            diagnostics.report(place.warning("the provider wants an answer without a body", cure: "leave it out"))
        case .json where ack.status != 204 && ack.type != "application/json":
            diagnostics.report(
                (node["type"] ?? place).warning(
                    "the provider wants its answer in JSON", cure: "set type: \"application/json\" and a body of JSON"))
        case .exact where ack.body != Bytes(preset.ack.body):
            diagnostics.report(
                place.warning(
                    "the provider wants the answer \(quoted(preset.ack.body))", cure: "leave ack out, or answer that"))
        case .any, .empty, .json, .exact: break
        }
    }

    private func quietSize(_ node: ConfigNode) -> Int? {
        var unheard = Diagnostics()
        return node.byteSize(in: 0...Limits.bodyBytesMost, into: &unheard)
    }

    /// Money moves on these: an hour is how long a deployment that went wrong takes to mend.
    private mutating func lintRetry(_ subscriber: SubscriberConfig, _ node: ConfigNode, of file: ConfigNode) {
        let written = node["retry"]?["schedule"] ?? file["retry"]?["schedule"]
        // A schedule of which a part could not be read is none to judge.
        guard written.map({ $0.elements.count == subscriber.retry.schedule.count }) ?? true else { return }
        let total = subscriber.retry.schedule.reduce(into: Int64(0)) { $0 += $1.microseconds }
        guard TimeSpan(microseconds: total) < .seconds(3600) else { return }
        diagnostics.report(
            (written ?? node).warning(
                "\(quoted(subscriber.name)) of a payments route is given up after \(Quantity.text(TimeSpan(microseconds: total)))",
                cure: "let the schedule last an hour or longer"))
    }
}

extension IPRange {
    fileprivate var holdsThisMachine: Bool {
        AddressClass(network) == .loopback || contains(IPAddress(v4: 0x7f00_0001))
            || contains(IPAddress(high: 0, low: 1))
    }
}
