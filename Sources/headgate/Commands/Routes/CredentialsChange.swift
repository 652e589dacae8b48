internal import Admin
internal import Config

extension Command {
    static let credentialsList = Command(
        "credentials list", words: [Word(name: "ROUTE", meaning: "Of this route")], "list the credentials of a route",
        about: """
            Lists the secrets that were added to a route through the API, by name, without the secrets themselves. How \
            often each is used tells secrets list.
            """,
        flags: [.json] + AdminSource.flags, examples: ["headgate credentials list fluxvend"]
    ) { call in
        let path = "/v1/routes/\(AdminSource.encoded(call.words[0]))/credentials"
        let rows = try JSONDocument.read(try AdminSource(call).get(path))["data"]?.elements ?? []
        if call.isOn("--json") {
            for row in rows { call.console.printJSON { $0.value(row.value) } }
            return .success
        }
        var table = TextTable([
            .init("name"), .init("secrets"), .init("state", isWhole: true), .init("from", isWhole: true),
            .init("until", isWhole: true), .init("old until", isWhole: true), .init("changed", isWhole: true),
            .init("by"),
        ])
        for row in rows {
            table.add([
                row.text("name"), row.strings("secretNames").joined(separator: ", "), row.text("state"),
                row.time("notBefore"), row.time("notAfter"), row.time("overlapUntil"), row.time("changedAt"),
                row.text("createdBy"),
            ])
        }
        table.lines(width: call.console.width).forEach(call.console.print)
        return .success
    }

    static let credentialsAdd = Command(
        "credentials add", words: [credentialWord], "add a secret to a route",
        about: """
            Adds secrets that prove requests beside those of the route's file, from the answer on: five credentials a \
            route at most. Without --secret one is made and printed, this once, for providers where the secret is yours to \
            choose. They are sealed with the gateway's --ledger-key. The same command again changes nothing.
            """,
        flags: [
            secretFlag, Flag("--not-before", "TIME", "It does not count before: 2h, or 2026-01-31T09:30:00Z."),
            Flag("--not-after", "TIME", "It does not count from then on: 30d, or 2026-01-31T09:30:00Z."),
            Flag("--idempotency-key", "KEY", "The same key again finds what the first one made."),
            Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate credentials add fluxvend/partner-a",
            "headgate credentials add fluxvend/b --secret API_SECRET=env:KEY",
        ]
    ) { call in
        let place = try credential(call)
        var members: [(String, ConfigValue)] = [("name", .string(place.name))] + (try secretMembers(call))
        for (flag, key) in [("--not-before", "notBefore"), ("--not-after", "notAfter")] {
            if let text = call.text(flag) { members.append((key, .string(text))) }
        }
        let fields = call.text("--idempotency-key").map { ["Idempotency-Key: \($0)"] } ?? []
        let answer = try AdminSource(call).send("POST", place.list, call, .object(members), fields)
        return try report(answer, "is there", call)
    }

    static let credentialsRegenerate = Command(
        "credentials regenerate", words: [credentialWord], "make new secrets for a credential",
        about: """
            Makes new secrets, which are printed this once; the old ones count for 24 hours more, or for --overlap, so that \
            the sender can change over meanwhile. Secrets that were given and not made here take --secret.
            """,
        flags: [
            secretFlag,
            Flag("--overlap", "TIME", standard: "24h", "How long the old ones count: at most 90d; 0s for not at all."),
            Flag(
                "--drop-last", nil,
                "While old ones count: keep these, and drop the last ones, which nobody has got."),
            Flag("--if-version", "NUMBER", "Only when this is still its version."), Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: ["headgate credentials regenerate fluxvend/partner-a --overlap 7d"]
    ) { call in
        let place = try credential(call)
        let overlap =
            (call.text("--overlap").map { [("overlap", ConfigValue.string($0))] } ?? [])
            + (call.isOn("--drop-last") ? [("drop", .string("last"))] : [])
        let answer = try AdminSource(call).send(
            "POST", place.path + "/regenerate", call, .object(overlap + (try secretMembers(call))), version(call))
        return try report(answer, "has new secrets", call)
    }

    static let credentialsEndOverlap = Command(
        "credentials end-overlap", words: [credentialWord], "end the time in which old secrets still count",
        about: "The secrets that a credential had before its last ones stop to count, from the answer on.",
        flags: [Selection.reason, .json] + AdminSource.gatewayFlags,
        examples: ["headgate credentials end-overlap fluxvend/partner-a"]
    ) { call in
        let answer = try AdminSource(call).post(try credential(call).path + "/end-overlap", call.reason)
        return try report(answer, "has its last secrets alone", call)
    }

    static let credentialsRemove = Command(
        "credentials remove", words: [credentialWord], "take a credential away",
        about: "Its secrets prove nothing more, from the answer on. secrets list tells whether they are still used.",
        flags: [
            Flag("--if-version", "NUMBER", "Only when this is still its version."), Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: ["headgate credentials remove fluxvend/partner-a --reason 'unused for 6 days'"]
    ) { call in
        let answer = try AdminSource(call).send("DELETE", try credential(call).path, call, nil, version(call))
        return try report(answer, "is removed", call)
    }

    private static let credentialWord = Word(
        name: "ROUTE/NAME", meaning: "The credential and its route: fluxvend/partner-a")

    private static let secretFlag = Flag(
        "--secret", "[NAME=]SECRET", repeats: true,
        "The secret: env:NAME or file:PATH. NAME= says which, where the route has several.")

    private static func credential(
        _ call: Invocation
    ) throws -> (name: String, list: String, path: String) {
        let names = call.words[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 2, !names.contains("") else {
            throw CommandFailure("\(quoted(call.words[0])) is no ROUTE/NAME; see -h", status: .usage)
        }
        let list = "/v1/routes/\(AdminSource.encoded(names[0]))/credentials"
        return (names[1], list, "\(list)/\(AdminSource.encoded(names[1]))")
    }

    private static func version(_ call: Invocation) -> [String] {
        call.text("--if-version").map { ["If-Match: \"\($0)\""] } ?? []
    }

    private static func secretMembers(_ call: Invocation) throws -> [(String, ConfigValue)] {
        var (one, several): (ConfigValue?, [(String, ConfigValue)]) = (nil, [])
        for value in call.values.all("--secret") {
            let (name, text) = try call.namedSecret(value)
            if let name {
                several.append((name, .string(text)))
            } else if one == nil {
                one = .string(text)
            } else {
                throw CommandFailure("say which secret each one is: --secret NAME=…; see -h", status: .usage)
            }
        }
        return (one.map { [("secret", $0)] } ?? []) + (several.isEmpty ? [] : [("secrets", .object(several))])
    }

    private static func report(_ answer: [UInt8], _ done: String, _ call: Invocation) throws -> ExitStatus {
        let row = try JSONDocument.read(answer)
        if call.isOn("--json") {
            call.console.printJSON { $0.value(row.value) }
            return .success
        }
        guard case .object(let secrets)? = row["secrets"]?.value else {
            call.console.print("\(call.words[0]) \(done)")
            return .success
        }
        // Alone on standard output, so that a script can keep them.
        for member in secrets {
            if case .string(let text) = member.value {
                call.console.print(secrets.count == 1 ? text : "\(member.key)=\(text)")
            }
        }
        let until = row.text("overlapUntil")
        call.console.complain(
            "shown this once; hand it to the sender" + (until.isEmpty ? "" : "; the old one counts until \(until)"))
        return .success
    }
}
