extension CommandTable {
    /// Every command, in the order in which help lists them.
    static let headgate = CommandTable(commands: [
        .serve, .check, .checkURL, .providers, .providersShow, .send, .listen,
        .eventsList, .eventsShow, .eventsReplay,
        .deliveriesList, .deliveriesShow, .deliveriesRetry, .deliveriesDiscard, .deliveriesCancel, .deliveriesSendNow,
        .subscribersList, .subscribersPause, .subscribersResume,
        .quarantineList, .quarantineShow, .quarantineReverify, .quarantineRelease, .quarantineDiscard,
        .replaysList, .replaysShow, .replaysCancel, .actionsList, .reconcile,
        .ledgerVerify, .demo, .healthz, .secretsNew, .keysNew,
    ])
}
