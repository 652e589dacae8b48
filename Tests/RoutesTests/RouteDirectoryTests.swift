import Config
import Domain
import Routes
import Testing

@Suite("A directory of routes") struct RouteDirectoryTests {
    static let file = #"{ verify: "github", secrets: { SECRET: "env:S" } }"#

    @Test("is read in the order of names; other files and hidden ones are left alone")
    func selection() {
        let world = MadeUp(
            [
                "routes/b.json5": Self.file, "routes/a.json": Self.file, "routes/.c.json5": "{",
                "routes/README.md": "#",
                "routes/d.json5~": "{", "routes/keys/e.json5": "{",
            ], environment: ["S": "x"])
        #expect(world.load().table?.routes.map(\.name) == ["a", "b"])
    }

    @Test("warns of what somebody took for a route, and of nothing else")
    func otherEndings() {
        let world = MadeUp(
            [
                "routes/a.json5": Self.file, "routes/acme.yaml": "verify: github", "routes/Beta.JSON5": Self.file,
                "routes/README.md": "#", "routes/d.json5~": "{", "routes/.e.yaml": "", "routes/key.pem": "",
                "routes/f.json5.off": "{", "routes/#g.json5#": "{", "routes/secret": "",
            ], environment: ["S": "x"])
        let problem = "this is no route file, and is not read; write JSON5, and name it"
        #expect(
            world.lines(.serve).filter { !$0.contains("a.json5:") } == [
                "warning: routes/Beta.JSON5: \(problem) beta.json5", "warning: routes/acme.yaml: \(problem) acme.json5",
            ])
    }

    @Test("may be named with a slash at its end")
    func slash() {
        let world = MadeUp(["routes/a.json5": Self.file], environment: ["S": "x"])
        let loaded = RouteTable.load(
            directory: "routes/", surroundings: world.surroundings, signing: MadeUp.signing, purpose: .serve)
        #expect(loaded.table?.routes.first?.file == "routes/a.json5")
    }

    @Test("without routes says so")
    func empty() {
        #expect(
            MadeUp(["routes/README.md": ""]).lines() == [
                "error: routes: no route file here; put one there, such as github.json5 with "
                    + #"{ verify: "github", secrets: { SECRET: "env:…" }, … }"#
            ])
    }

    @Test("that cannot be read says so")
    func unreadable() {
        #expect(
            MadeUp([:], broken: ["routes": .missing]).lines() == [
                "error: routes: the directory of routes does not exist; create it, or name another with --routes"
            ])
        #expect(
            MadeUp([:], broken: ["routes/a.json5": .forbidden]).lines() == [
                "error: routes/a.json5: the file may not be read by this user; let the gateway's user read it, or remove it"
            ])
    }

    @Test(
        "tells a link to nothing and a directory from a file that may not be read",
        arguments: [
            (FileProblem.missing, "does not exist; it is a link to nothing: mend it, or remove it"),
            (.notRegular, "is no regular file; remove it, or name it otherwise"),
        ])
    func noFile(_ problem: FileProblem, _ words: String) {
        let world = MadeUp([:], broken: ["routes/a.json5": problem])
        #expect(world.lines() == ["error: routes/a.json5: the file \(words)"])
    }

    @Test(
        "tells what has another form from what is misspelt",
        arguments: ["verify: github", "---\nverify: github", "# a"])
    func otherForm(_ text: String) {
        let lines = MadeUp(["routes/a.json5": text]).lines()
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.hasSuffix("; a file is one object: { key: value, … }") }, "\(lines)")
    }

    @Test("refuses names that cannot be routes")
    func badName() {
        #expect(
            MadeUp(["routes/My Route.json5": Self.file]).lines() == [
                #"error: routes/My Route.json5: "My Route" cannot be the name of a route; use small letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 64 of them"#
            ])
    }

    @Test("refuses two files of one name")
    func sameName() {
        #expect(
            MadeUp(["routes/a.json": Self.file, "routes/a.json5": Self.file], environment: ["S": "x"]).lines()
                .filter { $0.hasPrefix("error") } == [
                    #"error: routes/a.json5: "a" is also the name of routes/a.json; rename one of them"#
                ])
    }

    @Test(
        "refuses two routes of one path, token endpoints included",
        arguments: [
            (#"path: "/x""#, #"path: "/x""#, "/x"),
            (
                #"verify: "incode", tokens: { clientId: "env:S", clientSecret: "env:S" }, path: "/x""#,
                #"path: "/x/token""#,
                "/x/token"
            ),
        ])
    func samePath(_ a: String, _ b: String, _ path: String) {
        func file(_ member: String) -> String {
            member.contains("verify")
                ? "{ \(member) }" : #"{ verify: "github", secrets: { SECRET: "env:S" }, \#(member) }"#
        }
        let world = MadeUp(
            ["routes/a.json5": file(a), "routes/b.json5": file(b)], environment: ["S": "a-secret-of-20-bytes"])
        #expect(
            world.lines().filter { $0.hasPrefix("error") } == [
                "error: routes/b.json5: path: \(path) is already taken by routes/a.json5; give each route its own path"
            ])
    }

    @Test("of ten thousand routes finds each of them, and no other path")
    func tenThousand() throws {
        var files: [String: String] = [:]
        for number in 0..<10_000 {
            files["routes/r\(number).json5"] =
                #"{ path: "/in/\#(number)", verify: "github", secrets: { SECRET: "env:S" } }"#
        }
        let table = try #require(MadeUp(files, environment: ["S": "x"]).load().table)
        #expect(table.routes.count == 10_000)
        for number in stride(from: 0, to: 10_000, by: 7) {
            guard case .route(let place)? = table.match("/in/\(number)") else {
                Issue.record("no route for /in/\(number)")
                continue
            }
            #expect(table.routes[place].name == "r\(number)")
        }
        for path in ["", "/", "/in", "/in/", "/in/10000", "/in/1/", "/IN/1", "/in/1\0", "/in/%31", "x"] {
            #expect(table.match(path) == nil)
        }
        #expect(table.route(named: "r77")?.path == "/in/77")
        #expect(table.route(named: "r") == nil)
    }

    @Test("has no more routes than the limit")
    func tooMany() {
        var files: [String: String] = [:]
        for number in 0...Limits.routes { files["routes/r\(number).json5"] = "{}" }
        #expect(MadeUp(files).lines() == ["error: routes: more than 10000 routes; run several gateways"])
    }

    @Test("finds nothing when it is empty")
    func emptyTable() { #expect(RouteTable.empty.match("/x") == nil) }
}
