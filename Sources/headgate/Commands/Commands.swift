extension CommandTable {
    /// Every command, in the order in which help lists them.
    static let headgate = CommandTable(commands: [
        .check, .listen, .healthz, .secretsNew,
    ])
}
