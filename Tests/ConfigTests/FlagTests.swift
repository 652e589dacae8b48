import Config
import Testing

@Suite("Flags") struct FlagTests {
    static let flags = [
        Flag("--dir", "DIR", variable: "T_DIR", standard: "here", "Where."),
        Flag("--at", "ADDR", variable: "T_AT", repeats: true, "At."),
        Flag("--loud", variable: "T_LOUD", "Loud."),
    ]

    static func read(
        _ arguments: [String], _ environment: [String: String] = [:], words: ClosedRange<Int> = 0...0
    ) -> (values: FlagValues, problems: [String]) {
        var diagnostics = Diagnostics()
        let values = FlagValues(arguments, of: flags, environment: environment, words: words, into: &diagnostics)
        return (values, diagnostics.all.map(\.line))
    }

    @Test("take their value from the next argument or after an equals sign", arguments: [["--dir", "x"], ["--dir=x"]])
    func forms(_ arguments: [String]) {
        let (values, problems) = Self.read(arguments)
        #expect(values.one("--dir")?.text == "x")
        #expect(problems.isEmpty)
    }

    @Test("win over their variables, which win over nothing")
    func precedence() {
        let environment = ["T_DIR": "v", "T_AT": "a,b c", "T_LOUD": "true"]
        let (values, _) = Self.read(["--at", "x", "--at=y"], environment)
        #expect(values.one("--dir")?.origin == "T_DIR")
        #expect(values.all("--at").map(\.text) == ["x", "y"])
        #expect(values.one("--loud") != nil)
        #expect(Self.read([], environment).values.all("--at").map(\.text) == ["a", "b", "c"])
    }

    @Test("treat an empty variable as not set")
    func emptyVariable() { #expect(Self.read([], ["T_DIR": ""]).values.one("--dir") == nil) }

    @Test("can be switched off by a variable", arguments: ["false", "0", "no", "off", "FALSE"])
    func switchedOff(_ text: String) { #expect(Self.read([], ["T_LOUD": text]).values.one("--loud") == nil) }

    @Test("take words and stop at two dashes")
    func words() {
        let (values, problems) = Self.read(["a", "--", "--dir"], words: 0...2)
        #expect(values.words == ["a", "--dir"])
        #expect(problems.isEmpty)
    }

    @Test("ask for help", arguments: ["-h", "--help"])
    func help(_ argument: String) { #expect(Self.read([argument]).values.wantsHelp) }

    @Test(
        "say what is wrong and the cure",
        arguments: [
            (["--dri", "x"], #"error: "--dri": unknown flag; did you mean --dir?"#),
            (["--zzzzz"], #"error: "--zzzzz": unknown flag; see -h for the flags there are"#),
            (["-x"], #"error: "-x": unknown flag; see -h for the flags there are"#),
            (["--dir"], "error: --dir: needs a value; write --dir DIR"),
            (["--dir", "--loud"], "error: --dir: needs a value; write --dir DIR"),
            (["--loud=yes"], "error: --loud: takes no value; write --loud alone, or leave it out"),
            (["--dir=a", "--dir=b"], "error: --dir: is given twice; keep one of them"),
            (["--dir", ""], "error: --dir: is empty; write --dir DIR, or leave it out"),
            (["--at="], "error: --at: is empty; write --at ADDR, or leave it out"),
            ([""], #"error: arguments: "" is not expected; see -h for what the command takes"#),
            (["word"], #"error: arguments: "word" is not expected; see -h for what the command takes"#),
        ])
    func problems(_ arguments: [String], _ line: String) {
        #expect(Self.read(arguments).problems == [line])
    }

    @Test("miss an argument")
    func missing() {
        #expect(
            Self.read([], words: 1...1).problems
                == ["error: arguments: an argument is missing; see -h for what the command takes"])
    }

    @Test("refuse an argument that is empty, and a value only where it says nothing")
    func empty() {
        #expect(
            Self.read(["a", ""], words: 0...9).problems
                == ["error: arguments: an argument is empty; see -h for what the command takes"])
        var diagnostics = Diagnostics()
        let flags = [Flag("--why", "TEXT", mayBeEmpty: true, "Why.")]
        let values = FlagValues(["--why", ""], of: flags, environment: [:], into: &diagnostics)
        #expect(values.one("--why")?.text == "" && diagnostics.all.isEmpty)
    }

    @Test("refuse a switch's variable that is neither")
    func badSwitch() {
        #expect(
            Self.read([], ["T_LOUD": "maybe"]).problems
                == [#"error: T_LOUD: "maybe" is neither true nor false; write true or false"#])
    }
}
