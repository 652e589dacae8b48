package import Domain

/// What the configuration names: `register` turns names into ids.
package struct Directory: Sendable {
    package struct Entry: Sendable {
        package let name: String
        package let url: String
        package init(name: String, url: String) { (self.name, self.url) = (name, url) }
    }

    package let routes: [(name: String, subscribers: [Entry])]
    package init(routes: [(name: String, subscribers: [Entry])]) { self.routes = routes }
}

/// Ids in the order of the `Directory` that was registered.
package struct DirectoryIDs: Sendable {
    package struct Entry: Sendable {
        package let subscriber: SubscriberID
        package let endpoint: EndpointID
        /// Paused by an operator or stopped by a 410, with the reason; nil when active.
        package let paused: String?
        package init(subscriber: SubscriberID, endpoint: EndpointID, paused: String?) {
            self.subscriber = subscriber
            self.endpoint = endpoint
            self.paused = paused
        }
    }

    package let routes: [(route: RouteID, subscribers: [Entry])]
    /// Those that came by the API, of the routes of the `Directory`.
    package let registered: [RegisteredSubscriber]
    package let changes: RouteChanges

    package init(
        routes: [(route: RouteID, subscribers: [Entry])], registered: [RegisteredSubscriber] = [],
        changes: RouteChanges = RouteChanges(settings: [], credentials: [])
    ) {
        self.routes = routes
        self.registered = registered
        self.changes = changes
    }
}

/// What was changed of the routes of a `Directory` beside their files.
package struct RouteChanges: Sendable {
    package let settings: [RouteSettings]
    package let credentials: [RouteCredential]

    package init(settings: [RouteSettings], credentials: [RouteCredential]) {
        (self.settings, self.credentials) = (settings, credentials)
    }
}
