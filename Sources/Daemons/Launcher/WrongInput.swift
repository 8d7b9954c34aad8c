internal import Operations
internal import Tenancy

/// What was asked for cannot be meant so; the program ends with 2, as for a command line that is not understood.
package struct WrongInput: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// Does something, and tells in these terms what is wrong with what was asked for.
    static func told<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as InvalidDefinition {
            throw WrongInput(error.description)
        }
    }
}
