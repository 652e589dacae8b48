internal import Config
internal import Domain

extension Command {
    static let healthz = Command(
        "healthz", "ask a running gateway whether it is alive",
        about: "Exit status 0 when the gateway answers, 1 when it does not. For containers and supervisors.",
        flags: [
            AdminSource.flags[0], Flag("--ready", nil, "Ask whether it takes events, not only whether it is alive."),
        ]
    ) { call in
        let url = try AdminSource.url(call) + (call.isOn("--ready") ? "/readyz" : "/healthz")
        var exchange = HTTPExchange(url: url)
        exchange.timeout = .seconds(2)
        let answer = try exchange.run()
        call.console.print(answer.text)
        return (200...299).contains(answer.status) ? .success : .failure
    }
}
