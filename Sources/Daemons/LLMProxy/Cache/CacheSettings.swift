/// How much is kept of answers that may be given again.
package struct CacheSettings: Sendable, Hashable {
    /// The longest answer that is kept.
    package var answerBytes = 1 << 20
    /// What the answers of one organisation may take together.
    package var bytesPerOrganization = 256 << 20
    /// How long a call waits to be told whether there is an answer.
    package var patience: Duration = .milliseconds(50)

    package init() {}
}
