/// What was asked for cannot be done to an export as it is.
package struct ExportNotInState: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// An organisation has as many exports under way as it may have.
package struct TooManyExports: Error, Hashable, CustomStringConvertible {
    /// How many that are.
    package let limit: Int

    package var description: String {
        "\(limit) exports wait or are written already. Wait until one has ended, or cancel one."
    }
}
