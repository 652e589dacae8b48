/// So many sends in each span of time.
package struct Rate: Sendable, Equatable {
    /// At least 1.
    package let count: Int
    package let per: TimeSpan

    package init(count: Int, per: TimeSpan) { (self.count, self.per) = (count, per) }
}
