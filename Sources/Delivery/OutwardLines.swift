internal import Domain
internal import Ledgers
internal import Routes
internal import Signatures

extension HeaderLines {
    /// The fields of a provider's form, for a receiver that was built for that provider.
    func add(_ form: OutwardForm, for delivery: ClaimedDelivery, at now: WallTime, as words: EventWords) {
        let event = delivery.event
        let type = event.type.map { visible($0.buffer) } ?? ""
        let fields = form.fields(id: words.id, type: type, body: event.body.buffer, url: delivery.url, at: now)
        for field in fields {
            begin()
            append(field.name)
            // libcurl takes `name:` as an order to leave the field out.
            append(field.value.isEmpty ? ";" : ": ")
            append(field.value)
            end()
        }
    }

    /// A text that came out of a body, as a header may have it: anything else than visible ASCII as `?`.
    private func visible(_ text: UnsafeRawBufferPointer) -> String {
        String(decoding: text.map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
