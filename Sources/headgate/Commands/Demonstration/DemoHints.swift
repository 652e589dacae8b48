internal import Net

/// What to try next, as commands to copy. They name this binary as it was called.
struct DemoHints {
    private let demo: Demonstration
    private let program: String

    init(_ demo: Demonstration, program: String = CommandLine.arguments.first ?? "headgate") {
        self.demo = demo
        self.program = program
    }

    var lines: [String] {
        [
            "", "It goes on until Ctrl-C. In another terminal:", "",
            "  export HEADGATE_ADMIN=\(demo.addresses.admin.asked.text) HEADGATE_ADMIN_TOKEN=\(demo.secrets.adminTokenText)",
            "  \(program) events list",
            "  \(program) deliveries list --state delivered",
            "  ALFRED_SECRET=secret \(program) send alfred --to \(demo.intake)",
            "  ALFRED_SECRET=secret \(program) send alfred --to \(demo.intake) --bad-signature",
            "  curl \(demo.admin)/metrics",
            "  curl \(demo.admin)/readyz", "",
            "For your own: copy a file of routes/, set its secrets, then \(program) check and \(program) serve.", "",
        ]
    }
}
