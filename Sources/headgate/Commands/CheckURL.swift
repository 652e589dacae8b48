internal import Admin
internal import Config
internal import Domain
internal import Net
internal import Routes

extension Command {
    static let checkURL = Command(
        "check-url", words: [.init(name: "URL", meaning: "Where a subscriber listens, or is to listen.")],
        "say whether a subscriber may have this URL",
        about: """
            Judges a URL, and the addresses that its name stands for, as the gateway does before it sends; dials nothing and \
            asks no name server. Exit status 0 when sends may go there, 1 when not.
            """,
        flags: [
            Flag(
                "--answers", "ADDRESSES",
                "What a name server answers for the URL's name, separated by commas; each is judged as at a dial."),
            Flag(
                "--policy", "NAME", standard: "file",
                "Whose URL it is: file, a route file's, or api, one that a stranger registered."),
            .json,
        ],
        examples: [
            "headgate check-url https://billing.example.com/hooks",
            "headgate check-url https://billing.example/ --answers 203.0.113.7,10.0.0.7",
        ]
    ) { call in
        let check = URLCheck(call.words[0], answers: try answers(call), policy: try policy(call))
        if call.isOn("--json") {
            call.console.printJSON { check.write(to: &$0) }
        } else {
            check.lines.forEach(call.console.print)
        }
        return check.isAllowed ? .success : .failure
    }

    private static func answers(_ call: Invocation) throws -> [IPAddress] {
        guard let value = call.values.one("--answers") else { return [] }
        return try value.text.split(separator: ",", omittingEmptySubsequences: false).map { text in
            guard let address = IPAddress(text: text) else {
                throw call.refusal(value, "is no list of addresses such as 203.0.113.7,2001:db8::7")
            }
            return address
        }
    }

    private static func policy(_ call: Invocation) throws -> AddressPolicy {
        guard let value = call.values.one("--policy") else { return .routeFile }
        switch value.text {
        case "file": return .routeFile
        case "api": return AddressPolicy(allowsPrivate: false)
        default: throw call.refusal(value, "is neither file nor api")
        }
    }
}

/// The verdict on a URL. Never shows the URL itself: its path may be a secret.
private struct URLCheck {
    private let url: Result<SubscriberURL, SubscriberURLProblem>
    private let answers: [(address: IPAddress, class: AddressClass, isAllowed: Bool)]

    /// - Parameter answers: of a name server for the URL's name; those to an address count for nothing, as it needs none.
    init(_ text: String, answers: [IPAddress], policy: AddressPolicy) {
        url = SubscriberURL.read(text, policy: policy)
        guard case .success(let url) = url, case .name = url.host else {
            self.answers = []
            return
        }
        self.answers = answers.map { ($0, AddressClass($0), policy.refusal(of: $0) == nil) }
    }

    /// Refused answers are never dialled; one that is allowed is enough to send to.
    var isAllowed: Bool {
        if case .failure = url { return false }
        return answers.isEmpty || answers.contains { $0.isAllowed }
    }

    private var refusal: (problem: String, class: AddressClass?, cure: String)? {
        switch url {
        case .failure(.address(let kind)):
            (SubscriberURLProblem.address(kind).text, kind, SubscriberURLProblem.address(kind).cure)
        case .failure(let problem): (problem.text, nil, problem.cure)
        case .success:
            isAllowed
                ? nil
                : answers.first.map {
                    ("none of the answers may be dialled", $0.class, SubscriberURLProblem.address($0.class).cure)
                }
        }
    }

    private var place: (host: String, port: UInt16)? {
        guard case .success(let url) = url else { return nil }
        return switch url.host {
        case .name(let name): (name, url.port)
        case .address(let address): (address.v4 == nil ? "[\(address.text)]" : address.text, url.port)
        }
    }

    var lines: [String] {
        let judged = answers.map {
            "\($0.address.text): \($0.class.rawValue), \($0.isAllowed ? "allowed" : "refused: never dialled")"
        }
        if let refusal { return judged + ["refused: \(refusal.problem); \(refusal.cure)"] }
        guard let place else { return judged }
        return judged + ["allowed: \(place.host) port \(place.port)"]
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("allowed", isAllowed)
            if let place {
                json.member("host", place.host)
                json.member("port", Int64(place.port))
            }
            json.key("answers")
            json.array(of: answers) { json, answer in
                json.object {
                    $0.member("address", answer.address.text)
                    $0.member("class", answer.class.rawValue)
                    $0.member("allowed", answer.isAllowed)
                }
            }
            if let refusal {
                json.member("problem", refusal.problem)
                json.member("class", refusal.class?.rawValue)
                json.member("cure", refusal.cure)
            }
        }
    }
}
