internal import Domain
internal import Ledgers
internal import Net
internal import Telemetry

/// What lies on disk is fetched under a grant of memory: asked for, granted at once or later, claimed, taken in.
extension Dispatcher {
    func claim(_ most: Int, for shell: LaneShell) {
        shell.claims = shell.gate.room(in: most)
        let grant = hub.memory.ask(
            shell.config.id, largest: shell.needs ?? shell.config.largest, deliveries: shell.claims,
            isDoubtful: shell.lane.isDoubtful)
        if let grant { granted(grant) }
    }

    func granted(_ grant: MemoryBook.Grant) {
        guard let shell = lanes[grant.lane], !shell.isGone, !shell.isHeld, drained == nil,
            grant.isDoubtful || !shell.lane.isSlow  // it asked before it was
        else { return giveBack(grant) }
        let claim = Claim(
            subscriber: grant.lane, due: schedule.wall(), most: shell.claims,
            mostBytes: grant.bytes - shell.claims * Limits.deliveryBytes, isStrict: shell.needs == nil)
        claimsAtLedger += 1
        ledger.claim(claim) { [mailbox] result in mailbox.post(.claimed(grant, try? result.get())) }
    }

    private func giveBack(_ grant: MemoryBook.Grant) {
        hub.memory.give(back: grant)
        lanes[grant.lane]?.lane.claimed(nil, at: schedule.wall())
    }

    func claimed(_ grant: MemoryBook.Grant, _ result: ClaimResult?) {
        claimsAtLedger -= 1
        defer { finishDrain() }
        let id = grant.lane
        guard let shell = lanes[id], !shell.isGone, !shell.isHeld, drained == nil else {
            if let result, !result.deliveries.isEmpty { ledger.release(result.deliveries.map(\.id)) }
            return giveBack(grant)
        }
        shell.gate.enter(result?.deliveries ?? [], under: grant)
        shell.needs = result?.needed
        for damaged in result?.damaged ?? [] {
            watch.bell.ring(.deliveryDead, of: damaged.text, "its event is not as it was received, and is not sent")
            log.write(.error, "event damaged") { line in
                line.add("delivery", damaged.text)
                line.add("state", DeliveryState.dead.text)
            }
        }
        shell.lane.claimed(result, isDoubtful: grant.isDoubtful, at: schedule.wall())
        touched.insert(id)
    }
}
