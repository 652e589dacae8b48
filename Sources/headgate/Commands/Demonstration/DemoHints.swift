internal import Net
internal import Routes

/// What to try next, as commands to copy. They name this program as it was called.
struct DemoHints {
    private let demo: Demonstration
    private let program: String

    init(_ demo: Demonstration, program: String = CommandLine.arguments.first ?? "headgate") {
        self.demo = demo
        self.program = program
    }

    var lines: [String] {
        var lines = [
            "", "It goes on until Ctrl-C. In another terminal:", "",
            "  export HEADGATE_ADMIN=\(demo.addresses.admin.asked.text)",
            "  export HEADGATE_ADMIN_TOKEN=\(demo.secrets.adminTokenText)",
            "  \(program) events list",
            "  \(program) deliveries list --state delivered",
        ]
        if let (route, variable, value) = sample {
            let send =
                "\(variable)=\(value) \(program) send \(route) --routes \(demo.routes.directory) --to \(demo.intake)"
            lines += ["  \(send)", "  \(send) --bad-signature"]
        }
        return lines + [
            "  curl \(demo.admin)/metrics", "",
            "For your own, in a directory of its own; check says what is still to be set:", "",
            "  mkdir -p my-routes && \(program) providers show stripe > my-routes/stripe.json5",
            "  \(program) check --routes my-routes", "  \(program) serve --routes my-routes", "",
        ]
    }

    /// A route with one secret, whose value in this run is no secret.
    private var sample: (route: String, variable: String, value: String)? {
        let names = demo.routes.routes.map(\.name)
        let known = [("criptoladrillo", "CRIPTOLADRILLO_SECRET"), ("alfred", "ALFRED_SECRET")]
        return known.lazy.compactMap { name, variable in
            guard names.contains(name), let value = demo.secrets.made[variable] else { return nil }
            return (name, variable, value)
        }.first
    }
}
