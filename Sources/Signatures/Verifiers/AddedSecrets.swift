package import Crypto

/// Secrets by name that count beside those of a route's file: one credential. Where a template joins several secrets, the
/// credential's stand together; those that it does not name are the file's.
package struct AddedSecrets: Sendable {
    /// Stands in `Proof.provenBy` behind the secret's name: `SECRET:partner`.
    package let label: String
    package let values: [String: Secret]

    package init(label: String, values: [String: Secret]) { (self.label, self.values) = (label, values) }
}
