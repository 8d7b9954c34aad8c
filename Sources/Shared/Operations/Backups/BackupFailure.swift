/// Why a backup cannot be made, read or trusted, and the way out, in one line.
package struct BackupFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
