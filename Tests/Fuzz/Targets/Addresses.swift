import Domain
import Net
import Routes

extension FuzzTarget {
    /// An address, a range, or a subscriber's URL.
    ///
    /// An address has digits, dots and colons and nothing else; what is written of it reads as the same; a range holds its own
    /// network, and one address beyond each end lies outside. A URL that passes has no other reading: its host is a name of
    /// letters, digits and hyphens or an address, and no private address passes the policy against them.
    static let addresses = FuzzTarget(name: "addresses") { input throws(Violation) in
        let written = text(input)
        if let address = IPAddress(text: written) {
            let isPlain = input.allSatisfy { Array("0123456789abcdefABCDEF.:".utf8).contains($0) }
            try hold(isPlain, "\(written) is read as \(address.text)")
            try hold(IPAddress(text: address.text) == address, "\(written) is written \(address.text)")
        }
        if let range = IPRange(text: written) {
            try hold(range.contains(range.network), "\(written) does not hold \(range.network.text)")
            try hold(IPRange(text: range.text) == range, "\(written) is written \(range.text)")
            let plain = input.allSatisfy { Array("0123456789abcdefABCDEF.:/".utf8).contains($0) }
            try hold(plain, "\(written) is read as \(range.text)")
        }
        guard case .success(let url) = SubscriberURL.read(written, policy: AddressPolicy(allowsPrivate: false)) else {
            return
        }
        try hold(url.port > 0 && url.text == written, "\(written) is read as \(url)")
        switch url.host {
        case .name(let name):
            let isPlain = name.utf8.allSatisfy { Array("abcdefghijklmnopqrstuvwxyz0123456789-._".utf8).contains($0) }
            try hold(isPlain && !name.isEmpty, "\(written) has the host \(name)")
            try hold(IPAddress(text: name) == nil, "\(written) names the address \(name)")
        case .address(let address):
            let policy = AddressPolicy(allowsPrivate: false)
            try hold(policy.refusal(of: address) == nil, "\(written) is \(address.text), which is refused")
        }
    }
}
