internal import Admin
internal import Config
internal import Routes

extension Command {
    static let ledgerCheckpoint = Command(
        "ledger checkpoint", "print a signed checkpoint of the ledger",
        about: """
            Prints what the ledger is now in nine lines, signed with Ed25519: how many batches, events, attempts and operators' \
            actions it holds, and the hashes that cover all of them. Keep it elsewhere: ledger verify --checkpoint \
            finds any later change of what was there. The key is made at first use, beside the ledger.
            """,
        flags: [
            Flag("--public-key", nil, "Print the public key instead, PEM."), Settings.flag("--checkpoint-key"), .json,
        ] + AdminSource.flags,
        examples: [
            "headgate ledger checkpoint >> /mnt/elsewhere/headgate.checkpoints",
            "headgate ledger checkpoint --public-key > headgate.pub",
        ]
    ) { call in
        let bytes = try AdminSource(call).get("/v1/checkpoint")
        let answer = try JSONDocument.read(bytes)
        if call.isOn("--public-key") {
            for line in answer.text("publicKey").split(separator: "\n") { call.console.print(String(line)) }
        } else if call.isOn("--json") {
            call.console.print(String(decoding: bytes, as: UTF8.self))
        } else {
            // Its last empty line keeps it apart from the next one in the same file.
            for line in answer.text("note").split(separator: "\n", omittingEmptySubsequences: false) {
                call.console.print(String(line))
            }
        }
        return .success
    }
}
