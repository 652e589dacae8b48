internal import Config
internal import Domain
internal import Signatures

/// What is allowed and probably not meant: warnings, except where the route could never work.
extension RouteReader {
    mutating func lint(_ file: ConfigNode, _ route: RouteConfig, _ proof: RouteProof?) {
        if let proof { lintProof(file, route, proof) }
        lintBody(file["maxBody"])
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
            lintRetry(subscriber, node, of: file)
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
        switch spec.coverage {
        case .none:
            diagnostics.report(
                verify.warning("nothing proves who sent a request", cure: "name the provider's preset, or a verifier"))
        case .address:
            diagnostics.report(
                verify.warning(
                    "only the source address proves who sent a request",
                    cure: "have subscribers ask the provider before they act"))
        case .partial, .full: break
        }
        if !spec.hasReplayWindow, !spec.isUnauthenticated, route.dedup == nil || proof.id == nil {
            diagnostics.report(
                verify.warning(
                    "an old request can be sent again: no timestamp is checked, and no event id is remembered",
                    cure: route.dedup == nil ? "leave dedup on" : "name the event's id with event: { id }"))
        }
    }

    private mutating func lintBody(_ node: ConfigNode?) {
        guard let node, let most = quietSize(node) else { return }
        if most < 4 << 10 {
            diagnostics.report(
                node.warning("smaller than many webhooks, which would be refused", cure: "allow 64KiB or more"))
        } else if most > 8 << 20 {
            diagnostics.report(
                node.warning(
                    "a body this large is held in memory whole", cure: "allow what the provider documents, no more"))
        }
    }

    private func quietSize(_ node: ConfigNode) -> Int? {
        var unheard = Diagnostics()
        return node.byteSize(in: 0...Limits.bodyBytesMost, into: &unheard)
    }

    /// Money moves on these: an hour is how long a deployment that went wrong takes to mend.
    private mutating func lintRetry(_ subscriber: SubscriberConfig, _ node: ConfigNode, of file: ConfigNode) {
        guard case .string(let preset)? = file["verify"]?.value, Self.paymentPresets.contains(where: preset.hasPrefix)
        else { return }
        let total = subscriber.retry.schedule.reduce(into: Int64(0)) { $0 += $1.microseconds }
        guard TimeSpan(microseconds: total) < .seconds(3600) else { return }
        let place = node["retry"]?["schedule"] ?? file["retry"]?["schedule"] ?? node
        diagnostics.report(
            place.warning(
                "\(quoted(subscriber.name)) of a payments route is given up after \(Quantity.text(TimeSpan(microseconds: total)))",
                cure: "let the schedule last an hour or longer"))
    }

    /// Beginnings of the names of presets.
    private static let paymentPresets = [
        "adyen", "alfred", "braintree", "cashfree", "checkout", "circle", "coinbase", "criptoladrillo", "flutterwave",
        "fluxvend", "gocardless", "hurupay", "klarna", "mercadopago", "mollie", "monnify", "mpesa", "opay", "paddle",
        "paypal", "paystack", "plaid", "razorpay", "square", "stripe", "wise",
    ]
}
