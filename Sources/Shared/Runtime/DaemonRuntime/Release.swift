/// What is running.
package enum Release {
    /// The version, as in CHANGELOG.md.
    package static let version = "0.1.0"
}
