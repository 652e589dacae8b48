internal import Crypto
internal import Domain
internal import Glibc
internal import Ledgers
internal import Routes
internal import Signatures
internal import Telemetry

extension HeaderLines {
    /// All header lines of one send: the provider's own as received, ours, and the subscriber's where it is known.
    func fill(
        for delivery: ClaimedDelivery, to lane: LaneConfig, isKnown: Bool, at now: WallTime, as words: EventWords
    ) {
        reset()
        let event = delivery.event
        let sent = forward(event.headers.buffer, by: lane.subscriber, isKnown: isKnown)
        add("webhook-id", words.id)
        add("webhook-timestamp", now.seconds)
        begin()
        append("webhook-signature: ")
        words.signature.withUnsafeBytes { append($0) }
        end()
        add("headgate-route", lane.route)
        if let type = event.type { add("headgate-event-type: ", escaping: type.buffer) }
        if let id = event.providerID { add("headgate-provider-event-id: ", escaping: id.buffer) }
        add("headgate-delivery", delivery.id.text)
        if let earlier = delivery.replayOf { add("headgate-replay-of", earlier.text) }
        add("headgate-attempt", Int64(delivery.attempts) + 1)
        add("headgate-received-at", words.receivedAt)
        add("headgate-verified", event.coverage.text)
        if let other = delivery.conflictsWith { add("headgate-conflicts-with", other.text) }
        for header in lane.subscriber.headers where isKnown {
            begin()
            append(header.name)
            append(": ")
            header.value.withBytes { append($0) }
            end()
        }
        if let form = lane.subscriber.form { add(form, for: delivery, at: now, as: words) }
        // A name and a colon alone keep libcurl from adding a line of its own.
        add("Expect:")
        if !sent.accept { add("Accept:") }
        if !sent.contentType { add("Content-Type:") }
    }

    /// - Returns: whether the provider's lines had the fields that libcurl would otherwise add.
    private func forward(
        _ fields: UnsafeRawBufferPointer, by subscriber: SubscriberConfig, isKnown: Bool
    ) -> (accept: Bool, contentType: Bool) {
        var sent = (accept: false, contentType: false)
        var start = 0
        while let end = fields.first(UInt8(ascii: "\r"), from: start),
            let colon = fields.first(UInt8(ascii: ":"), from: start)
        {
            let line = UnsafeRawBufferPointer(rebasing: fields[start..<end])
            let name = UnsafeRawBufferPointer(rebasing: fields[start..<colon])
            start = end + 2
            guard !isOurs(name), subscriber.forward.forwards(name: name), !subscriber.replaces(name, isKnown: isKnown)
            else { continue }
            if name.equals("accept") { sent.accept = true }
            if name.equals("content-type") { sent.contentType = true }
            begin()
            // libcurl takes `name:` as an order to leave the field out; `name;` is its spelling of an empty value.
            if line.count == name.count + 2 {
                append(name)
                append(";")
            } else {
                append(line)
            }
            self.end()
        }
        return sent
    }

    /// Kept in the ledger as evidence, and not sent on: they would pass for ours.
    private func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
        name.hasPrefix("webhook-") || name.hasPrefix("headgate-") || name.equals("host")
    }

    /// A value that came out of a body: anything but visible ASCII is percent-encoded, so that it cannot end the line.
    private func add(_ start: StaticString, escaping value: UnsafeRawBufferPointer) {
        begin()
        append(start)
        let digits: StaticString = "0123456789ABCDEF"
        let hex = UnsafeRawBufferPointer(start: digits.utf8Start, count: 16)
        for place in value.indices {
            let byte = value[place]
            if (0x21...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                append(UnsafeRawBufferPointer(rebasing: value[place...place]))
            } else {
                append("%")
                append(UnsafeRawBufferPointer(rebasing: hex[Int(byte >> 4)...Int(byte >> 4)]))
                append(UnsafeRawBufferPointer(rebasing: hex[Int(byte & 15)...Int(byte & 15)]))
            }
        }
        end()
    }
}

extension SubscriberConfig {
    /// A field that is made for this subscriber takes the place of the provider's.
    fileprivate func replaces(_ name: UnsafeRawBufferPointer, isKnown: Bool) -> Bool {
        form?.makes(field: name) == true
            || isKnown
                && headers.contains {
                    $0.name.utf8.count == name.count && zip($0.name.utf8, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
                }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func first(_ byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    /// - Parameter lower: in lower case.
    fileprivate func equals(_ lower: StaticString) -> Bool {
        count == lower.utf8CodeUnitCount && hasPrefix(lower)
    }

    fileprivate func hasPrefix(_ lower: StaticString) -> Bool {
        guard count >= lower.utf8CodeUnitCount else { return false }
        for place in 0..<lower.utf8CodeUnitCount where self[place] | 0x20 != lower.utf8Start[place] { return false }
        return true
    }
}
