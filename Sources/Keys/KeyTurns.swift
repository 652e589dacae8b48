internal import CCurl
internal import Domain
internal import Signatures
internal import Telemetry

/// The fetcher's work, turn by turn; lives on its thread.
final class KeyTurns {
    private let multi: UnsafeMutableRawPointer
    private let clock: any Clock
    private let records: KeyRecords
    private var cache = KeyCache()
    private var transfers: [UnsafeMutableRawPointer: KeyTransfer] = [:]
    private var listeners: [@Sendable (KeySnapshot) -> Void] = []

    init(_ multi: UnsafeMutableRawPointer, clock: any Clock, log: Log, metrics: Metrics) {
        self.multi = multi
        self.clock = clock
        records = KeyRecords(log, metrics)
    }

    func take(_ orders: [KeyFetcher.Order]) {
        for order in orders {
            switch order {
            case .want(let request): want(request)
            case .confirm(let confirmation): confirm(confirmation)
            case .listen(let listener):
                listeners.append(listener)
                listener(cache.snapshot)
            }
        }
    }

    /// Lets libcurl do what it can, then sleeps until it can do more, or an order comes.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = headgate_message_result(message)
            curl_multi_remove_handle(multi, easy)
            if let transfer = transfers.removeValue(forKey: easy) { finish(transfer, transfer.end(code)) }
        }
        // What was started while finishing has its first turn at once.
        curl_multi_poll(multi, nil, 0, transfers.isEmpty ? 3_600_000 : 1000, nil)
    }

    // MARK: Keys

    private func want(_ request: KeyRequest) {
        let now = clock.monotonic()
        switch cache.want(request.name, at: now) {
        case .fetch: start(.key(request, answer: nil), request.url, request.source.settings)
        case .wait where cache.underWay.contains(request.name): break
        // It is known since; who asks again has not heard of it.
        case .wait: publish()
        case .refuse:
            records.refused(request)
            publish()
        }
    }

    private func finish(_ transfer: KeyTransfer, _ end: KeyTransfer.End) {
        switch transfer.purpose {
        case .confirmation(let confirmation): finish(confirmation, end)
        case .key(let request, let answer): settle(request, transfer, reading(request, answer, end))
        }
    }

    private func reading(_ request: KeyRequest, _ waiting: [UInt8]?, _ end: KeyTransfer.End) -> KeyReading {
        switch (end, waiting) {
        case (.failed(let reason), _): .failed(reason)
        case (.answer(let status, let bytes, let maxAge), nil):
            request.source.read(status: status, bytes, maxAge: maxAge, at: clock.wall())
        case (.answer(200, let issuer, _), let certificate?):
            request.source.read(status: 200, certificate, maxAge: nil, issuer: issuer, at: clock.wall())
        case (.answer(let status, _, _), _?): .failed("the issuer's certificate: answered \(status)")
        }
    }

    private func settle(_ request: KeyRequest, _ transfer: KeyTransfer, _ reading: KeyReading) {
        if case .needsIssuer(let url) = reading, case .answer(_, let answer, _) = transfer.end(CURLE_OK) {
            return start(.key(request, answer: answer), url, request.source.settings)
        }
        let now = clock.monotonic()
        cache.finish(request.name, reading, at: now)
        records.settled(request, reading, took: now - transfer.started)
        publish()
    }

    private func publish() {
        let snapshot = cache.snapshot
        for listener in listeners { listener(snapshot) }
    }

    private func start(_ purpose: KeyTransfer.Purpose, _ url: String, _ settings: KeySettings) {
        if let transfer = KeyTransfer(purpose, url: url, settings: settings, at: clock.monotonic()),
            curl_multi_add_handle(multi, transfer.easy) == CURLM_OK
        {
            transfers[transfer.easy] = transfer
            return
        }
        switch purpose {
        case .confirmation(let confirmation): finish(confirmation, .failed("cannot be asked for"))
        case .key(let request, _):
            let reading = KeyReading.failed("cannot be asked for")
            cache.finish(request.name, reading, at: clock.monotonic())
            records.settled(request, reading, took: .zero)
            publish()
        }
    }

    // MARK: Confirmations

    private func confirm(_ confirmation: Confirmation) {
        let most = Limits.keyFetches
        let waiting = transfers.values.count { if case .confirmation = $0.purpose { true } else { false } }
        guard waiting < most else { return finish(confirmation, .failed("\(most) others are under way")) }
        start(.confirmation(confirmation), confirmation.url, confirmation.settings)
    }

    private func finish(_ confirmation: Confirmation, _ end: KeyTransfer.End) {
        switch end {
        case .answer(let status, _, _) where (200..<300).contains(status):
            records.confirmed(confirmation, failure: nil)
            confirmation.done(true)
        case .answer(let status, _, _):
            records.confirmed(confirmation, failure: "answered \(status)")
            confirmation.done(false)
        case .failed(let reason):
            records.confirmed(confirmation, failure: reason)
            confirmation.done(false)
        }
    }
}
