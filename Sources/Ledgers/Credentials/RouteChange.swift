package import Domain

/// What is ordered of a route beside its file.
package enum RouteChange: Sendable {
    case add(RouteCredential)
    /// A new version with new secrets: same id, route and name.
    case regenerate(RouteCredential)
    /// A new version with the same secrets, and none before them.
    case endOverlap(RouteCredential)
    case remove(id: String, version: Int64)
    /// The same secrets, sealed with another key.
    case reseal([Resealed])
    /// It takes nothing until it is enabled.
    case disable(route: String)
    case enable(route: String)
    /// Addresses in place of those of its file; nil for those of its file again.
    /// - version: of the settings that were read; nil to change them as they stand.
    case allow(route: String, [String]?, version: Int64?)

    package struct Resealed: Sendable {
        package let id: String
        package let version: Int64
        package let secrets: SealedBytes
        package let replaced: SealedBytes?

        package init(id: String, version: Int64, secrets: SealedBytes, replaced: SealedBytes?) {
            (self.id, self.version, self.secrets, self.replaced) = (id, version, secrets, replaced)
        }
    }

    package enum Refusal: Sendable, Equatable {
        case nameTaken
        case keyTaken
        case noSuchCredential
        /// Somebody changed it since it was read.
        case changed
        case full(Int)
    }
}

/// What was changed of a route beside its credentials.
package struct RouteSettings: Sendable, Equatable {
    package let route: String
    /// Why it takes nothing; nil while it is enabled.
    package let disabled: String?
    /// In place of those of its file; nil for those.
    package let allow: [String]?
    /// Each change adds 1.
    package let version: Int64
    package let changedAt: WallTime
    package let changedBy: String

    package init(
        route: String, disabled: String?, allow: [String]?, version: Int64, changedAt: WallTime, changedBy: String
    ) {
        self.route = route
        self.disabled = disabled
        self.allow = allow
        self.version = version
        self.changedAt = changedAt
        self.changedBy = changedBy
    }
}
