extension CommandTable {
    /// Every command, in the order in which help lists them.
    static let headgate = CommandTable(commands: [
        .serve, .check, .checkURL, .providers, .providersShow, .send, .listen, .eventsList, .eventsShow,
        .deliveriesList,
        .deliveriesShow, .subscribersList,
        .ledgerVerify, .demo, .healthz, .secretsNew, .keysNew,
    ])
}
