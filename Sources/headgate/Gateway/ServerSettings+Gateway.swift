import Crypto
import Routes
import Server

extension ServerSettings {
    /// What all intake loops have in common, the memory for large requests included.
    init(_ settings: Settings, tls: TLSContext?, descriptors: Int) {
        self.init()
        self.tls = tls
        proxyProtocol = settings.proxyProtocol
        trustedProxies = settings.trustedProxies
        connections = DescriptorShare.connections(of: descriptors, loops: LoopCount.intake)
    }
}
