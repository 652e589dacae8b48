internal import Ledgers

/// Whoever asks with a token that is right.
struct Holder: Sendable, Equatable {
    /// Of the token: stands in the record of what is done with it.
    let name: String
    let permission: APIEndpoint.Permission
    /// The only routes that it reaches; nil for all.
    let routes: Set<String>?
    /// Nil for the token of the settings.
    let token: TokenID?

    /// The token of the settings, or whoever may read the ledger's file.
    static let root = Holder(name: rootName, permission: .admin, routes: nil, token: nil)
    static let rootName = "admin"
    /// Names that tokens may not have: the gateway's own, and that of whoever has no token.
    static let reservedNames: Set<String> = [rootName, "headgate", strangerName]
    static let strangerName = "stranger"

    init(name: String, permission: APIEndpoint.Permission, routes: Set<String>?, token: TokenID?) {
        self.name = name
        self.permission = permission
        self.routes = routes
        self.token = token
    }

    init(_ row: TokenRow) {
        let permission: APIEndpoint.Permission =
            switch row.scope {
            case .register: .register
            case .read: .read
            case .operate: .operate
            case .admin: .admin
            }
        self.init(name: row.name, permission: permission, routes: row.routes, token: row.id)
    }

    func reaches(_ route: String) -> Bool { routes?.contains(route) ?? true }
}
