extension CommandTable {
    /// Every command, in the order in which help lists them.
    static let headgate = CommandTable(commands: [
        .serve, .check, .checkURL, .providers, .providersShow, .send, .listen,
        .eventsList, .eventsShow, .eventsReplay, .eventsEvidence, .eventsRedact,
        .deliveriesList, .deliveriesShow, .deliveriesRetry, .deliveriesDiscard, .deliveriesCancel, .deliveriesSendNow,
        .subscribersList, .subscribersShow, .subscribersAdd, .subscribersSet, .subscribersRemove, .subscribersPause,
        .subscribersResume,
        .routesList, .routesShow, .routesDisable, .routesEnable, .routesAllow,
        .credentialsList, .credentialsAdd, .credentialsRegenerate, .credentialsEndOverlap, .credentialsRemove,
        .quarantineList, .quarantineShow, .quarantineReverify, .quarantineRelease, .quarantineDiscard,
        .replaysList, .replaysShow, .replaysCancel, .actionsList, .reconcile,
        .tokensNew, .tokensList, .tokensRevoke,
        .ledgerVerify, .ledgerRekey, .ledgerCheckpoint, .ledgerExport, .ledgerBackup, .ledgerRestore, .evidenceVerify,
        .demo,
        .healthz, .secretsList, .secretsNew, .keysNew,
    ])
}
