internal import Admin
internal import Config
internal import Signatures

extension Command {
    static let providersShow = Command(
        "providers show", words: [.init(name: "NAME", meaning: "A provider's name, as headgate providers lists it.")],
        "print a route file for a provider to start from",
        about: """
            Prints a route file that headgate check accepts once its secrets are set, with what is known of the provider in \
            comments: what is proven, where the secret is found, what answer it takes, how long it waits and tries again, and \
            what the preset rests on that the provider does not say.
            """,
        flags: [.json],
        examples: ["headgate providers show stripe > routes/stripe.json5"]
    ) { call in
        let name = call.words[0]
        guard let preset = Preset.named(name) else {
            let advice = nearest(to: name, in: Preset.names).map { "did you mean \($0)?" } ?? "see headgate providers"
            throw CommandFailure("\(quoted(name)) is no provider that is known; \(advice)", status: .usage)
        }
        if call.isOn("--json") {
            call.console.printJSON { json in json.object { ProviderCard(preset).write(to: &$0) } }
        } else {
            RouteStart(preset).lines.forEach(call.console.print)
        }
        return .success
    }
}
