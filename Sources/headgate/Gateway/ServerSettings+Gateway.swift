import Crypto
import Domain
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
    /// Of the admin loop: nothing that comes to it takes descriptors or memory from intake.
    static func admin(descriptors: Int) -> ServerSettings {
        var settings = ServerSettings()
        settings.connections = DescriptorShare.adminConnections(of: descriptors)
        settings.memory = ReceiveMemory(most: Limits.adminReceiveBytes)
        return settings
    }
}
